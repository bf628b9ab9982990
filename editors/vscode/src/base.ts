// What a review compares with: shown in the status bar, changed from a list.
//
// The choice belongs to the work at hand and not to the repository: it is kept beside the workspace, in
// the editor, where a settings file would be one more change to commit.

import * as vscode from 'vscode';

import type { Server } from './server';

const SETTING = 'pairwright.review.base';

const CHOICES: readonly (vscode.QuickPickItem & { readonly value: string })[] = [
  { label: 'HEAD', value: 'HEAD', description: 'what is not committed yet' },
  { label: 'staged', value: 'staged', description: 'what is staged for the next commit' },
  { label: 'merge-base', value: 'merge-base', description: 'the whole branch, from where it left the main one' },
];

const OTHER = { label: 'Another revision…', value: undefined, description: 'a branch, a tag or a commit' };
const SETTINGS = { label: 'As in the settings', value: '', description: 'forget what was chosen here' };

/** The base that was chosen for this workspace, if any. */
export class ChosenBase {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly memory: vscode.Memento) {}

  get value(): string | undefined {
    return this.memory.get<string>(SETTING);
  }

  async choose(value: string): Promise<void> {
    await this.memory.update(SETTING, value || undefined);
    this.changed.fire();
  }

  /** The layer of the editor's settings that the choice makes. */
  layer(): Readonly<Record<string, unknown>> {
    return this.value === undefined ? {} : { 'review.base': this.value };
  }
}

/** The status bar item with the base of reviews, and the command behind it. */
export function registerBase(server: Server, chosen: ChosenBase): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pairwright.base', vscode.StatusBarAlignment.Left, -1);
  item.name = 'Pairwright: review base';
  item.command = 'pairwright.client.base';
  let current = chosen.value ?? 'HEAD';
  const show = (base: string): void => {
    current = base;
    item.text = `$(git-compare) ${base}`;
    const known = CHOICES.find(({ value }) => value === base)?.description;
    item.tooltip = `Pairwright reviews ${known ?? `what differs from ${base}`}. Click to choose another base.`;
    item.show();
  };
  return vscode.Disposable.from(
    item,
    vscode.commands.registerCommand('pairwright.client.base', () => choose(chosen, current)),
    // The server knows the settings of all places and says which base holds.
    server.onDidChangeBase(show),
  );
}

async function choose(chosen: ChosenBase, current: string): Promise<void> {
  const choices = [...CHOICES, OTHER, ...(chosen.value === undefined ? [] : [SETTINGS])];
  const picked = await vscode.window.showQuickPick(choices, { title: 'Compare with', placeHolder: `Now: ${current}` });
  if (picked === undefined) {
    return;
  }
  const value =
    picked.value ??
    (await vscode.window.showInputBox({
      title: 'Compare with which revision?',
      prompt: 'A branch, a tag or a commit, as git names it',
    }));
  if (value !== undefined && (value !== '' || picked === SETTINGS)) {
    await chosen.choose(value);
  }
}
