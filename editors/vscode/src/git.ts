// The part of VS Code's own Git extension that is used: its repositories and where their next message is written.

import * as vscode from 'vscode';

export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
}

interface Api {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<'uninitialized' | 'initialized'>;
  readonly repositories: readonly Repository[];
  getRepository(uri: vscode.Uri): Repository | null;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): Api;
}

/**
 * The repository of a folder, else the active file's, else the only one, else one that the person chooses.
 *
 * `undefined` where the person chose none, `null` where the Git extension is off or has no repository.
 */
export async function chosenRepository(folder: vscode.Uri | undefined): Promise<Repository | null | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = extension && (await extension.activate());
  if (!git?.enabled) {
    return null;
  }
  const api = git.getAPI(1);
  if (api.state === 'uninitialized') {
    await new Promise<void>((resolve) => once(api.onDidChangeState, resolve));
  }
  const place = folder ?? vscode.window.activeTextEditor?.document.uri;
  const found = place?.scheme === 'file' ? api.getRepository(place) : null;
  if (found !== null || api.repositories.length < 2) {
    return found ?? api.repositories[0] ?? null;
  }
  const items = api.repositories.map((repository) => ({
    label: vscode.workspace.asRelativePath(repository.rootUri),
    repository,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Repository' }))?.repository;
}

function once(event: vscode.Event<unknown>, listener: () => void): void {
  const listening = event(() => {
    listening.dispose();
    listener();
  });
}

/** A folder of the workspace that lies in a repository, for the server: it knows only what is open. */
export function workspacePlace(root: vscode.Uri): vscode.Uri {
  if (vscode.workspace.getWorkspaceFolder(root) !== undefined) {
    return root;
  }
  const inside = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.path.startsWith(`${root.path}/`));
  return inside?.uri ?? root;
}
