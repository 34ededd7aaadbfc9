// Where the program `lead` is: the setting, else the one in this extension, else the PATH, else where cargo puts programs.

import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** What a search needs to know of the machine; tests make their own. */
export interface Machine {
  windows: boolean;
  home: string;
  /** The variable PATH. */
  path: string;
  isProgram(path: string): boolean;
}

export type Found = { kind: 'found'; path: string; from: string } | { kind: 'missing'; why: string };

export function thisMachine(): Machine {
  return { windows: process.platform === 'win32', home: homedir(), path: process.env['PATH'] ?? '', isProgram };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Looks for the program. `setting` may begin with `~`, and may be relative to one of `folders`. */
export function findServer(setting: string, extension: string, folders: string[], machine: Machine): Found {
  const wanted = setting.trim();
  if (wanted !== '') {
    for (const path of settingPaths(wanted, folders, machine)) {
      if (machine.isProgram(path)) {
        return { kind: 'found', path, from: 'the setting lead.server.path' };
      }
    }
    return { kind: 'missing', why: `The setting lead.server.path names "${wanted}", which is no program.` };
  }
  const name = machine.windows ? 'lead.exe' : 'lead';
  const bundled = join(extension, 'server', name);
  if (machine.isProgram(bundled)) {
    return { kind: 'found', path: bundled, from: 'this extension' };
  }
  for (const folder of machine.path.split(delimiter).filter((f) => f !== '')) {
    const path = join(folder, name);
    if (isAbsolute(path) && machine.isProgram(path)) {
      return { kind: 'found', path, from: 'the PATH' };
    }
  }
  const cargo = join(machine.home, '.cargo', 'bin', name);
  if (machine.isProgram(cargo)) {
    return { kind: 'found', path: cargo, from: "cargo's programs" };
  }
  return { kind: 'missing', why: 'The program "lead" is not on the PATH.' };
}

function settingPaths(wanted: string, folders: string[], machine: Machine): string[] {
  const path = wanted.startsWith('~') ? join(machine.home, wanted.slice(1)) : wanted;
  if (isAbsolute(path)) {
    return machine.windows && !/\.\w+$/.test(path) ? [path, `${path}.exe`] : [path];
  }
  const bare = !/[\\/]/.test(path);
  const places = bare ? machine.path.split(delimiter).filter((f) => isAbsolute(f)) : folders;
  return places.flatMap((f) => (machine.windows ? [join(f, path), join(f, `${path}.exe`)] : [join(f, path)]));
}

/** What the program says when asked for its version, such as `lead 0.1.0`; nothing if it is another program. */
export function serverVersion(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 60_000, windowsHide: true }, (error, out) => {
      const said = /^lead \d\S*/.exec(out)?.[0];
      resolve(error ? undefined : said);
    });
  });
}
