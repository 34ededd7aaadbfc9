// Starts the server and offers its commands. What a definition means is decided by the server alone.

import { ExtensionContext, tasks, window, workspace } from 'vscode';

import { ASKED, registerCommands, SHOWN } from './commands';
import { Results } from './results';
import { Server } from './server';
import { Status } from './status';
import { watchFiles } from './steps';
import { Tasks } from './tasks';

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<{ state(): string }> {
  const log = window.createOutputChannel('Lead', { log: true });
  const status = new Status();
  const started = new Server(context, status, log, new Set([...Object.keys(ASKED), ...SHOWN]));
  const results = new Results();
  server = started;
  context.subscriptions.push(
    log,
    status,
    watchFiles(),
    ...results.register(),
    ...registerCommands(started, results),
    tasks.registerTaskProvider('lead', new Tasks(started)),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('lead.server')) {
        void started.restart();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => void started.restart()),
  );
  await started.start();
  return { state: () => status.state.kind };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
