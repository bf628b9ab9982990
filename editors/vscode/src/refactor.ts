// Refactorings: the choice among what is offered, what one needs to know, and the rename of a name it chose.

import * as vscode from 'vscode';
import type { LanguageClient, Position } from 'vscode-languageclient/node';

import { execute, reported } from './run';
import type { Server } from './server';

interface Option {
  readonly name: string;
  readonly kind: 'string' | 'integer' | 'boolean' | 'array';
  readonly description: string;
  readonly required: boolean;
}

interface Offer {
  readonly id: string;
  readonly title: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Why it cannot be had, empty when it can. */
  readonly refused: string;
  readonly options: readonly Option[];
}

interface Applied {
  readonly applied: boolean;
  readonly named?: { readonly uri: string; readonly position: Position };
}

export function registerRefactoring(server: Server): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('pairwright.client.refactor', () =>
      reported(server, 'Refactor', async () => refactor(await server.running())),
    ),
    vscode.commands.registerCommand('pairwright.client.rename_at', (uri: string, position: Position) =>
      reported(server, 'Rename', async () => renameAt(await server.running(), uri, position)),
    ),
  );
}

async function refactor(client: LanguageClient): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== 'file') {
    void vscode.window.showWarningMessage('Refactor: open a source file first.');
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  const range = client.code2ProtocolConverter.asRange(editor.selection);
  const { refactorings } = await execute<{ refactorings: Offer[] }>(client, 'pairwright.refactor.list', { uri, range });
  const offer = await choose(refactorings);
  const given = offer && (await withRequired(offer));
  if (given === undefined) {
    return;
  }
  const answer = await execute<Applied>(client, 'pairwright.refactor.apply', {
    uri,
    id: given.id,
    range,
    arguments: given.arguments,
  });
  if (!answer.applied) {
    throw new Error(`${given.title}: the edit was not applied.`);
  }
  if (answer.named !== undefined) {
    await renameAt(client, answer.named.uri, answer.named.position);
  }
}

/** Those that are refused stand last and say why; to choose one does nothing. */
async function choose(offers: readonly Offer[]): Promise<Offer | undefined> {
  if (offers.length === 0) {
    void vscode.window.showInformationMessage('Pairwright: nothing can be refactored here.');
    return undefined;
  }
  const items = offers.map((offer) => ({
    label: offer.refused ? `$(circle-slash) ${offer.title}` : offer.title,
    detail: offer.refused,
    offer,
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Refactoring' });
  return chosen?.offer.refused === '' ? chosen.offer : undefined;
}

/** The offer with what it needs filled in; `undefined` where the person gave up. */
async function withRequired(offer: Offer): Promise<Offer | undefined> {
  const given: Record<string, unknown> = { ...offer.arguments };
  for (const option of offer.options.filter(({ name, required }) => required && !(name in given))) {
    const text =
      option.kind === 'boolean'
        ? await vscode.window.showQuickPick(['yes', 'no'], { placeHolder: option.description })
        : await vscode.window.showInputBox({
            prompt: option.description,
            validateInput: (typed) => (valueOf(typed, option) === undefined ? `Not of the type ${option.kind}` : ''),
          });
    if (text === undefined) {
      return undefined;
    }
    given[option.name] = valueOf(text, option);
  }
  return { ...offer, arguments: given };
}

function valueOf(text: string, { kind }: Option): unknown {
  switch (kind) {
    case 'integer':
      return /^-?\d+$/.test(text.trim()) ? Number(text) : undefined;
    case 'boolean':
      return text === 'yes';
    case 'array':
      return text.split(',').map((item) => item.trim());
    default:
      return text || undefined;
  }
}

async function renameAt(client: LanguageClient, uri: string, position: Position): Promise<void> {
  const target = client.protocol2CodeConverter.asUri(uri);
  const place = client.protocol2CodeConverter.asPosition(position);
  const editor = await vscode.window.showTextDocument(target, { preview: false });
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place));
  const name = editor.document.getText(editor.document.getWordRangeAtPosition(place));
  if (await isRenamable(target, place, name)) {
    await vscode.commands.executeCommand('editor.action.rename', [target, place]);
    return;
  }
  // No other extension renames here.
  const chosen = await vscode.window.showInputBox({ prompt: 'The new name', value: name });
  if (chosen && chosen !== name) {
    await execute<Applied>(client, 'pairwright.refactor.apply', {
      uri,
      id: 'rename.symbol',
      range: { start: position, end: position },
      arguments: { name: chosen },
    });
  }
}

/** Whether some extension would rename: there is no other way to know than to ask for the edit. */
async function isRenamable(target: vscode.Uri, place: vscode.Position, name: string): Promise<boolean> {
  try {
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
      'vscode.executeDocumentRenameProvider',
      target,
      place,
      `${name}_`,
    );
    return (edit?.size ?? 0) > 0;
  } catch {
    // Refused, which the person did not ask for: not worth a message.
    return false;
  }
}
