// Bundles the extension into dist/extension.js and puts the licences beside it, for the package.
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const minify = process.argv.includes('--minify');
await build({
  entryPoints: [join(here, 'src/extension.ts')],
  outfile: join(here, 'dist/extension.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify,
  sourcemap: !minify,
  logLevel: 'warning',
});
const project = process.env.LEAD_PROJECT ?? join(here, '../..');
for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) {
  copyFileSync(join(project, name), join(here, name));
}
