// Reads text by the TextMate grammar with the engine that VS Code uses.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const here = dirname(fileURLToPath(import.meta.url));
/** The project's folder; the extension may have been copied out of it. */
export const project = process.env.LEAD_PROJECT ?? join(here, '../../..');

const require = createRequire(import.meta.url);
const loaded = oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));

export async function loadGrammar() {
  await loaded;
  const path = join(here, '../syntaxes/lead.tmLanguage.json');
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(path, 'utf8'), path),
  });
  return registry.loadGrammar('source.lead');
}

/** The tokens of a text: line (from 1), column (from 0), text, scopes without those of whole statements. */
export function tokens(grammar, text) {
  const found = [];
  let state = textmate.INITIAL;
  text.split(/\r?\n/).forEach((line, i) => {
    const read = grammar.tokenizeLine(line, state);
    state = read.ruleStack;
    for (const { startIndex, endIndex, scopes } of read.tokens) {
      const kept = scopes.filter((s) => !s.startsWith('meta.') && s !== 'source.lead');
      found.push({ line: i + 1, column: startIndex, text: line.slice(startIndex, endIndex), scopes: kept });
    }
  });
  return found;
}

/** Every legal text that the project has: the corpus, the examples, and the blocks of the reference. */
export function texts() {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(project, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (name.endsWith('.lead')) found.push({ name, text: readFileSync(join(project, name), 'utf8') });
    }
  };
  walk('tests/corpus');
  walk('examples');
  const reference = readFileSync(join(project, 'docs/language.md'), 'utf8');
  for (const [i, block] of [...reference.matchAll(/^```lead.*\n([\s\S]*?)^```/gm)].entries()) {
    found.push({ name: `docs/language.md, block ${i + 1}`, text: block[1] });
  }
  return found;
}

/** The words that are reserved in names, from the one grammar. */
export function reserved() {
  const grammar = readFileSync(join(project, 'grammar/lead.pest'), 'utf8');
  const rule = /^keyword = _\{([\s\S]*?)^\}/m.exec(grammar)[1];
  return [...rule.matchAll(/\^"(\w+)"/g)].map((m) => m[1]);
}
