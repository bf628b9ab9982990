// Merge conflicts: where one stands among all, and what was resolved.

import * as vscode from 'vscode';

import { activePlace, type Call } from './commands';
import { counted, execute } from './run';

interface Next {
  readonly left: number;
  readonly number?: number;
}

interface Resolved {
  readonly applied: boolean;
  readonly resolved: number;
  readonly left: number;
}

const NEXT = 'pairwright.conflicts.next';

export async function nextConflict({ client, argument }: Call): Promise<unknown> {
  const next = await execute<Next>(client, NEXT, argument ?? activePlace(client));
  const told = next.left === 0 ? 'no conflict is left' : `conflict ${next.number} of ${next.left}`;
  vscode.window.setStatusBarMessage(`Pairwright: ${told}`, 5000);
  return next;
}

export async function resolveSafeConflicts({ client, argument }: Call): Promise<unknown> {
  const done = await execute<Resolved>(client, 'pairwright.conflicts.resolve_all_safe', argument ?? {});
  if (done.resolved > 0 && !done.applied) {
    throw new Error('The edit was not applied.');
  }
  const buttons = done.left > 0 ? ['Next Conflict'] : [];
  void vscode.window.showInformationMessage(`Pairwright: ${sentence(done)}`, ...buttons).then((choice) => {
    if (choice !== undefined) {
      void vscode.commands.executeCommand(NEXT);
    }
  });
  return done;
}

function sentence({ resolved, left }: Resolved): string {
  if (resolved === 0) {
    return left === 0 ? 'there are no conflicts.' : `none of ${counted(left, 'conflict')} can be resolved without a look.`;
  }
  const rest = left === 0 ? 'none is left.' : `${left} ${left === 1 ? 'is' : 'are'} left to look at.`;
  return `${counted(resolved, 'conflict')} resolved, ${rest} Undo takes it back.`;
}
