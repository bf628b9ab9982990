// Entry point: makes the parts and connects them. Everything that can live in the server does.

import * as vscode from 'vscode';

import { ChosenBase, registerBase } from './base';
import { registerCommands } from './commands';
import { Documents } from './documents';
import { registerRefactoring } from './refactor';
import { registerSearch } from './search';
import { Server } from './server';
import { serverSettings } from './settings';
import { StatusItem } from './status';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Pairwright', { log: true });
  const item = new StatusItem();
  const base = new ChosenBase(context.workspaceState);
  const running = new Server(output, item, serverSettings(context.extension.packageJSON), base);
  const documents = new Documents(running);
  server = running;
  context.subscriptions.push(
    output,
    item,
    documents,
    running,
    registerCommands(running, documents),
    registerRefactoring(running),
    registerSearch(running),
    registerBase(running, base),
    vscode.commands.registerCommand('pairwright.client.restart', () => running.restart()),
    vscode.commands.registerCommand('pairwright.client.output', () => output.show()),
    // What may run depends on both.
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('pairwright.server')) {
        void running.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void running.restart()),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
