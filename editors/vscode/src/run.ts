// How commands are run on the server, and how what comes of it is told. Knows no command.

import * as vscode from 'vscode';
import { ExecuteCommandRequest, type LanguageClient, LSPErrorCodes, ResponseError } from 'vscode-languageclient/node';

import type { Server } from './server';

/** Run one of the server's commands with its argument. */
export async function execute<T>(
  client: LanguageClient,
  command: string,
  argument: object,
  token?: vscode.CancellationToken,
): Promise<T> {
  const params = { command, arguments: [argument] };
  return (await client.sendRequest(ExecuteCommandRequest.type, params, token)) as T;
}

/** Do `work` and tell what goes wrong; `title` is what the person has asked for. */
export async function reported<T>(server: Server, title: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isCancelled(error)) {
      vscode.window.setStatusBarMessage(`Pairwright: ${title}: cancelled`, 5000);
    } else if (error instanceof ResponseError && error.code === LSPErrorCodes.ContentModified) {
      void vscode.window.showErrorMessage(`Pairwright: ${title}: the text has changed since, try again.`);
    } else {
      tell(server, messageOf(error));
    }
    return undefined;
  }
}

/** What a hook printed has lines, which a message box has not: it goes to the output. */
function tell(server: Server, message: string): void {
  const [first = '', second, ...more] = message.trim().split('\n');
  if (second === undefined) {
    void vscode.window.showErrorMessage(`Pairwright: ${first}`);
    return;
  }
  server.output.error(message);
  const text = `Pairwright: ${first} ${second}${more.length > 0 ? ' …' : ''}`;
  void vscode.window.showErrorMessage(text, 'Show Output').then((choice) => {
    if (choice !== undefined) {
      server.output.show();
    }
  });
}

export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
