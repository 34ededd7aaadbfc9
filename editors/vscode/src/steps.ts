// What the walkthrough ticks by itself: that the server runs, that a file of definitions was opened.

import { commands, Disposable, TextDocument, workspace } from 'vscode';

/** VS Code reads a walkthrough when it is first shown, a moment after the command. */
const READ = 1_000;

const keys = new Map([
  ['lead.serverRunning', false],
  ['lead.fileOpen', false],
]);

const put = (key: string, value: boolean): Thenable<unknown> => commands.executeCommand('setContext', key, value);

async function set(key: string, value: boolean): Promise<void> {
  keys.set(key, value);
  await put(key, value);
}

export const serverRuns = (runs: boolean): Promise<void> => set('lead.serverRunning', runs);

/** Notes the files that are open, and those that will be. The language of an editor is not known outside of it. */
export function watchFiles(): Disposable {
  const seen = (document: TextDocument): void => {
    if (document.languageId === 'lead' && keys.get('lead.fileOpen') === false) {
      void set('lead.fileOpen', true);
    }
  };
  workspace.textDocuments.forEach(seen);
  return workspace.onDidOpenTextDocument(seen);
}

/** Opens the walkthrough. A step is ticked when its key becomes true, not if it is so when the walkthrough is read. */
export async function openWalkthrough(): Promise<void> {
  await Promise.all([...keys.keys()].map((key) => put(key, false)));
  await commands.executeCommand('workbench.action.openWalkthrough', { category: 'lead-lang.lead#first', step: 'lead-lang.lead#first#program' }, false);
  await new Promise((resolve) => setTimeout(resolve, READ));
  await Promise.all([...keys].map(([key, value]) => put(key, value)));
}
