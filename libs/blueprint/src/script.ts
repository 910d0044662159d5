import type { CommandOf, EventOf } from '#kernel';
import { entity } from '#kernel';

/** A script in TScript, under a name. */
export interface Script {
  description: string;
  /** The source. */
  text: string;
}

export const script = entity<Script>()({
  noun: 'Script',
  category: 'script',
  defined: 'ScriptWritten',
  changes: { ScriptDescribed: 'description', ScriptRewritten: 'text' },
});

export type ScriptCommand = CommandOf<typeof script>;
export type ScriptEvent = EventOf<typeof script>;
