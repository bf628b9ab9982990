// What a review compares with: shown in the status bar, changed from a list.

import * as vscode from 'vscode';

const SETTING = 'review.base';

const CHOICES: readonly (vscode.QuickPickItem & { readonly value: string })[] = [
  { label: 'HEAD', value: 'HEAD', description: 'what is not committed yet' },
  { label: 'staged', value: 'staged', description: 'what is staged for the next commit' },
  { label: 'merge-base', value: 'merge-base', description: 'the whole branch, from where it left the main one' },
];

const OTHER = { label: 'Another revision…', value: '', description: 'a branch, a tag or a commit' };

function current(): string {
  return vscode.workspace.getConfiguration('pairwright').get<string>(SETTING) || 'HEAD';
}

/** The status bar item with the base of reviews, and the command behind it. */
export function registerBase(): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pairwright.base', vscode.StatusBarAlignment.Left, -1);
  item.name = 'Pairwright: review base';
  item.command = 'pairwright.client.base';
  const show = (): void => {
    item.text = `$(git-compare) ${current()}`;
    item.tooltip = `Pairwright reviews against ${current()}. Click to choose another base.`;
    item.show();
  };
  show();
  return vscode.Disposable.from(
    item,
    vscode.commands.registerCommand('pairwright.client.base', choose),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`pairwright.${SETTING}`)) {
        show();
      }
    }),
  );
}

async function choose(): Promise<void> {
  const picked = await vscode.window.showQuickPick([...CHOICES, OTHER], {
    title: 'Compare with',
    placeHolder: `Now: ${current()}`,
  });
  if (!picked) {
    return;
  }
  const value =
    picked.value ||
    (await vscode.window.showInputBox({
      title: 'Compare with which revision?',
      prompt: 'A branch, a tag or a commit, as git names it',
    }));
  if (!value) {
    return;
  }
  // In the workspace where there is one: what is compared with belongs to the work at hand.
  const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('pairwright').update(SETTING, value, target);
}
