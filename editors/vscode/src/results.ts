// What the server answers to a command, shown in a read-only editor beside the definitions.

import { EventEmitter, languages, Range, TextDocumentContentProvider, TextEditorRevealType, Uri, ViewColumn, window, workspace } from 'vscode';

/** The answer of a command. */
export interface Result {
  title: string;
  language?: 'plaintext' | 'markdown' | 'lead' | 'sql';
  text: string;
}

/** The answer of a run of examples. */
export interface ExamplesResult extends Result {
  passed: number;
  failed: number;
}

const SCHEME = 'lead-result';

export class Results implements TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;

  register(): { dispose(): void }[] {
    return [
      workspace.registerTextDocumentContentProvider(SCHEME, this),
      workspace.onDidCloseTextDocument((closed) => this.texts.delete(closed.uri.toString())),
      this.changed,
    ];
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows a result beside, and leaves the cursor where it is. */
  async show(result: Result): Promise<void> {
    const uri = Uri.from({ scheme: SCHEME, path: `/${result.title.replaceAll('/', '∕')}` });
    this.texts.set(uri.toString(), result.text);
    this.changed.fire(uri);
    const document = await workspace.openTextDocument(uri);
    const language = result.language ?? 'plaintext';
    if (document.languageId !== language) {
      await languages.setTextDocumentLanguage(document, language).then(undefined, () => undefined);
    }
    const editor = await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: true });
    editor.revealRange(new Range(0, 0, 0, 0), TextEditorRevealType.AtTop);
  }
}
