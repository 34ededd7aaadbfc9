// The commands of the palette, of lenses and of the status item.

import { commands, ConfigurationTarget, Disposable, QuickPickItem, tasks, window, workspace } from 'vscode';

import { ReferencesRequest } from 'vscode-languageclient/node';

import { firstFile } from './first';
import { ExamplesResult, Result, Results } from './results';
import { Server } from './server';
import { openWalkthrough } from './steps';
import { checkTask } from './tasks';

/** Commands that the server carries out, and what they are called in messages. */
export const ASKED = {
  'lead.runExamples': 'run examples',
  'lead.showPlan': 'show plans',
  'lead.showSql': 'show SQL',
  'lead.unfold': 'unfold definitions',
  'lead.explain': 'explain records',
} as const;

type Asked = keyof typeof ASKED;

/** Commands that lenses of the server name and the editor carries out. */
export const SHOWN = ['lead.showReferences'] as const;

/** Where a command is asked: a file, and a place in it. */
interface Place {
  uri: string;
  position?: { line: number; character: number };
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && typeof (value as Place).uri === 'string';
}

function placeOfCursor(): Place | undefined {
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.document.languageId !== 'lead') {
    return undefined;
  }
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

export function registerCommands(server: Server, results: Results): Disposable[] {
  const ask = async (command: Asked, given: unknown, more: Record<string, unknown> = {}): Promise<unknown> => {
    const place = isPlace(given) ? given : placeOfCursor();
    if (place === undefined) {
      void window.showInformationMessage('Lead: open a .lead file first, and put the cursor on a definition.');
      return undefined;
    }
    if (!server.languageClient?.isRunning()) {
      const chosen = await window.showErrorMessage('Lead: the server does not run.', 'Restart', 'Show Log');
      await (chosen === 'Restart' ? server.restart() : chosen === 'Show Log' && server.log.show());
      return undefined;
    }
    if (!server.knows(command)) {
      void window.showErrorMessage(`Lead: this version of the program cannot ${ASKED[command]}. A later one may.`);
      return undefined;
    }
    try {
      return await server.execute<unknown>(command, { ...place, ...more, show: false });
    } catch (error) {
      void window.showErrorMessage(`Lead: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };

  const asked = async (command: Asked, given: unknown, more?: Record<string, unknown>): Promise<Result | undefined> => {
    const result = await ask(command, given, more);
    if (result === null) {
      void window.showInformationMessage('Lead: there is nothing to show here. Put the cursor on a definition.');
    }
    return (result ?? undefined) as Result | undefined;
  };

  const show = async (command: Asked, given: unknown, more?: Record<string, unknown>): Promise<Result | undefined> => {
    const result = await asked(command, given, more);
    if (result !== undefined) {
      await results.show(result);
    }
    return result;
  };

  return [
    commands.registerCommand('lead.restartServer', () => server.restart()),
    commands.registerCommand('lead.showLog', () => server.log.show()),
    commands.registerCommand('lead.chooseServer', () => chooseServer(server)),
    commands.registerCommand('lead.getServer', openWalkthrough),
    commands.registerCommand('lead.newFile', async () => {
      const document = await workspace.openTextDocument({ language: 'lead', content: firstFile });
      await window.showTextDocument(document);
    }),
    commands.registerCommand('lead.check', () => runCheck(server)),
    commands.registerCommand('lead.menu', () => menu()),
    commands.registerCommand('lead.showPlan', (given: unknown) => show('lead.showPlan', given)),
    commands.registerCommand('lead.showSql', (given: unknown) => show('lead.showSql', given)),
    commands.registerCommand('lead.unfold', (given: unknown) => show('lead.unfold', given)),
    commands.registerCommand('lead.runExamples', async (given: unknown) => {
      const result = (await asked('lead.runExamples', given)) as ExamplesResult | undefined;
      if (result !== undefined) {
        await tellExamples(result, results);
      }
      return result;
    }),
    commands.registerCommand('lead.explain', async (given: unknown) => {
      const givenKey = (given as { key?: unknown } | undefined)?.key;
      const key =
        typeof givenKey === 'string'
          ? givenKey
          : await window.showInputBox({ title: 'Explain a record', prompt: 'The key of the record, as the export has it', placeHolder: 'c1' });
      return key === undefined || key.trim() === '' ? undefined : show('lead.explain', given, { key: key.trim() });
    }),
    commands.registerCommand('lead.showReferences', async (given: unknown) => {
      const client = server.languageClient;
      if (client === undefined || !isPlace(given) || given.position === undefined) {
        return;
      }
      const asked = { textDocument: { uri: given.uri }, position: given.position, context: { includeDeclaration: false } };
      const found = (await client.sendRequest(ReferencesRequest.type, asked)) ?? [];
      const convert = client.protocol2CodeConverter;
      const places = found.map((l) => convert.asLocation(l));
      await commands.executeCommand('editor.action.showReferences', convert.asUri(given.uri), convert.asPosition(given.position), places);
    }),
  ];
}

/** All well: a line at the foot. Else the report beside. */
async function tellExamples(result: ExamplesResult, results: Results): Promise<void> {
  const many = (n: number): string => (n === 1 ? '1 example' : `${n} examples`);
  if (result.failed > 0) {
    await results.show(result);
    return;
  }
  const text = result.passed === 0 ? 'Lead: no example covers this.' : `Lead: ${many(result.passed)} passed.`;
  const chosen = await Promise.race([
    window.showInformationMessage(text, 'Show'),
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 500)),
  ]);
  if (chosen === 'Show') {
    await results.show(result);
  }
}

async function runCheck(server: Server): Promise<void> {
  const found = server.find();
  const folder = workspace.workspaceFolders?.[0];
  if (found.kind === 'missing' || folder === undefined) {
    const text = found.kind === 'missing' ? found.why : 'Open the folder of your definitions first.';
    void window.showErrorMessage(`Lead: ${text}`);
    return;
  }
  await tasks.executeTask(checkTask(found.path, folder));
}

async function chooseServer(server: Server): Promise<void> {
  const chosen = await window.showOpenDialog({ title: 'The program "lead"', openLabel: 'Use This Program', canSelectMany: false });
  const path = chosen?.[0]?.fsPath;
  if (path !== undefined) {
    await workspace.getConfiguration('lead').update('server.path', path, ConfigurationTarget.Global);
    await server.restart();
  }
}

async function menu(): Promise<void> {
  const items: (QuickPickItem & { command: string })[] = [
    { label: '$(debug-restart) Restart the server', command: 'lead.restartServer' },
    { label: "$(output) Show the server's log", command: 'lead.showLog' },
    { label: '$(checklist) Check all definitions', command: 'lead.check' },
    { label: '$(beaker) Run the examples at the cursor', command: 'lead.runExamples' },
    { label: '$(question) Explain a record', command: 'lead.explain' },
    { label: '$(folder-opened) Choose the program', command: 'lead.chooseServer' },
    { label: '$(book) How to get the program', command: 'lead.getServer' },
  ];
  const chosen = await window.showQuickPick(items, { title: 'Lead' });
  if (chosen !== undefined) {
    await commands.executeCommand(chosen.command);
  }
}
