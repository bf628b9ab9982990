// The server's commands, generated into registry.json by `python -m pairwright.docs`.

import entries from './registry.json';

export type Field = 'uri' | 'position' | 'line' | 'rule';

export interface Command {
  /** The command of the protocol, and of the palette. */
  readonly id: string;
  readonly title: string;
  /** What its argument holds. */
  readonly fields: readonly Field[];
  /** Those of them that it cannot do without. */
  readonly needed: readonly Field[];
}

export const commands = entries as readonly Command[];
