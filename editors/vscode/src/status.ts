// The item in the status bar: what the server does, and what can be done about it.

import { MarkdownString, StatusBarAlignment, StatusBarItem, ThemeColor, window } from 'vscode';

export type State =
  | { kind: 'starting' }
  | { kind: 'running'; version: string; path: string; from: string }
  | { kind: 'waiting'; seconds: number }
  | { kind: 'missing'; why: string }
  | { kind: 'crashed' }
  | { kind: 'stopped' };

interface Look {
  icon: string;
  text: string;
  colour?: 'errorBackground' | 'warningBackground';
}

function look(state: State): Look {
  switch (state.kind) {
    case 'starting':
      return { icon: 'loading~spin', text: 'The server starts.' };
    case 'running':
      return { icon: 'check', text: `The server runs: ${state.version}, from ${state.from}.\n\n\`${state.path}\`` };
    case 'waiting':
      return { icon: 'warning', text: `The server stopped. It starts again in ${state.seconds} s.`, colour: 'warningBackground' };
    case 'missing':
      return { icon: 'error', text: state.why, colour: 'errorBackground' };
    case 'crashed':
      return { icon: 'error', text: 'The server stopped too often, and is not started again.', colour: 'errorBackground' };
    case 'stopped':
      return { icon: 'circle-slash', text: 'The server does not run.' };
  }
}

const LINKS = [
  '[Restart](command:lead.restartServer)',
  '[Log](command:lead.showLog)',
  '[Check all](command:lead.check)',
  '[Choose the program](command:lead.chooseServer)',
];

export class Status {
  private readonly item: StatusBarItem;
  state: State = { kind: 'stopped' };

  constructor() {
    this.item = window.createStatusBarItem('lead.server', StatusBarAlignment.Left, 0);
    this.item.name = 'Lead';
    this.item.command = 'lead.menu';
    this.show(this.state);
    this.item.show();
  }

  show(state: State): void {
    this.state = state;
    const { icon, text, colour } = look(state);
    this.item.text = `$(${icon}) Lead`;
    const tooltip = new MarkdownString(`${text}\n\n---\n\n${LINKS.join(' · ')}`);
    tooltip.isTrusted = true;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = colour === undefined ? undefined : new ThemeColor(`statusBarItem.${colour}`);
    this.item.accessibilityInformation = { label: `Lead: ${text}` };
  }

  dispose(): void {
    this.item.dispose();
  }
}
