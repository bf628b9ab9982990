// Owns the one running language client: start, stop, restart, one at a time.

import * as vscode from 'vscode';
import {
  type ClientCapabilities,
  DidChangeConfigurationNotification,
  type DynamicFeature,
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  State,
  type StaticFeature,
  TextDocumentContentRefreshRequest,
  TextDocumentContentRequest,
} from 'vscode-languageclient/node';

import type { ChosenBase } from './base';
import type { DocumentSource } from './documents';
import { findServer, ServerNotFound, versionOf } from './findServer';
import { editorLayer } from './settings';
import { type ServerStatus, StatusItem } from './status';

/** The oldest server whose commands this extension speaks. */
const OLDEST_VERSION = [0, 1, 0] as const;

// prettier-ignore
const LANGUAGES = [
  'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'go', 'rust', 'java', 'c', 'cpp',
  'csharp', 'ruby', 'php', 'kotlin', 'scala', 'swift', 'lua', 'elixir', 'haskell', 'shellscript', 'dart', 'zig', 'sql',
  'html', 'css', 'json', 'jsonc', 'yaml', 'toml', 'markdown', 'git-commit',
];

/**
 * The language client without two features that this extension has itself.
 *
 * Its commands would be registered a second time and only while the server runs; those of the palette
 * live as long as the extension and fill in their argument. Its documents would show the targets of
 * their links.
 */
class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const method = 'registrationType' in feature ? feature.registrationType.method : undefined;
    if (method === ExecuteCommandRequest.method) {
      super.registerFeature(ownCapabilities);
    } else if (method !== TextDocumentContentRequest.method) {
      super.registerFeature(feature);
    }
  }
}

const ownCapabilities: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.workspace = {
      ...capabilities.workspace,
      executeCommand: { dynamicRegistration: false },
      textDocumentContent: { dynamicRegistration: false },
    };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

export class Server implements DocumentSource, vscode.Disposable {
  private client: Client | undefined;
  private latest: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;
  private readonly documentChanged = new vscode.EventEmitter<string>();
  private readonly baseChanged = new vscode.EventEmitter<string>();
  readonly onDidChangeDocument = this.documentChanged.event;
  /** What reviews compare with is another revision now. */
  readonly onDidChangeBase = this.baseChanged.event;

  constructor(
    readonly output: vscode.LogOutputChannel,
    private readonly item: StatusItem,
    private readonly settings: readonly string[],
    private readonly base: ChosenBase,
  ) {
    base.onDidChange(() => void (this.client && this.sendSettings(this.client)));
  }

  /** The running client. Starts one when there is none; throws a sentence for the person when it cannot. */
  async running(): Promise<LanguageClient> {
    await this.latest;
    if (this.client?.state !== State.Running) {
      await this.restart();
    }
    if (this.client?.state !== State.Running) {
      throw new Error('The Pairwright server is not running: see the output “Pairwright”.');
    }
    return this.client;
  }

  /** The text of a document of the server, if it still has it. */
  async content(uri: string): Promise<string | undefined> {
    const client = await this.running();
    return (await client.sendRequest(TextDocumentContentRequest.type, { uri })).text;
  }

  /** Stop what runs and start anew. Calls while one is waiting to begin share it. */
  restart(): Promise<void> {
    this.queued ??= this.latest.then(() => {
      this.queued = undefined;
      this.latest = this.replace();
      return this.latest;
    });
    return this.queued;
  }

  async stop(): Promise<void> {
    await this.latest;
    await this.end();
    this.item.stopped('The server was stopped.');
  }

  dispose(): void {
    this.documentChanged.dispose();
    this.baseChanged.dispose();
    void this.end();
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await vscode.commands.executeCommand('setContext', 'pairwright.running', false);
    if (client !== undefined && client.state !== State.Stopped) {
      // A server that hangs is ended after the time limit; that it had to be is the log's business.
      await client.dispose(3000).catch((error: unknown) => this.output.warn(String(error)));
    }
  }

  private async replace(): Promise<void> {
    await this.end();
    this.item.starting();
    try {
      const found = await findServer(vscode.workspace.workspaceFolders?.[0]);
      this.output.info(`Starting ${found.path} serve (found in: ${found.origin})`);
      const client = this.create(found.path);
      this.client = client;
      await client.start();
      const version = client.initializeResult?.serverInfo?.version ?? (await versionOf(found.path));
      if (isOlder(version)) {
        this.report(
          `The Pairwright server is version ${version}; this extension needs ${OLDEST_VERSION.join('.')} or newer.`,
        );
      }
      await vscode.commands.executeCommand('setContext', 'pairwright.running', true);
    } catch (error) {
      const reason =
        error instanceof ServerNotFound ? error.message : `The Pairwright server did not start: ${String(error)}`;
      this.item.stopped(reason);
      this.report(reason);
    }
  }

  private create(path: string): Client {
    const options: LanguageClientOptions = {
      documentSelector: LANGUAGES.map((language) => ({ scheme: 'file', language })),
      outputChannel: this.output,
      initializationOptions: {
        settings: this.layer(undefined),
        virtual_documents: true,
        status_notification: true,
        rename_at: true,
      },
      synchronize: { configurationSection: 'pairwright' },
      connectionOptions: { maxRestartCount: 1 },
      middleware: {
        workspace: {
          configuration: (params, token, next) => {
            const answers = params.items.map((item) =>
              item.section === 'pairwright'
                ? this.layer(item.scopeUri ? vscode.Uri.parse(item.scopeUri) : undefined)
                : undefined,
            );
            return answers.includes(undefined) ? next(params, token) : answers;
          },
          didChangeConfiguration: () => this.sendSettings(client),
        },
      },
    };
    const client = new Client('pairwright', 'Pairwright', { command: path, args: ['serve'] }, options);
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) {
        return;
      }
      if (newState === State.Running) {
        this.item.running();
      } else if (newState === State.Starting) {
        this.item.starting();
      } else {
        this.item.stopped('The server stopped.');
      }
    });
    client.onRequest(TextDocumentContentRefreshRequest.type, ({ uri }) => this.documentChanged.fire(uri));
    client.onNotification('pairwright/status', (status: ServerStatus) => {
      this.item.show(status);
      this.baseChanged.fire(status.base);
    });
    return client;
  }

  /** What the person set, and over it what was chosen for this workspace. */
  private layer(scope: vscode.Uri | undefined): Record<string, unknown> {
    return { ...editorLayer(this.settings, scope), ...this.base.layer() };
  }

  private sendSettings(client: Client): Promise<void> {
    return client.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { pairwright: this.layer(undefined) },
    });
  }

  private report(message: string): void {
    this.output.error(message);
    void vscode.window.showErrorMessage(message, 'Open Settings', 'Show Output').then((choice) => {
      if (choice === 'Open Settings') {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'pairwright.server.path');
      } else if (choice === 'Show Output') {
        this.output.show();
      }
    });
  }
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, wanted] of OLDEST_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) {
      return part < wanted;
    }
  }
  return false;
}
