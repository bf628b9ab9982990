// The status bar item: what the server last said of itself.

import * as vscode from 'vscode';

/** Parameters of the notification `pairwright/status`. */
export interface ServerStatus {
  readonly health: 'ok' | 'warning' | 'error';
  readonly quiescent: boolean;
  readonly state: string;
  readonly message?: string | null;
  readonly done?: number | null;
  readonly total?: number | null;
  readonly findings?: number | null;
  /** What reviews compare with. */
  readonly base: string;
}

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('pairwright.status', vscode.StatusBarAlignment.Left, 0);

  constructor() {
    this.item.name = 'Pairwright';
    this.item.command = 'pairwright.status';
  }

  starting(): void {
    this.set('$(sync~spin) Pairwright', 'Starting the server');
    this.item.command = 'pairwright.client.output';
  }

  running(): void {
    // Whether all is well the server says itself, when it has begun to read.
    this.set('$(sync~spin) Pairwright', 'Running');
    this.item.command = 'pairwright.status';
  }

  stopped(reason: string): void {
    this.set('$(error) Pairwright', `${reason}\n\nClick to start the server again.`, 'statusBarItem.errorBackground');
    this.item.command = 'pairwright.client.restart';
  }

  show(status: ServerStatus): void {
    const tooltip = status.message ? status.message : `Index: ${status.state}`;
    this.item.command = 'pairwright.status';
    if (status.health === 'error') {
      this.set('$(error) Pairwright', tooltip, 'statusBarItem.errorBackground');
    } else if (!status.quiescent) {
      const share = status.total ? ` ${Math.floor((100 * (status.done ?? 0)) / status.total)}%` : '';
      this.set(`$(sync~spin) Pairwright${share}`, tooltip);
    } else if (status.health === 'warning') {
      this.set('$(warning) Pairwright', tooltip, 'statusBarItem.warningBackground');
    } else {
      const findings = status.findings ?? 0;
      this.set(findings > 0 ? `$(warning) Pairwright ${findings}` : '$(check) Pairwright', tooltip);
    }
  }

  dispose(): void {
    this.item.dispose();
  }

  private set(text: string, tooltip: string, background?: string): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.item.show();
  }
}
