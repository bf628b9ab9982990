// The palette's commands: fill in the argument from the active editor, show the answer.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import { applySplit, draft, restore, split } from './commit';
import { nextConflict, resolveSafeConflicts } from './conflicts';
import type { Documents, ServerDocument } from './documents';
import { type Command, commands } from './registry';
import { counted, execute, reported } from './run';
import type { Server } from './server';

export type Argument = Record<string, unknown>;

/** A command that was given, and from where. */
export interface Call {
  readonly client: LanguageClient;
  readonly documents: Documents;
  /** What a code action or a lens brought along; the palette and menus bring none. */
  readonly argument: Argument | undefined;
  /** The repository whose menu was used. */
  readonly folder: vscode.Uri | undefined;
}

interface IndexedRoot {
  readonly root: string;
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly files: number;
  readonly symbols: number;
  readonly reason?: string | null;
}

/** What a command may return; see docs/protocol.md. */
interface Result {
  readonly document?: ServerDocument;
  readonly roots?: readonly IndexedRoot[];
  readonly findings?: number;
  readonly files?: number;
  readonly path?: string;
  readonly applied?: boolean;
}

/** Commands that ask for something else than a place, or have more to say than a document or a number. */
const ABILITIES: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  'pairwright.commit.draft': draft,
  'pairwright.commit.split': split,
  'pairwright.commit.split.apply': applySplit,
  'pairwright.commit.restore': restore,
  'pairwright.conflicts.next': nextConflict,
  'pairwright.conflicts.resolve_all_safe': resolveSafeConflicts,
};

export function registerCommands(server: Server, documents: Documents): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map((command) =>
      vscode.commands.registerCommand(command.id, (given?: unknown) =>
        reported(server, command.title, async () => {
          const client = await server.running();
          const folder = folderOf(given);
          const argument = folder === undefined && isArgument(given) ? given : undefined;
          const call = { client, documents, argument, folder };
          return (ABILITIES[command.id] ?? ((one) => run(command, one)))(call);
        }),
      ),
    ),
  );
}

/** A menu brings the Uri of its editor. */
function isArgument(given: unknown): given is Argument {
  return typeof given === 'object' && given !== null && !(given instanceof vscode.Uri);
}

/** The menu of Source Control brings a repository. */
function folderOf(given: unknown): vscode.Uri | undefined {
  const root = isArgument(given) ? given['rootUri'] : undefined;
  return root instanceof vscode.Uri ? root : undefined;
}

async function run(command: Command, { client, documents, argument }: Call): Promise<Result | undefined> {
  const filled = argument ?? (await fillArgument(command, client));
  if (filled === undefined) {
    return undefined;
  }
  const result = await execute<Result | null>(client, command.id, filled);
  if (result !== null) {
    await show(command, result, documents);
  }
  return result ?? undefined;
}

/** The file and the position of the cursor, where a file is open. */
export function activePlace(client: LanguageClient): Argument {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.uri.scheme === 'file'
    ? {
        uri: client.code2ProtocolConverter.asUri(editor.document.uri),
        position: client.code2ProtocolConverter.asPosition(editor.selection.active),
        line: editor.selection.active.line,
      }
    : {};
}

/** `undefined` when the person has to do something first (and was told) or chose nothing. */
async function fillArgument(command: Command, client: LanguageClient): Promise<Argument | undefined> {
  const place = activePlace(client);
  const argument: Argument = {};
  for (const field of command.fields) {
    const value = field === 'rule' ? await chooseRule(vscode.window.activeTextEditor) : place[field];
    if (value !== undefined) {
      argument[field] = value;
    } else if (command.needed.includes(field)) {
      if (field !== 'rule') {
        void vscode.window.showWarningMessage(`${command.title}: open a source file first.`);
      }
      return undefined;
    }
  }
  return argument;
}

async function chooseRule(editor: vscode.TextEditor | undefined): Promise<string | undefined> {
  const ours = editor
    ? vscode.languages.getDiagnostics(editor.document.uri).filter((diagnostic) => diagnostic.source === 'pairwright')
    : [];
  const line = editor?.selection.active.line ?? 0;
  const here = ours.filter(({ range }) => range.start.line <= line && line <= range.end.line);
  const rules = [...new Set(here.map(ruleOf))];
  if (rules.length > 1) {
    return vscode.window.showQuickPick(rules, { placeHolder: 'Rule' });
  }
  if (rules.length === 0) {
    void vscode.window.showWarningMessage('Pairwright: put the cursor on a finding first.');
  }
  return rules[0];
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

async function show(command: Command, result: Result, documents: Documents): Promise<void> {
  if (result.document !== undefined) {
    await documents.show(result.document);
  } else if (result.roots !== undefined) {
    const lines = result.roots.map(describeRoot);
    void vscode.window.showInformationMessage(`Pairwright: ${lines.join('; ') || 'no folder is open'}`);
  } else if (result.path !== undefined) {
    void vscode.window.showInformationMessage(
      `Pairwright: ${counted(result.findings ?? 0, 'finding')} accepted into ${result.path}`,
    );
  } else if (result.findings !== undefined) {
    const text = `Pairwright: ${counted(result.findings, 'finding')} in ${counted(result.files ?? 0, 'file')}`;
    const buttons = result.findings > 0 ? ['Show Problems'] : [];
    void vscode.window.showInformationMessage(text, ...buttons).then((choice) => {
      if (choice !== undefined) {
        void vscode.commands.executeCommand('workbench.actions.view.problems');
      }
    });
  } else if (result.applied === false) {
    throw new Error(`${command.title}: the edit was not applied.`);
  }
}

function describeRoot(root: IndexedRoot): string {
  const state = root.state === 'building' ? `building ${root.done}/${root.total}` : root.state;
  const reason = root.reason ? ` (${root.reason})` : '';
  return `${path.basename(root.root)}: ${state}${reason}, ${counted(root.files, 'file')}, ${counted(root.symbols, 'symbol')}`;
}
