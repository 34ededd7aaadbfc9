// The life of the server: found, started, started again after a crash, stopped.

import { commands, ExtensionContext, LogOutputChannel, window, workspace } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  LanguageClientOptions,
  RevealOutputChannelOn,
  StaticFeature,
} from 'vscode-languageclient/node';

import { Backoff } from './backoff';
import { findServer, serverVersion, thisMachine } from './find';
import { Status } from './status';
import { serverRuns } from './steps';

/** What of the settings the server is not told. */
const OWN = new Set(['server']);

function settings(): Record<string, unknown> {
  const all = workspace.getConfiguration().get<Record<string, unknown>>('lead') ?? {};
  return Object.fromEntries(Object.entries(all).filter(([key]) => !OWN.has(key)));
}

export class Server {
  private client: LanguageClient | undefined;
  private readonly backoff = new Backoff();
  private timer: NodeJS.Timeout | undefined;
  /** Counts starts, so that what belongs to an earlier one is known to be late. */
  private run = 0;
  private told = false;
  /** The commands that the running server knows. */
  private known = new Set<string>();

  constructor(
    private readonly context: ExtensionContext,
    private readonly status: Status,
    readonly log: LogOutputChannel,
    /** Commands that the editor registers itself, whether the server runs or not. */
    private readonly own: ReadonlySet<string>,
  ) {}

  /** Where the program is. */
  find(): ReturnType<typeof findServer> {
    const setting = workspace.getConfiguration('lead').get<string>('server.path', '');
    const folders = (workspace.workspaceFolders ?? []).map((f) => f.uri.fsPath);
    return findServer(setting, this.context.extensionPath, folders, thisMachine());
  }

  /** Starts or restarts because somebody asked for it. */
  async restart(): Promise<void> {
    this.backoff.forget();
    this.told = false;
    await this.start();
  }

  /** Whether the running server can do this. */
  knows(command: string): boolean {
    return this.known.has(command);
  }

  /** Asks the server to do something. */
  async execute<T>(command: string, argument: unknown): Promise<T> {
    if (this.client === undefined || !this.client.isRunning()) {
      throw new Error('The server does not run.');
    }
    return (await this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] })) as T;
  }

  get languageClient(): LanguageClient | undefined {
    return this.client;
  }

  async start(): Promise<void> {
    await this.stop();
    const run = ++this.run;
    const found = this.find();
    if (found.kind === 'missing') {
      this.missing(found.why);
      return;
    }
    this.status.show({ kind: 'starting' });
    const version = await serverVersion(found.path);
    if (run !== this.run) {
      return;
    }
    if (version === undefined) {
      this.missing(`"${found.path}" is not the program of the Lead language, or does not start.`);
      return;
    }
    this.log.info(`${version}, from ${found.from}: ${found.path}`);
    const client = this.makeClient(found.path, run);
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The server did not start: ${String(error)}`);
      this.crashed(run);
      return;
    }
    if (run !== this.run) {
      return;
    }
    this.status.show({ kind: 'running', version, path: found.path, from: found.from });
    await serverRuns(true);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    this.known.clear();
    this.run += 1;
    if (client !== undefined) {
      await client.dispose().catch((error: unknown) => this.log.warn(`The server did not stop in order: ${String(error)}`));
    }
    this.status.show({ kind: 'stopped' });
  }

  private makeClient(path: string, run: number): LanguageClient {
    const args = workspace.getConfiguration('lead').get<string[]>('server.arguments', ['lsp']);
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: 'file', language: 'lead' },
        { scheme: 'untitled', language: 'lead' },
        { scheme: 'file', pattern: '**/lead.toml' },
      ],
      initializationOptions: settings,
      synchronize: { configurationSection: 'lead' },
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.crashed(run);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
      markdown: { isTrusted: { enabledCommands: [...this.own] }, supportHtml: false },
    };
    const client = new LanguageClient('lead', 'Lead', { command: path, args }, options);
    client.registerFeature(this.ownCommands());
    return client;
  }

  /** Keeps the client from registering commands of the server that the editor has registered. */
  private ownCommands(): StaticFeature {
    return {
      // Lenses and completions may name these.
      fillClientCapabilities: (capabilities) => {
        const experimental = (capabilities.experimental ?? {}) as Record<string, unknown>;
        const names = ['lead.showReferences', 'lead.runExamples', 'editor.action.triggerSuggest'];
        capabilities.experimental = { ...experimental, commands: { commands: names } };
      },
      preInitialize: (capabilities) => {
        const offered = capabilities.executeCommandProvider;
        this.known = new Set(offered?.commands ?? []);
        if (offered !== undefined) {
          offered.commands = offered.commands.filter((command) => !this.own.has(command));
        }
      },
      initialize: () => {},
      getState: () => ({ kind: 'static' }),
      clear: () => {},
    };
  }

  private crashed(run: number): void {
    if (run !== this.run) {
      return;
    }
    this.run += 1;
    void serverRuns(false);
    const wait = this.backoff.crashed(Date.now());
    if (wait === undefined) {
      this.status.show({ kind: 'crashed' });
      this.log.error('The server stopped too often, and is not started again.');
      void this.tellCrashed();
      return;
    }
    const seconds = Math.round(wait / 1000);
    this.log.warn(`The server stopped. It starts again in ${seconds} s.`);
    this.status.show({ kind: 'waiting', seconds });
    this.timer = setTimeout(() => void this.start(), wait);
  }

  private async tellCrashed(): Promise<void> {
    const text = 'Lead: the server stopped too often, and is not started again. Its log says why.';
    const chosen = await window.showErrorMessage(text, 'Restart', 'Show Log');
    if (chosen === 'Restart') {
      await this.restart();
    } else if (chosen === 'Show Log') {
      this.log.show();
    }
  }

  private missing(why: string): void {
    this.status.show({ kind: 'missing', why });
    void serverRuns(false);
    this.log.error(why);
    if (!this.told) {
      this.told = true;
      void this.tellMissing(why);
    }
  }

  private async tellMissing(why: string): Promise<void> {
    const text = `Lead: ${why} Without it there are colours and snippets alone.`;
    const chosen = await window.showErrorMessage(text, 'How to Get It', 'Choose the Program…', 'Open Settings');
    if (chosen === 'How to Get It') {
      await commands.executeCommand('lead.getServer');
    } else if (chosen === 'Choose the Program…') {
      await commands.executeCommand('lead.chooseServer');
    } else if (chosen === 'Open Settings') {
      await commands.executeCommand('workbench.action.openSettings', 'lead.server');
    }
  }
}
