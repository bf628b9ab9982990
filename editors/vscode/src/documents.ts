// Shows documents of the server, which exist nowhere else, and the places they name as links.

import * as vscode from 'vscode';

export const SCHEME = 'pairwright';

/** A virtual document of the protocol. */
export interface ServerDocument {
  readonly uri: string;
  readonly title: string;
  readonly language: string;
  readonly text: string;
}

/** Who can be asked for a document's text again. */
export interface DocumentSource {
  content(uri: string): Promise<string | undefined>;
  /** A document, by its URI, has another text now. */
  readonly onDidChangeDocument: vscode.Event<string>;
}

interface Rendered {
  readonly text: string;
  /** Offsets of a label in `text`, and where it leads. */
  readonly links: readonly { readonly start: number; readonly end: number; readonly target: vscode.Uri }[];
}

/** A Markdown text with only the labels of its links to files left: the targets are long and say nothing more. */
function render(source: string): Rendered {
  const links: { start: number; end: number; target: vscode.Uri }[] = [];
  let text = '';
  let position = 0;
  for (const match of source.matchAll(/\[([^\]\n]+)\]\((file:\/\/[^\s)]+)\)/g)) {
    const [whole, label = '', target = ''] = match;
    text += source.slice(position, match.index);
    links.push({ start: text.length, end: text.length + label.length, target: vscode.Uri.parse(target) });
    text += label;
    position = match.index + whole.length;
  }
  return { text: text + source.slice(position), links };
}

export class Documents implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  private readonly rendered = new Map<string, Rendered>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly source: DocumentSource) {
    this.registrations = vscode.Disposable.from(
      this.changed,
      source.onDidChangeDocument((uri) => this.forget(vscode.Uri.parse(uri))),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument((document) => this.rendered.delete(document.uri.toString())),
    );
  }

  /** Not at hand: a page that a link leads to, or one left open when the editor was closed. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const known = this.rendered.get(uri.toString());
    if (known !== undefined) {
      return known.text;
    }
    const text = await this.source.content(uri.toString());
    if (text === undefined) {
      return 'This document is no longer at hand: run its Pairwright command again.\n';
    }
    return this.remember(uri, text).text;
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links = this.rendered.get(document.uri.toString())?.links ?? [];
    return links.map(({ start, end, target }) => {
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return new vscode.DocumentLink(range, target);
    });
  }

  async show(document: ServerDocument): Promise<void> {
    const uri = vscode.Uri.parse(document.uri, true);
    const rendered = this.remember(uri, document.text);
    this.changed.fire(uri);
    const opened = await vscode.workspace.openTextDocument(uri);
    const typed = await vscode.languages.setTextDocumentLanguage(opened, document.language);
    // A change of language closes the document for a moment, which took its text away.
    this.rendered.set(uri.toString(), rendered);
    await vscode.window.showTextDocument(typed, { preview: true });
  }

  dispose(): void {
    this.registrations.dispose();
  }

  private remember(uri: vscode.Uri, text: string): Rendered {
    const rendered = uri.path.endsWith('.md') ? render(text) : { text, links: [] };
    this.rendered.set(uri.toString(), rendered);
    return rendered;
  }

  private forget(uri: vscode.Uri): void {
    this.rendered.delete(uri.toString());
    this.changed.fire(uri);
  }
}
