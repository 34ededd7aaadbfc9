// Runs inside VS Code's extension host, with the packed extension installed: what extensions can see of it.
const vscode = require('vscode');
const assert = require('node:assert/strict');
const { readdirSync, readFileSync } = require('node:fs');

const { commands, extensions, languages, Position, Range, tasks, Uri, window, workspace } = vscode;

async function until(what, ask, limit = 60_000) {
  for (const end = Date.now() + limit; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`waited ${limit} ms for ${what}`);
}

/** The servers that this extension host has started. */
function servers() {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (parent === process.pid && words.includes('lsp')) found.push(Number(pid));
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

exports.activate = () => {};
exports.run = async () => {
  let failed = 0;
  const only = new RegExp(process.env.LEAD_ONLY ?? '');
  const test = async (name, body) => {
    if (!only.test(name)) return;
    const started = Date.now();
    try {
      await body();
      console.log(`LEADTEST ok ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed++;
      console.log(`LEADTEST FAIL ${name}: ${String(error.stack).replaceAll('\n', ' ').slice(0, 900)}`);
      await reset();
    }
  };

  const folder = workspace.workspaceFolders[0].uri;
  const uri = Uri.joinPath(folder, 'review.lead');
  const document = await workspace.openTextDocument(uri);
  const editor = await window.showTextDocument(document);
  const original = document.getText();
  const extension = extensions.getExtension('lead-lang.lead');
  const state = () => extension.exports?.state();

  /** Where a piece of the text begins, plus some characters; the nth time that it occurs. */
  const at = (piece, plus = 0, nth = 1) => {
    let offset = -1;
    for (let i = 0; i < nth; i++) offset = document.getText().indexOf(piece, offset + 1);
    assert.notEqual(offset, -1, `"${piece}" is not in the text`);
    return document.positionAt(offset + plus);
  };
  const whole = () => new Range(new Position(0, 0), document.positionAt(document.getText().length));
  const replace = async (text) => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, whole(), text);
    assert.ok(await workspace.applyEdit(edit));
  };
  const reset = () => replace(original);
  const ask = (command, ...args) => commands.executeCommand(`vscode.${command}`, uri, ...args);
  const said = (contents) => contents.map((c) => (typeof c === 'string' ? c : c.value)).join('\n');
  const findings = (of = uri) => languages.getDiagnostics(of);

  await test('files of the language have its id', () => assert.equal(document.languageId, 'lead'));

  await test('the server runs', () => until('the server', () => extension.isActive && state() === 'running'));

  await test('a finding has its place, code, page, and source', async () => {
    const found = await until('a finding', () => findings().find((d) => document.getText(d.range) === 'pagez'));
    const code = typeof found.code === 'object' ? found.code : { value: found.code };
    assert.equal(code.value, 'L0201');
    assert.ok(code.target, 'the code leads to its page');
    assert.equal(found.source, 'lead');
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
  });

  await test('a finding goes when its cause goes', async () => {
    await replace(original.replace('pagez', 'pages'));
    await until('no error', () => findings().every((d) => d.severity !== vscode.DiagnosticSeverity.Error));
    await reset();
    await until('the error', () => findings().some((d) => d.severity === vscode.DiagnosticSeverity.Error));
  });

  await test('hover shows what a definition means', async () => {
    const hovers = await ask('executeHoverProvider', at('when price reader', 7));
    assert.match(said(hovers.flatMap((h) => h.contents)), /Reads about prices, again and again/);
  });

  await test('completion offers names and replaces all of a name', async () => {
    await replace(`${original}\nto call when price re`);
    const end = document.positionAt(document.getText().length);
    const list = await ask('executeCompletionItemProvider', end);
    const item = list.items.find((i) => (i.label.label ?? i.label) === 'price reader');
    assert.ok(item, list.items.slice(0, 20).map((i) => i.label.label ?? i.label).join(', '));
    const range = item.range?.inserting ?? item.range ?? item.textEdit?.range;
    assert.equal(document.getText(range), 'price re');
    await reset();
  });

  await test('values of a field are offered inside quotes', async () => {
    await replace(`${original}\nadvertised when lead source = ""`);
    const end = document.positionAt(document.getText().length - 1);
    const list = await ask('executeCompletionItemProvider', end);
    const labels = list.items.map((i) => i.label.label ?? i.label);
    assert.ok(labels.some((l) => l.includes('PPC')), labels.slice(0, 20).join(', '));
    await reset();
  });

  await test('signature help says what a function takes', async () => {
    await replace(`${original}\nquarter of entry = quarter(`);
    const help = await until('signature help', () => ask('executeSignatureHelpProvider', document.positionAt(document.getText().length), '('));
    assert.match(help.signatures[0].label, /quarter/);
    await reset();
  });

  await test('definition, references and highlight meet at the name', async () => {
    const use = at('when price reader', 7);
    const targets = await ask('executeDefinitionProvider', use);
    const target = targets[0].targetSelectionRange ?? targets[0].targetRange ?? targets[0].range;
    assert.equal(target.start.line, at('price reader').line);
    const references = await ask('executeReferenceProvider', use);
    assert.equal(references.length, 2);
    assert.equal((await ask('executeDocumentHighlights', use)).length, 2);
  });

  await test('a definition of another file is found there', async () => {
    const targets = await ask('executeDefinitionProvider', at('visits >= 2', 2));
    const target = targets[0].targetUri ?? targets[0].uri;
    assert.notEqual(target.toString(), uri.toString());
    assert.match(target.path, /\.lead$/);
  });

  await test('rename changes every use', async () => {
    const edit = await ask('executeDocumentRenameProvider', at('when price reader', 7), 'price watcher');
    assert.ok(await workspace.applyEdit(edit));
    assert.equal(document.getText().match(/price watcher/g).length, 2);
    assert.doesNotMatch(document.getText(), /price reader/);
    await reset();
  });

  await test('rename refuses a name that is taken', async () => {
    await assert.rejects(ask('executeDocumentRenameProvider', at('when price reader', 7), 'busy reader'));
  });

  await test('a quick fix mends a misspelt name', async () => {
    await until('the finding', () => findings().some((d) => document.getText(d.range) === 'pagez'));
    const place = new Range(at('pagez'), at('pagez', 5));
    const actions = await ask('executeCodeActionProvider', place, vscode.CodeActionKind.QuickFix.value, 10);
    const fix = actions.find((a) => /`?pages`?/.test(a.title) && a.edit);
    assert.ok(fix, actions.map((a) => a.title).join(', '));
    assert.ok(await workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /busy reader when pages > 5/);
    await reset();
  });

  await test('formatting closes gaps', async () => {
    const edits = await ask('executeFormatDocumentProvider', { tabSize: 4, insertSpaces: true });
    const edit = new vscode.WorkspaceEdit();
    edit.set(uri, edits);
    assert.ok(await workspace.applyEdit(edit));
    assert.match(document.getText(), /ready to talk when price reader and busy reader/);
    await reset();
  });

  await test('inlay hints show what a line does not say', async () => {
    const hints = await until('hints', async () => {
      const found = await ask('executeInlayHintProvider', whole());
      return found.length > 0 && found;
    });
    const labels = hints.map((h) => (typeof h.label === 'string' ? h.label : h.label.map((p) => p.value).join('')));
    assert.ok(labels.some((l) => /number/.test(l)), labels.join(' | '));
    assert.ok(labels.some((l) => /30d/.test(l)), labels.join(' | '));
    assert.ok(!labels.some((l) => /90d/.test(l)), `the line says it: ${labels.join(' | ')}`);
  });

  await test('hints can be switched off', async () => {
    const settings = workspace.getConfiguration('lead');
    for (const key of ['windows', 'types', 'subjects']) await settings.update(`inlayHints.${key}`, false, vscode.ConfigurationTarget.Global);
    await until('no hints', async () => (await ask('executeInlayHintProvider', whole())).length === 0);
    for (const key of ['windows', 'types', 'subjects']) await settings.update(`inlayHints.${key}`, undefined, vscode.ConfigurationTarget.Global);
    await until('hints', async () => (await ask('executeInlayHintProvider', whole())).length > 0);
  });

  await test('lenses count uses', async () => {
    const lenses = await ask('executeCodeLensProvider', 20);
    const titles = lenses.map((l) => l.command?.title ?? '');
    assert.ok(titles.some((t) => /1 use\b/.test(t)), titles.join(' | '));
  });

  await test('the outline has every definition', async () => {
    const names = [];
    const walk = (symbols) => symbols.forEach((s) => (names.push(s.name), walk(s.children ?? [])));
    walk(await ask('executeDocumentSymbolProvider'));
    for (const name of ['price reader', 'busy reader', 'ready to talk']) assert.ok(names.includes(name), names.join(', '));
  });

  await test('definitions are found by name in all files', async () => {
    const found = await commands.executeCommand('vscode.executeWorkspaceSymbolProvider', 'qualified prospect');
    assert.ok(found.some((s) => s.name === 'qualified prospect'), found.map((s) => s.name).join(', '));
  });

  await test('semantic tokens tell fields from definitions', async () => {
    const legend = await ask('provideDocumentSemanticTokensLegend');
    const found = await ask('provideDocumentSemanticTokens');
    assert.ok(legend.tokenTypes.length > 3 && found.data.length > 50, `${legend.tokenTypes} ${found.data.length}`);
  });

  await test('folding, selection, links and calls answer', async () => {
    assert.ok((await ask('executeFoldingRangeProvider')).length > 0, 'folding');
    const [selection] = await ask('executeSelectionRangeProvider', [at('when price reader', 7)]);
    const selected = [];
    for (let s = selection; s; s = s.parent) selected.push(document.getText(s.range));
    assert.ok(selected.includes('price reader'), selected.join(' | '));
    const schema = Uri.joinPath(folder, 'schema.lead');
    await workspace.openTextDocument(schema);
    const links = await commands.executeCommand('vscode.executeLinkProvider', schema, 50);
    assert.ok(links.some((l) => /contacts\.csv/.test(String(l.target))), links.map((l) => String(l.target)).join(' '));
    const [item] = await ask('prepareCallHierarchy', at('price reader', 2));
    const users = await commands.executeCommand('vscode.provideIncomingCalls', item);
    assert.deepEqual(users.map((u) => u.from.name), ['ready to talk']);
  });

  const sound = async () => {
    await replace(original.replace('pagez', 'pages'));
    await until('no error', () => findings().every((d) => d.severity !== vscode.DiagnosticSeverity.Error));
    return { uri: uri.toString(), position: { line: at('price reader').line, character: 2 } };
  };

  await test('examples run from the file that has them', async () => {
    await sound();
    const terms = await workspace.openTextDocument(Uri.joinPath(folder, 'parts.lead'));
    const line = terms.getText().split('\n').findIndex((l) => l.startsWith('example '));
    const result = await commands.executeCommand('lead.runExamples', { uri: terms.uri.toString(), position: { line, character: 2 } });
    assert.ok(result && result.passed >= 1 && result.failed === 0, JSON.stringify(result));
  });

  await test('the plan of a definition, its SQL, and the definition unfolded, are shown beside', async () => {
    const place = await sound();
    for (const command of ['lead.showPlan', 'lead.showSql', 'lead.unfold']) {
      const result = await commands.executeCommand(command, place);
      assert.ok(result?.text.length > 20, `${command} ${JSON.stringify(result)}`);
      assert.ok(window.visibleTextEditors.some((e) => e.document.getText() === result.text), command);
      await commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    }
  });

  await test('a record is explained', async () => {
    const place = await sound();
    const key = readFileSync(Uri.joinPath(folder, 'data/contacts.csv').fsPath, 'utf8').split('\n')[1].split(',')[0];
    const result = await commands.executeCommand('lead.explain', { ...place, key });
    assert.ok(result?.text.includes('price reader'), JSON.stringify(result));
    await commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    await reset();
  });

  await test('the task reports what lead check finds', async () => {
    const [task] = await tasks.fetchTasks({ type: 'lead' });
    assert.equal(task.name, 'check');
    const ended = new Promise((resolve) => tasks.onDidEndTaskProcess((e) => e.execution.task.name === 'check' && resolve(e.exitCode)));
    await tasks.executeTask(task);
    assert.equal(await ended, 1);
    const reported = () => findings().filter((d) => d.message.includes('pagez'));
    // Once by the server, once by the task.
    await until('the finding of the task', () => reported().length >= 2);
  });

  await test('a crash is followed by a new start', async () => {
    await window.showTextDocument(document);
    const [pid] = servers();
    assert.ok(pid, 'no server found');
    process.kill(pid, 'SIGKILL');
    await until('the crash to be seen', () => state() !== 'running', 20_000);
    assert.equal(state(), 'waiting');
    await until('the next start', () => state() === 'running' && servers().some((p) => p !== pid));
    await until('findings', () => findings().some((d) => document.getText(d.range) === 'pagez'));
  });

  await test('restart starts another server and ends the first', async () => {
    const [before] = servers();
    await commands.executeCommand('lead.restartServer');
    await until('the other server', () => state() === 'running' && servers().length === 1 && servers()[0] !== before);
    await until('findings', () => findings().some((d) => document.getText(d.range) === 'pagez'));
  });

  await test('a program that is not there is said, and looked for again', async () => {
    const settings = workspace.getConfiguration('lead');
    const before = settings.inspect('server.path');
    await settings.update('server.path', '/nowhere/lead', vscode.ConfigurationTarget.Workspace);
    await until('the message', () => state() === 'missing');
    assert.equal(servers().length, 0);
    await settings.update('server.path', '/bin/true', vscode.ConfigurationTarget.Workspace);
    await until('the refusal of another program', () => state() === 'missing' || state() === 'starting');
    await settings.update('server.path', before.workspaceValue, vscode.ConfigurationTarget.Workspace);
    await until('the server', () => state() === 'running');
  });

  await test('a first file is complete and sound', async () => {
    await commands.executeCommand('lead.newFile');
    const first = window.activeTextEditor.document;
    assert.equal(first.languageId, 'lead');
    await until('an answer for it', async () => ((await commands.executeCommand('vscode.executeDocumentSymbolProvider', first.uri)) ?? []).length > 0);
    assert.deepEqual(findings(first.uri).filter((d) => d.severity === vscode.DiagnosticSeverity.Error).map((d) => d.message), []);
  });

  await editor.document.save();
  if (failed) throw new Error(`${failed} failed`);
};
