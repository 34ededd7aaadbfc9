// Where the program is looked for, and how long a start waits after crashes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'lead-'));
await build({ entryPoints: ['find', 'backoff'].map((n) => join(here, `../src/${n}.ts`)), outdir: out, platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' } });
const { findServer } = await import(pathToFileURL(join(out, 'find.mjs')));
const { Backoff } = await import(pathToFileURL(join(out, 'backoff.mjs')));
rmSync(out, { recursive: true });

const machine = (...programs) => ({ windows: false, home: '/home/ann', path: '/usr/bin:/opt/bin', isProgram: (p) => programs.includes(p) });
const found = (setting, ...programs) => findServer(setting, '/ext', ['/work', '/other'], machine(...programs));

test('the setting comes first, then the extension, then the PATH, then cargo', () => {
  const all = ['/a/lead', '/ext/server/lead', '/opt/bin/lead', '/home/ann/.cargo/bin/lead'];
  assert.equal(found('/a/lead', ...all).path, '/a/lead');
  assert.equal(found('', ...all).path, '/ext/server/lead');
  assert.equal(found('', ...all.slice(2)).path, '/opt/bin/lead');
  assert.equal(found('', ...all.slice(3)).path, '/home/ann/.cargo/bin/lead');
});

test('a setting may be relative to a folder, to the home, or a bare name', () => {
  assert.equal(found('bin/lead', '/other/bin/lead').path, '/other/bin/lead');
  assert.equal(found('~/lead', '/home/ann/lead').path, '/home/ann/lead');
  assert.equal(found('lead-next', '/opt/bin/lead-next').path, '/opt/bin/lead-next');
});

test('a setting that leads nowhere is said, not passed over', () => {
  const missing = found('/a/lead', '/opt/bin/lead');
  assert.equal(missing.kind, 'missing');
  assert.match(missing.why, /\/a\/lead/);
  assert.match(found('').why, /PATH/);
});

test('each crash doubles the wait, and the ninth within ten minutes ends it', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 9 }, (_, i) => backoff.crashed(i * 1000));
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, undefined]);
  assert.equal(backoff.crashed(3_600_000), 1000, 'an hour later nothing is remembered');
  backoff.crashed(3_600_001);
  backoff.forget();
  assert.equal(backoff.crashed(3_600_002), 1000);
});
