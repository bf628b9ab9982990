// Commits: the draft of a message where it is being written, and word of what a split has made.

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import type { Argument, Call } from './commands';
import { chosenRepository, type Repository, workspacePlace } from './git';
import { counted, execute } from './run';

interface Draft {
  /** The first line, and others it could be. */
  readonly header: string;
  readonly alternatives: readonly string[];
  readonly message: string;
  /** `all` where nothing is staged. */
  readonly compared: 'staged' | 'all';
  readonly problems: readonly string[];
}

interface Drafted {
  readonly applied: boolean;
  readonly draft: Draft;
}

interface Made {
  readonly commits: readonly { readonly commit: string; readonly subject: string }[];
  readonly notes: readonly string[];
}

const DRAFT = 'pairwright.commit.draft';
const PLAN = 'split-plan.md';

/** Into the message that git waits for, else into the box of Source Control, else into a document. */
export async function draft(call: Call): Promise<unknown> {
  if (call.argument !== undefined) {
    return execute(call.client, DRAFT, call.argument);
  }
  const editor = vscode.window.activeTextEditor;
  if (call.folder === undefined && editor !== undefined && isMessage(editor.document)) {
    return fillDocument(call.client, editor.document);
  }
  const repository = await chosenRepository(call.folder);
  if (repository === undefined) {
    return undefined;
  }
  const uri = repository ? call.client.code2ProtocolConverter.asUri(workspacePlace(repository.rootUri)) : '';
  const answer = await execute<Drafted>(call.client, DRAFT, { uri });
  if (repository === null || !(await fillBox(repository, answer.draft))) {
    await showDraft(call, answer.draft);
  }
  return answer;
}

function isMessage({ uri, languageId }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && languageId === 'git-commit';
}

async function fillDocument(client: LanguageClient, document: vscode.TextDocument): Promise<Drafted> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const answer = await execute<Drafted>(client, DRAFT, { uri });
  const { header, alternatives } = answer.draft;
  const written = document.getText().trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
  // Nothing was filled in where a draft stands there already.
  if (!answer.applied && ![header, ...alternatives].includes(written)) {
    void vscode.window.showInformationMessage('Pairwright: the message stays as you wrote it.');
    return answer;
  }
  const choice = await chosenWording(answer.draft);
  return choice === undefined ? answer : execute<Drafted>(client, DRAFT, { uri, choice });
}

/** Whether the box has the draft now; it has not where the person wants to keep what stands there. */
async function fillBox(repository: Repository, { header, alternatives, message, compared }: Draft): Promise<boolean> {
  const { inputBox } = repository;
  const written = inputBox.value.trim();
  const headers = [header, ...alternatives];
  const isOurs = headers.some((one) => written === withHeader(message, header, one).trim());
  if (written !== '' && !isOurs) {
    const replace = 'Replace';
    const show = 'Show the Draft Only';
    const options = { modal: true, detail: written.length > 300 ? `${written.slice(0, 300)}…` : written };
    const question = 'Replace the message in Source Control with the draft?';
    const choice = await vscode.window.showWarningMessage(question, options, replace, show);
    if (choice !== replace) {
      return choice !== show;
    }
  }
  inputBox.value = message.trimEnd();
  await vscode.commands.executeCommand('workbench.view.scm');
  if (compared === 'all') {
    vscode.window.setStatusBarMessage('Pairwright: nothing is staged, the draft is about all that changed but new files', 8000);
  }
  const choice = await chosenWording({ header, alternatives });
  if (choice !== undefined) {
    inputBox.value = withHeader(message, header, headers[choice] ?? header).trimEnd();
  }
  return true;
}

function withHeader(message: string, header: string, other: string): string {
  return other + message.slice(header.length);
}

/** Which wording of the first line, 0 for the draft's own; `undefined` where the person leaves it at what is there. */
async function chosenWording({ header, alternatives }: Pick<Draft, 'header' | 'alternatives'>): Promise<number | undefined> {
  if (alternatives.length === 0) {
    return undefined;
  }
  const items = [header, ...alternatives].map((label, choice) => ({ label, choice }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Wording', placeHolder: 'Escape keeps what is there' });
  return picked?.choice;
}

async function showDraft({ documents }: Call, { message, compared, alternatives, problems }: Draft): Promise<void> {
  const comments = [
    ...(compared === 'all' ? ['Nothing is staged: this is about all that changed but new files.'] : []),
    ...alternatives.map((other) => `or: ${other}`),
    ...problems,
  ];
  await documents.show({
    uri: 'pairwright:/commit/draft',
    title: 'Draft of the commit message',
    language: 'plaintext',
    text: [message.trimEnd(), '', ...comments.map((line) => `# ${line}`), ''].join('\n'),
  });
}

/** Take a change apart: that of the repository whose menu was used, else of the active file's folder. */
export async function split(call: Call): Promise<unknown> {
  const place = call.folder ?? vscode.window.activeTextEditor?.document.uri;
  const uri = place?.scheme === 'file' ? call.client.code2ProtocolConverter.asUri(workspacePlace(place)) : '';
  return execute(call.client, 'pairwright.commit.split', call.argument ?? { uri });
}

/** Make the commits of the plan that is open, else of the one that was made last. */
export async function applySplit(call: Call): Promise<unknown> {
  if (!vscode.workspace.isTrusted) {
    throw new Error('Trust this workspace first: a commit runs its hooks.');
  }
  const active = vscode.window.activeTextEditor?.document;
  const open = vscode.workspace.textDocuments.filter(({ uri }) => isPlan(uri));
  const plan = active !== undefined && isPlan(active.uri) ? active : open[0];
  const argument: Argument = plan ? { uri: call.client.code2ProtocolConverter.asUri(plan.uri) } : {};
  const made = await execute<Made>(call.client, 'pairwright.commit.split.apply', call.argument ?? argument);
  if (plan !== undefined) {
    await closePlan(plan);
  }
  const subjects = made.commits.map(({ subject }) => subject).join('; ');
  const text = [`Pairwright: ${counted(made.commits.length, 'commit')} made: ${subjects}`, ...made.notes].join('. ');
  void (made.notes.length > 0 ? vscode.window.showWarningMessage(text) : vscode.window.showInformationMessage(text));
  return made;
}

function isPlan(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(`/pairwright/${PLAN}`);
}

/** The plan is carried out and its file gone: nobody is to be asked whether to save it. */
async function closePlan(plan: vscode.TextDocument): Promise<void> {
  await vscode.window.showTextDocument(plan);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

/** Say what was put back. */
export async function restore({ client, argument }: Call): Promise<unknown> {
  const { notes } = await execute<Pick<Made, 'notes'>>(client, 'pairwright.commit.restore', argument ?? {});
  void vscode.window.showInformationMessage(`Pairwright: ${notes.join(' ') || 'no split was interrupted.'}`);
  return notes;
}
