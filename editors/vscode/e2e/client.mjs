// The tests of inside/index.js, in VS Code's extension host.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { check, here, withCode } from './host.mjs';

await withCode('client', ['--enable-smoke-test-driver'], async ({ page, home, open, remote }) => {
  const tests = join(home, 'inside');
  cpSync(join(here, 'inside'), tests, { recursive: true });
  page.on('console', (message) => {
    const line = /LEADTEST (ok|FAIL) (.*)/.exec(message.text());
    if (line) check(line[2], line[1] === 'ok');
  });
  // The workbench calls these where it runs tests of extensions.
  await page.exposeFunction('codeAutomationLog', () => {});
  const ended = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  await open([['extensionDevelopmentPath', remote(tests)], ['extensionTestsPath', remote(join(tests, 'index.js'))]]);
  const code = await Promise.race([ended, page.waitForTimeout(Number(process.env.LIMIT_MS ?? 400_000)).then(() => 'none in time')]);
  check('the tests ended', code === 0, `code ${code}`);
});
