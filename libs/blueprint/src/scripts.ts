import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Script } from './script.ts';

/** A script as it is shown. */
export interface ScriptRow extends Readonly<Script> {
  readonly created: string;
  readonly updated: string;
}

const changed = change<ScriptRow, Partial<Script>>((row, { data, at }) => ({ ...row, ...data, updated: at }));

/** Scripts by name. */
export const scripts: ReadModel<ScriptRow> = {
  name: 'scripts',
  version: 1,
  key: 'text',
  history: true,
  indexes: {},
  on: {
    ScriptWritten: rule<ScriptRow, Script>((_, { data, at }) => ({ ...data, created: at, updated: at })),
    ScriptDescribed: changed,
    ScriptRewritten: changed,
    ScriptDeleted: gone(),
  },
};
