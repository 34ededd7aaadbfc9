// Starts VS Code's server with the packed extension in a home of its own, and Chromium; ends both, by the id it started.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
const { LEAD, OUT, CHROMIUM, LEAD_PROJECT, NODE_PATH } = process.env;
const { chromium } = createRequire(join(NODE_PATH, 'x.js'))('playwright-core');

const started = performance.now();
let passed = 0;
let failed = 0;
export const note = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
export const check = (name, ok, detail = '') => {
  ok ? passed++ : failed++;
  note(`${ok ? 'ok  ' : 'FAIL'} ${name}${detail === '' ? '' : `: ${detail}`}`);
};

/** What the workspace has beside the industrial example: the definitions that the tests are about. */
const REVIEW = `for contact

## Reads about prices, again and again.
price reader when any(page view where url starts with "/pricing") and pages > 3 within 90d

busy reader when pagez > 5 and visits >= 2 within 90d

ready to talk when price reader   and   busy reader

long reader
    when pages > 20
        and visits > 9 within 30d

product pages = count(page view where url starts with "/products")
`;

export async function withCode(name, flags, test, more = {}) {
  mkdirSync(OUT, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'lead-vscode-'));
  const folder = join(home, 'industrial');
  cpSync(join(LEAD_PROJECT, 'examples/industrial'), folder, { recursive: true });
  writeFileSync(join(folder, 'review.lead'), REVIEW);
  const settings = (place, values) => {
    mkdirSync(join(home, 'data', place), { recursive: true });
    writeFileSync(join(home, 'data', place, 'settings.json'), JSON.stringify(values));
  };
  // A remote window takes settings of the machine from Machine/ alone.
  settings('Machine', { 'lead.server.path': LEAD });
  settings('User', {
    'telemetry.telemetryLevel': 'off', 'update.mode': 'none', 'workbench.enableExperiments': false,
    'extensions.autoUpdate': false, 'extensions.autoCheckUpdates': false, 'extensions.ignoreRecommendations': true,
    'workbench.startupEditor': 'none', 'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true, 'security.workspace.trust.enabled': false, 'git.enabled': false,
    'editor.hover.delay': 100, 'editor.minimap.enabled': false, 'workbench.tips.enabled': false,
    'workbench.colorTheme': 'Default Dark Modern', 'task.allowAutomaticTasks': 'off', ...more.settings,
  });
  const node = process.execPath;
  // VS Code's own server, as code-server ships it: code-server's wrapper refuses --enable-smoke-test-driver, without which
  // the workbench ignores extensionTestsPath.
  const main = join(NODE_PATH, 'code-server/lib/vscode/out/server-main.js');
  const places = ['--server-data-dir', home, '--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
  // No marketplace. VSCODE_* of a VS Code around this would redirect it.
  const env = { ...process.env, HOME: home, TMPDIR: home, EXTENSIONS_GALLERY: '{}' };
  for (const key of Object.keys(env).filter((k) => k.startsWith('VSCODE_') || k === 'NODE_PATH')) delete env[key];
  execFileSync(node, [main, ...places, '--install-extension', join(here, '../lead.vsix')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  note('the package is installed');

  const server = spawn(
    node,
    [main, ...places, '--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms',
      '--telemetry-level', 'off', '--disable-workspace-trust', ...flags],
    { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(join(OUT, `${name}.log`));
  server.stderr.pipe(log, { end: false });
  let browser;
  let page;
  try {
    const base = await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('the server did not start')), 60_000).unref();
      server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      let text = '';
      server.stdout.on('data', (data) => {
        log.write(data);
        text += data;
        const port = /agent listening on (\d+)/.exec(text)?.[1];
        if (port) resolve(`http://127.0.0.1:${port}`);
      });
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      headless: true,
      args: ['--no-sandbox', '--headless=new', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    });
    page = await browser.newPage({ viewport: { width: 1440, height: 810 } });
    // A machine with much else to do is slow, not wrong.
    page.setDefaultTimeout(120_000);
    const foreign = new Set();
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.hostname !== '127.0.0.1') foreign.add(url.host);
    });
    page.on('console', (message) => log.write(`[browser ${message.type()}] ${message.text()}\n`));
    const remote = (path) => `vscode-remote://${new URL(base).host}${path}`;
    const open = (payload) => page.goto(`${base}/?folder=${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    note('VS Code runs');
    await test({ page, home, settings, folder, open, remote });
    check('no request left this machine', foreign.size === 0, [...foreign].join(' '));
  } catch (error) {
    check('the run', false, error.stack);
  } finally {
    if (failed > 0) await page?.screenshot({ path: join(OUT, `${name}-failed.png`) }).catch(() => {});
    await browser?.close();
    try {
      process.kill(-server.pid, 'SIGTERM');
    } catch {
      // Already gone.
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}
