// Shows documents of the server, which exist nowhere else, and the places they name as links.

import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';

export const SCHEME = 'pairwright';

/** A virtual document of the protocol. */
export interface ServerDocument {
  readonly uri: string;
  readonly title: string;
  readonly language: string;
  readonly text: string;
}

export class Documents implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.registrations = vscode.Disposable.from(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument((document) => this.texts.delete(document.uri.toString())),
    );
  }

  /** Unknown after a restart of the editor: then a server of LSP 3.18 is asked by the language client. */
  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.texts.get(uri.toString());
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links: vscode.DocumentLink[] = [];
    for (const match of document.getText().matchAll(/([^\s`[\]()<>"':]+):(\d+)(?::(\d+))?/g)) {
      const [whole, path = '', line = '1', column = '1'] = match;
      const target = existing(path);
      if (target !== undefined) {
        const range = new vscode.Range(document.positionAt(match.index), document.positionAt(match.index + whole.length));
        links.push(new vscode.DocumentLink(range, target.with({ fragment: `L${line},${column}` })));
      }
    }
    return links;
  }

  async show(document: ServerDocument): Promise<void> {
    const uri = vscode.Uri.parse(document.uri, true);
    this.texts.set(uri.toString(), document.text);
    this.changed.fire(uri);
    const opened = await vscode.workspace.openTextDocument(uri);
    const typed = await vscode.languages.setTextDocumentLanguage(opened, document.language);
    // Its text may have been taken away while the language changed: that counts as closing.
    this.texts.set(uri.toString(), document.text);
    await vscode.window.showTextDocument(typed, { preview: true });
  }

  dispose(): void {
    this.registrations.dispose();
  }
}

function existing(path: string): vscode.Uri | undefined {
  const candidates = isAbsolute(path)
    ? [path]
    : (vscode.workspace.workspaceFolders ?? []).map((folder) => join(folder.uri.fsPath, path));
  const found = candidates.find((candidate) => existsSync(candidate));
  return found === undefined ? undefined : vscode.Uri.file(found);
}
