// The palette's commands: fill in the argument from the active editor, show the answer.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { ExecuteCommandRequest, type LanguageClient, LSPErrorCodes, ResponseError } from 'vscode-languageclient/node';

import type { Documents, ServerDocument } from './documents';
import { type Command, commands } from './registry';
import type { Server } from './server';

type Argument = Record<string, unknown>;

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

export function registerCommands(server: Server, documents: Documents): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map((command) =>
      vscode.commands.registerCommand(command.id, async (given?: unknown) => {
        try {
          const client = await server.running();
          // Code actions and lenses bring their argument; the palette brings none, a menu a Uri.
          const argument = isArgument(given) ? given : await fillArgument(command, client);
          if (argument === undefined) {
            return undefined;
          }
          return await execute(command, argument, client, documents);
        } catch (error) {
          void vscode.window.showErrorMessage(`Pairwright: ${error instanceof Error ? error.message : String(error)}`);
          return undefined;
        }
      }),
    ),
  );
}

function isArgument(given: unknown): given is Argument {
  return typeof given === 'object' && given !== null && !(given instanceof vscode.Uri);
}

/** `undefined` when the person has to do something first (and was told) or chose nothing. */
async function fillArgument(command: Command, client: LanguageClient): Promise<Argument | undefined> {
  const argument: Argument = {};
  const editor = vscode.window.activeTextEditor;
  for (const field of command.fields) {
    if (field === 'rule') {
      const rule = await chooseRule(editor);
      if (rule === undefined) {
        return undefined;
      }
      argument['rule'] = rule;
    } else if (editor?.document.uri.scheme !== 'file') {
      void vscode.window.showWarningMessage(`${command.title}: open a source file first.`);
      return undefined;
    } else if (field === 'uri') {
      argument['uri'] = client.code2ProtocolConverter.asUri(editor.document.uri);
    } else if (field === 'position') {
      argument['position'] = client.code2ProtocolConverter.asPosition(editor.selection.active);
    } else {
      argument['line'] = editor.selection.active.line;
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

async function execute(
  command: Command,
  argument: Argument,
  client: LanguageClient,
  documents: Documents,
): Promise<Result | undefined> {
  let result: Result | null;
  try {
    result = (await client.sendRequest(ExecuteCommandRequest.type, {
      command: command.id,
      arguments: [argument],
    })) as Result | null;
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) {
      vscode.window.setStatusBarMessage(`Pairwright: ${command.title}: cancelled`, 5000);
      return undefined;
    }
    if (error instanceof ResponseError && error.code === LSPErrorCodes.ContentModified) {
      throw new Error(`${command.title}: the text has changed since, try again.`);
    }
    throw error;
  }
  if (result !== null) {
    await show(command, result, documents);
  }
  return result ?? undefined;
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

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
