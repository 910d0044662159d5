import type { CommandExecutor } from '#event-store';
import type { People } from '#people';
import type { Reaction, Reconciler } from '#reactions';
import { standsInLog } from './id-for-new.ts';

/** How often it is looked for names that nobody came to have, and how long they are kept. */
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Destroys who somebody was, where the server that was to do so was lost meanwhile. */
export const eraseErased = (people: Pick<People, 'erase'>): Reaction => ({
  kind: 'reaction',
  name: 'auth.erase-people',
  categories: ['person'],
  types: ['PersonErased'],
  from: 'start',
  handle: async (events) => {
    for (const { id } of events) await people.erase(id);
  },
});

export interface PersonCleanupContext {
  readonly people: Pick<People, 'unused' | 'markUsed' | 'drop'>;
  readonly executor: Pick<CommandExecutor, 'preview'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Drops names that were kept for users who were not made after all. */
export const dropUnusedNames = ({ people, executor, now }: PersonCleanupContext): Reconciler => ({
  kind: 'reconciler',
  name: 'auth.drop-unused-names',
  everyMs: HOUR_MS,
  reconcile: async (signal) => {
    const before = new Date(now() - DAY_MS);
    for (const id of await people.unused()) {
      if (signal.aborted) return;
      if (await standsInLog(executor, id)) await people.markUsed(id);
      else await people.drop(id, before);
    }
  },
});
