import type { ReadModel } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { Entry } from './entry.ts';

/** An entry as it is shown. */
export interface EntryRow extends Readonly<Entry> {
  readonly created: string;
  readonly updated: string;
}

const changed = change<EntryRow, Partial<Entry>>((row, { data, at }) => ({ ...row, ...data, updated: at }));

/** Entries of zones by id. */
export const entries: ReadModel<EntryRow> = {
  name: 'entries',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { zone: ({ zone }) => zone },
  on: {
    EntryDefined: rule<EntryRow, Entry>((_, { data, at }) => ({ ...data, created: at, updated: at })),
    EntryMoved: changed,
    EntryRenamed: changed,
    EntryServiceChosen: changed,
    EntryPointed: changed,
    EntryDeleted: gone(),
    EntryRestored: restoredRow(),
  },
};
