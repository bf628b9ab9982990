// Search: a list that follows what is typed, with a look at each hit; and code like what is at hand.

import * as vscode from 'vscode';
import { type LanguageClient, type Location, type Position, ProgressType } from 'vscode-languageclient/node';

import { execute, isCancelled, messageOf, reported } from './run';
import type { Server } from './server';

interface Hit {
  readonly location: Location;
  readonly path: string;
  readonly symbol: string;
  readonly kind: string;
  readonly snippet: string;
}

/** What a search answers, and what it sends ahead of its answer; see docs/protocol.md. */
interface Found {
  readonly hits: readonly Hit[];
  readonly notes: readonly string[];
}

interface Item extends vscode.QuickPickItem {
  /** None for a sentence that stands in the list. */
  readonly hit?: Hit;
}

const LIMIT = 30;
/** Milliseconds without a key before the server is asked, and without a move before a hit is shown. */
const TYPING_MS = 120;
const MOVING_MS = 80;

// prettier-ignore
const ICONS: Readonly<Record<string, string>> = {
  class: 'symbol-class', struct: 'symbol-struct', interface: 'symbol-interface', enum: 'symbol-enum',
  method: 'symbol-method', constructor: 'symbol-method', function: 'symbol-function', constant: 'symbol-constant',
  field: 'symbol-field', property: 'symbol-property', variable: 'symbol-variable', module: 'symbol-module',
  section: 'symbol-string', test: 'beaker',
};

let searches = 0;

export function registerSearch(server: Server): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('pairwright.client.search', (asked?: unknown) =>
      reported(server, 'Search', async () =>
        search(server, await server.running(), typeof asked === 'string' ? asked : selectedName()),
      ),
    ),
    vscode.commands.registerCommand('pairwright.client.related', () =>
      reported(server, 'Find Related Code', async () => {
        const client = await server.running();
        const editor = vscode.window.activeTextEditor;
        if (editor?.document.uri.scheme !== 'file') {
          void vscode.window.showWarningMessage('Find Related Code: open a source file first.');
          return;
        }
        const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
        await related(server, client, uri, client.code2ProtocolConverter.asPosition(editor.selection.active));
      }),
    ),
    // The code action brings its place along.
    vscode.commands.registerCommand('pairwright.search.related', (given: { uri: string; position: Position }) =>
      reported(server, 'Find Related Code', async () =>
        related(server, await server.running(), given.uri, given.position),
      ),
    ),
  );
}

/** What is selected in one line, to begin with. */
function selectedName(): string {
  const editor = vscode.window.activeTextEditor;
  return editor?.selection.isSingleLine ? editor.document.getText(editor.selection).trim() : '';
}

async function search(server: Server, client: LanguageClient, asked: string): Promise<void> {
  const list = new HitList(server, client, 'Search');
  list.pick.placeholder = 'What the code does, a name, /regex/, pattern: …, like:path:line; lang: path: kind: is:test changed:';
  let waiting: NodeJS.Timeout | undefined;
  let running: vscode.CancellationTokenSource | undefined;

  const ask = async (value: string): Promise<void> => {
    running?.cancel();
    const source = (running = new vscode.CancellationTokenSource());
    if (value.trim() === '') {
      list.pick.busy = false;
      list.show([]);
      return;
    }
    list.pick.busy = true;
    try {
      const argument = { query: value, limit: LIMIT };
      const found = await query(client, argument, source.token, (ahead) => {
        if (running === source && ahead.hits.length > 0) {
          list.show(ahead.hits);
        }
      });
      if (running === source) {
        list.show(found.hits, found.hits.length > 0 ? found.notes : ['Nothing was found.', ...found.notes]);
      }
    } catch (error) {
      if (running === source && !isCancelled(error)) {
        // A filter or an expression that is half typed is no reason for a message box.
        list.show([], [messageOf(error)]);
      }
    } finally {
      if (running === source) {
        list.pick.busy = false;
      }
    }
  };

  list.pick.onDidChangeValue((value) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void ask(value), TYPING_MS);
  });
  list.pick.onDidHide(() => {
    clearTimeout(waiting);
    running?.cancel();
  });
  list.pick.value = asked;
  list.pick.show();
  if (asked !== '') {
    await ask(asked);
  }
}

async function related(server: Server, client: LanguageClient, uri: string, position: Position): Promise<void> {
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Looking for related code' },
    (_progress, token) => execute<Found>(client, 'pairwright.search.related', { uri, position, limit: LIMIT }, token),
  );
  if (found.hits.length === 0) {
    void vscode.window.showInformationMessage(`Pairwright: ${['nothing is related to this.', ...found.notes].join(' ')}`);
    return;
  }
  const list = new HitList(server, client, 'Related Code', false);
  list.show(found.hits, found.notes);
  list.pick.show();
}

/** A query whose first hits come ahead of its answer. */
async function query(
  client: LanguageClient,
  argument: object,
  token: vscode.CancellationToken,
  onAhead: (found: Found) => void,
): Promise<Found> {
  const partialResultToken = `pairwright-search-${++searches}`;
  const listening = client.onProgress(new ProgressType<Found>(), partialResultToken, onAhead);
  try {
    return await execute<Found>(client, 'pairwright.search.query', { ...argument, partialResultToken }, token);
  } finally {
    listening.dispose();
  }
}

/** A list of hits. The one that is active is shown in the editor; leaving without a choice goes back. */
class HitList {
  readonly pick = vscode.window.createQuickPick<Item>();
  private readonly before = vscode.window.activeTextEditor;
  private readonly selection = this.before?.selection;
  private readonly tabsBefore = new Set(tabs().map(placeOf));
  private moving: NodeJS.Timeout | undefined;
  private chosen = false;
  private looked = false;

  constructor(
    server: Server,
    private readonly client: LanguageClient,
    private readonly title: string,
    /** Whether the server has filtered already: what was typed is a question and no part of a name. */
    private readonly isAnswer = true,
  ) {
    this.pick.title = title;
    this.pick.matchOnDescription = true;
    this.pick.matchOnDetail = true;
    this.pick.onDidChangeActive(([item]) => {
      clearTimeout(this.moving);
      if (item?.hit !== undefined) {
        const { hit } = item;
        this.moving = setTimeout(() => void this.look(hit), MOVING_MS);
      }
    });
    this.pick.onDidAccept(() => {
      const hit = this.pick.activeItems[0]?.hit;
      if (hit !== undefined) {
        this.chosen = true;
        this.pick.hide();
        void reported(server, this.title, () => open(client, hit, false));
      }
    });
    this.pick.onDidHide(() => {
      clearTimeout(this.moving);
      if (!this.chosen && this.looked) {
        void reported(server, this.title, () => this.goBack());
      }
      this.pick.dispose();
    });
  }

  show(hits: readonly Hit[], notes: readonly string[] = []): void {
    const sentences = notes.map(sentence);
    this.pick.items = [...hits.map((hit) => this.item(hit)), ...sentences];
    this.pick.title = hits.length > 0 ? `${this.title} (${hits.length})` : this.title;
  }

  private item(hit: Hit): Item {
    const line = hit.location.range.start.line + 1;
    const name = hit.symbol || (hit.path.split('/').pop() ?? hit.path);
    return {
      label: `$(${ICONS[hit.kind] ?? 'code'}) ${name}`,
      description: `${hit.path}:${line}`,
      detail: telling(hit.snippet),
      alwaysShow: this.isAnswer,
      hit,
    };
  }

  /** To the editor and the tabs that there were. */
  private async goBack(): Promise<void> {
    if (this.before !== undefined) {
      await vscode.window.showTextDocument(this.before.document, {
        ...(this.before.viewColumn && { viewColumn: this.before.viewColumn }),
        ...(this.selection && { selection: this.selection }),
      });
    }
    await vscode.window.tabGroups.close(tabs().filter((tab) => tab.isPreview && !this.tabsBefore.has(placeOf(tab))));
  }

  private async look(hit: Hit): Promise<void> {
    this.looked = true;
    try {
      await open(this.client, hit, true);
    } catch {
      // Gone since it was found: choosing it says so.
    }
  }
}

function tabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

function placeOf({ input, label }: vscode.Tab): string {
  return input instanceof vscode.TabInputText ? input.uri.toString() : label;
}

/** What is said in the list: its rest stands below its beginning, as a label is cut off at the list's edge. */
function sentence(note: string): Item {
  const [begin = note, ...rest] = note.split(/(?<=[.:]) /);
  return { label: `$(info) ${begin}`, ...(rest.length > 0 && { detail: rest.join(' ') }), alwaysShow: true };
}

/** The first lines of a snippet that say something, in one. */
function telling(snippet: string): string {
  const lines = snippet.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => /\w/.test(line))
    .slice(0, 3)
    .join(' ⏎ ')
    .slice(0, 240);
}

async function open(client: LanguageClient, hit: Hit, preview: boolean): Promise<void> {
  const target = client.protocol2CodeConverter.asUri(hit.location.uri);
  const range = client.protocol2CodeConverter.asRange(hit.location.range);
  const editor = await vscode.window.showTextDocument(target, {
    preview,
    preserveFocus: preview,
    selection: preview ? range : new vscode.Range(range.start, range.start),
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
