// Looks at every page in $OUT; see `run`.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { OUT, CHROMIUM, NODE_PATH } = process.env;
const require = createRequire(join(NODE_PATH, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let failed = 0;
const check = (name, ok, detail = '') => {
  if (!ok) failed++;
  if (!ok || process.env.VERBOSE) console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}${detail === '' ? '' : `: ${detail}`}`);
};

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
const names = readdirSync(OUT).filter((n) => n.endsWith('.html')).sort();
check('there are pages', names.length >= 4);

/** Opens a page with everything watched. */
async function open(name, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = { requests: [], console: [] };
  page.on('request', (r) => seen.requests.push(r.url()));
  page.on('console', (m) => seen.console.push(m.text()));
  page.on('pageerror', (e) => seen.console.push(String(e)));
  await page.goto(pathToFileURL(join(OUT, name)).href);
  return { context, page, seen };
}

for (const name of names) {
  check(`${name} is under 1 MB`, statSync(join(OUT, name)).size < 1_000_000);
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
      const what = `${name}, ${size}, ${colorScheme}`;
      // As a reader has it, with the page's own policy.
      const { context, page, seen } = await open(name, { viewport, colorScheme });
      const own = seen.requests.filter((u) => !u.startsWith('data:'));
      check(`${what}: nothing is fetched`, own.length === 1, own.join(' '));
      check(`${what}: nothing on the console`, seen.console.length === 0, seen.console.join(' | '));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(`${what}: as wide as the window`, wide <= 0, `${wide} pixels more`);
      await page.screenshot({ path: join(OUT, `${name.replace('.html', '')}-${size}-${colorScheme}.png`) });
      await context.close();

      // The checker of accessibility is a script, which the page's policy would refuse.
      const looked = await open(name, { viewport, colorScheme, bypassCSP: true });
      await looked.page.addScriptTag({ content: axe });
      const found = await looked.page.evaluate(() =>
        // eslint-disable-next-line no-undef
        axe.run(document, { resultTypes: ['violations'] }),
      );
      for (const { id, impact, help, nodes } of found.violations) {
        check(`${what}: ${id} (${impact})`, false, `${help}; ${nodes.length} times, such as ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary}`);
      }
      await looked.context.close();
    }
  }

  // By keyboard, and without scripts.
  const { context, page } = await open(name, { viewport: sizes.desktop, colorScheme: 'light', javaScriptEnabled: true });
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => ({ text: document.activeElement.textContent, left: document.activeElement.getBoundingClientRect().left }));
  check(`${name}: the first stop skips to the content`, first.text === 'Skip to the content' && first.left >= 0, JSON.stringify(first));
  await page.keyboard.press('Enter');
  check(`${name}: and does so`, await page.evaluate(() => document.activeElement.id === 'content'));
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.locator('#theme-auto').focus();
  await page.keyboard.press('ArrowRight');
  check(`${name}: light stays light`, (await ground()) === light);
  await page.keyboard.press('ArrowRight');
  check(`${name}: dark is chosen by keyboard`, (await ground()) !== light);
  await page.emulateMedia({ media: 'print' });
  check(`${name}: in print the contents are gone`, await page.locator('nav').isHidden());
  check(`${name}: print is light`, (await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)) === 'light');
  await context.close();
}

// The picture of the README: `PICTURE=docs/images/report.png tests/pages/run`.
if (process.env.PICTURE) {
  const { context, page } = await open('industrial-report.html', { viewport: { width: 1200, height: 880 }, colorScheme: 'light' });
  await page.screenshot({ path: process.env.PICTURE });
  await context.close();
}
await browser.close();
console.log(failed === 0 ? `${names.length} pages are fine` : `${failed} findings`);
process.exit(failed === 0 ? 0 : 1);
