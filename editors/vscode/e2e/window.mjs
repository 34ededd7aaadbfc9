// What a person sees. Leaves a screenshot of each part in OUT.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { check, note, withCode } from './host.mjs';

const { OUT } = process.env;

/** The language servers of a VS Code that was started in a home of its own. */
function servers(home) {
  const read = (pid, what) => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8').split('\0');
    } catch {
      // Gone, or somebody else's.
      return [];
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => read(pid, 'cmdline')[1] === 'lsp' && read(pid, 'environ').includes(`HOME=${home}`)).map(Number);
}

await withCode('window', [], async ({ page, home, settings, folder, open, remote }) => {
  await open([['openFile', remote(join(folder, 'review.lead'))]]);
  await page.locator('.monaco-workbench').waitFor();
  note('the workbench is drawn');

  let pictures = 0;
  const shot = (name) => page.screenshot({ path: join(OUT, `${++pictures}-${name}.png`) });
  const seen = (locator, timeout = 60_000) => locator.first().waitFor({ timeout }).then(() => true, () => false);
  const text = async (locator) => (await locator.allInnerTexts()).join(' ').replace(/\s+/g, ' ').slice(0, 160);
  const lines = async () => (await page.locator('.editor-instance .view-line').allInnerTexts()).map((l) => l.replaceAll('\u00a0', ' '));
  const line = (start) => page.locator('.editor-instance .view-line', { hasText: new RegExp(`^${start}`) }).first();
  const until = async (ask, limit = 60_000) => {
    for (const end = Date.now() + limit; Date.now() < end; await page.waitForTimeout(100)) if (await ask()) return true;
    return false;
  };
  const palette = async (command) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${command}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: command }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  /** The coloured piece of a line that begins with a text. */
  const piece = (start, wanted) => line(start).locator('span[class^=mtk]').filter({ hasText: wanted }).first();
  /** Puts the cursor in front of a piece. */
  const cursor = async (start, wanted) => {
    await piece(start, wanted).click({ position: { x: 3, y: 8 } });
    await page.waitForTimeout(150);
  };

  await seen(piece('price', /^when$/), 60_000);
  check('the server runs', await seen(page.locator('.statusbar-item', { hasText: 'Lead' }).locator('.codicon-check'), 60_000));

  const colour = (start, wanted) => piece(start, wanted).evaluate((e) => getComputedStyle(e).color);
  const read = async () => ({
    'a comment': await colour('##', /Reads/),
    'a keyword': await colour('price', /^when$/),
    'a text': await colour('price', /pricing/),
    'a number': await colour('busy', /^5$/),
    'a name': await colour('price', /price.reader/),
  });
  // A line is drawn anew when the server has read the file.
  let colours = {};
  const five = await until(async () => new Set(Object.values((colours = await read())).filter((c) => c !== '')).size === 5);
  check('five colours', five, Object.entries(colours).map((c) => c.join(' ')).join(', '));

  check('a wavy line', await seen(page.locator('.squiggly-error')));
  check('inlay hints', await until(async () => /30d/.test(await text(page.locator('.editor-instance .view-line [class*=inlay], .editor-instance .view-line span[class*=dyn-rule]')))), await text(page.locator('.editor-instance .view-line span[class*=dyn-rule]')));
  check('a lens', await seen(page.locator('.codelens-decoration', { hasText: /1 use/ })), await text(page.locator('.codelens-decoration')));
  await shot('colours-hints-lenses');

  await palette('Problems: Focus on Problems View');
  const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'pagez' });
  check('an entry in the Problems view', await seen(problem), await text(problem));
  await shot('problems');
  await palette('View: Toggle Panel Visibility');

  await piece('ready', /price.reader/).hover();
  const hover = page.locator('.monaco-hover', { hasText: 'Reads about prices' });
  check('hover', await seen(hover), await text(hover));
  await page.waitForTimeout(400);
  await shot('hover');
  await page.mouse.move(1200, 700);
  await page.keyboard.press('Escape');

  await cursor('busy', /pagez/);
  await palette('Quick Fix...');
  const action = page.locator('.action-widget .monaco-list-row', { hasText: /pages/ });
  check('quick fix is offered', await seen(action), await text(action));
  await shot('quick-fix');
  await action.first().click();
  const fixed = /busy reader when pages > 5/;
  check('quick fix is applied', await until(async () => (await lines()).some((l) => fixed.test(l))));
  check('the wavy line is gone', await until(async () => (await page.locator('.squiggly-error').count()) === 0));

  await cursor('ready', /price.reader/);
  await page.keyboard.press('F2');
  const box = page.locator('.rename-box input');
  await seen(box);
  check('rename takes the whole name', (await box.inputValue()) === 'price reader', await box.inputValue());
  await box.fill('price watcher');
  await shot('rename');
  await page.keyboard.press('Enter');
  check('rename changes both places', await until(async () => (await lines()).filter((l) => l.includes('price watcher')).length === 2));

  await palette('Format Document');
  check('format closes gaps', await until(async () => (await lines()).some((l) => l.includes('price watcher and busy reader'))));
  await shot('formatted');

  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nto call when price wa', { delay: 30 });
  const item = page.locator('.suggest-widget .monaco-list-row', { hasText: 'price watcher' });
  if (!(await seen(item, 8_000))) await page.keyboard.press('Control+Space');
  check('completion', await seen(item), await text(item));
  await page.waitForTimeout(500);
  await shot('completion');
  await page.keyboard.press('Enter');
  check('completion replaces all of the name', await until(async () => (await lines()).some((l) => /to call when price watcher\s*$/.test(l))), (await lines()).at(-1));

  check('lenses count again after edits', await seen(page.locator('.codelens-decoration', { hasText: /2 uses/ }), 20_000), await text(page.locator('.codelens-decoration')));

  // A new line of documentation begins by itself.
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\n\n## One line', { delay: 20 });
  await page.keyboard.press('Enter');
  await page.keyboard.type('and another', { delay: 20 });
  check('documentation goes on in the next line', await until(async () => (await lines()).some((l) => l.startsWith('## and another'))));

  await palette('Output: Show Output Channels...');
  await page.locator('.quick-input-widget input').fill('Lead');
  await page.keyboard.press('Enter');
  check('the log names the program', await seen(page.locator('.output-view .view-line', { hasText: /lead.\d/ })));
  await shot('log');
  await palette('View: Toggle Panel Visibility');

  await palette('Lead: How to Get the Program');
  check('the walkthrough opens', await seen(page.locator('.gettingStartedContainer', { hasText: 'Write a definition' })));
  const done = (step) => page.locator('.getting-started-step', { hasText: step }).locator('.codicon-getting-started-step-checked');
  for (const step of ['Get the program', 'Write a definition']) {
    check(`the walkthrough has seen: ${step}`, await seen(done(step), 20_000));
  }
  await page.waitForTimeout(800);
  await shot('walkthrough');
  await page.locator('.tabs-container .tab', { hasText: 'review.lead' }).click();

  // A server that is killed starts again, and knows the open file.
  const status = page.locator('.statusbar-item', { hasText: 'Lead' });
  const killed = servers(home);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  check('one server ran', killed.length === 1, `${killed.length}`);
  check('the status tells of the crash', await seen(status.locator('.codicon-warning'), 20_000));
  check('the server starts again', await seen(status.locator('.codicon-check'), 60_000));
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\n\nlost reader when pagez > 5', { delay: 20 });
  check('findings come from the new server', await seen(page.locator('.squiggly-error')));

  // A program that is not there: said at once, with a way to get it.
  settings('Machine', { 'lead.server.path': join(home, 'no-such-program') });
  const toast = page.locator('.notification-toast', { hasText: 'no-such-program' });
  check('a missing program is told', await seen(toast, 60_000), await text(toast));
  check('the status says so', await seen(status.locator('.codicon-error'), 20_000));
  await shot('missing');
  settings('Machine', { 'lead.server.path': process.env.LEAD });
  check('the program is found again', await seen(status.locator('.codicon-check'), 60_000));
});
