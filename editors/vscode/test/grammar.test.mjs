// What the TextMate grammar makes of every legal text of the project.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadGrammar, reserved, texts, tokens } from './textmate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const grammar = await loadGrammar();
const place = (name, token) => `${name}:${token.line}:${token.column + 1} \`${token.text}\` ${token.scopes.join(' ')}`;
const apart = (token) => token.scopes.some((s) => /^(comment|string)\./.test(s));

test('every word and sign has a scope', () => {
  const bare = [];
  for (const { name, text } of texts()) {
    for (const token of tokens(grammar, text)) {
      if (token.text.trim() !== '' && token.scopes.length === 0) bare.push(place(name, token));
    }
  }
  assert.deepEqual(bare, []);
});

test('reserved words are keywords wherever they stand, but for names in backticks', () => {
  const words = new Set(reserved());
  assert.ok(words.size >= 19, [...words].join(' '));
  const wrong = [];
  const seen = new Set();
  for (const { name, text } of texts()) {
    for (const token of tokens(grammar, text).filter((t) => !apart(t) && !t.text.startsWith('`'))) {
      for (const word of token.text.toLowerCase().match(/[\p{L}\d_'&]+(?:-[\p{L}\d]+)*/gu) ?? []) {
        if (words.has(word)) {
          seen.add(word);
          if (!token.scopes.at(-1).startsWith('keyword.')) wrong.push(place(name, token));
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual([...words].filter((w) => !seen.has(w)), [], 'reserved words that no text has');
});

test('every statement defines a name that has a scope of its own', () => {
  const wrong = [];
  for (const { name, text } of texts()) {
    for (const token of tokens(grammar, text)) {
      const starts = token.column === 0 && /^[\p{L}`]/u.test(token.text);
      if (starts && !/^(entity\.name|keyword\.control\.declaration)\./.test(token.scopes[0] ?? '')) wrong.push(place(name, token));
    }
  }
  assert.deepEqual(wrong, []);
});

// One line of the text, below it its tokens. `UPDATE=1 npm test` writes the files.
test('the corpus has the scopes that it had', () => {
  const folder = join(here, 'snapshots');
  if (process.env.UPDATE) mkdirSync(folder, { recursive: true });
  const changed = [];
  for (const { name, text } of texts().filter((t) => t.name.startsWith('tests/corpus/'))) {
    const lines = text.split('\n');
    const found = tokens(grammar, text).filter((t) => t.text.trim() !== '');
    const shown = lines.map((line, i) => {
      const here = found.filter((t) => t.line === i + 1 && !t.scopes.at(-1)?.startsWith('punctuation.'));
      const said = here.map((t) => `${t.text.trim()} ${t.scopes.map((s) => s.replace(/\.lead$/, '')).join('+')}`);
      return [line.trimEnd(), ...said.map((s) => `  · ${s}`)].join('\n');
    });
    const path = join(folder, basename(name).replace('.lead', '.txt'));
    const now = shown.join('\n');
    if (process.env.UPDATE) writeFileSync(path, now);
    const before = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : '';
    if (before !== now) changed.push(name);
  }
  assert.deepEqual(changed, [], 'look at the change, then run with UPDATE=1');
});

test('broken and half-written lines keep the lines below in order', () => {
  const below = 'next one when count(visit) > 2\n';
  for (const broken of ['entity', 'entity contact from', 'event x of', 'lead when', 'lead when "open', 'score', 'score x,', 'metric', 'metric m =',
    'funnel', 'for', 'example', 'example "x', 'examples', 'a = (1 +', 'a = [1,', 'owner is\n    "x" when', 'entity c from "c.csv"\n    id:',
    'example "x"\n    contact:', 'x when a matches "(']) {
    const found = tokens(grammar, `${broken}\n\n${below}`).filter((t) => t.text === 'next one');
    assert.deepEqual(found.map((t) => t.scopes), [['entity.name.function.decision.lead']], broken);
  }
});
