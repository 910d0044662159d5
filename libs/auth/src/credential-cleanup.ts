import { randomUUID } from 'node:crypto';
import type { Reaction, Reconciler } from '#reactions';
import type { AppContext } from '#runtime';
import { decideSessions, kindOf } from './holders.ts';
import { openSessions } from './open-sessions.ts';
import type { Passwords } from './passwords.ts';

/** How often sessions are looked through, in milliseconds. */
const HOUR_MS = 3600 * 1000;
const PAGE = 1000;

/** Erases what replaced passwords, and those of deleted users, were checked by. */
export const eraseReplacedPasswords = (passwords: Pick<Passwords, 'erase'>): Reaction => ({
  kind: 'reaction',
  name: 'auth.erase-replaced-passwords',
  categories: ['user'],
  types: ['PasswordChanged', 'UserDeleted'],
  from: 'start',
  handle: async (events) => {
    for (const { data } of events) await passwords.erase((data as { readonly replaced: string | null }).replaced);
  },
});

type CleanupContext = Pick<AppContext, 'execute' | 'reads'> & { readonly clock: Pick<AppContext['clock'], 'now'> };

/** Closes the sessions that have run out. */
export const closeExpiredSessions = ({ execute, clock, reads }: CleanupContext): Reconciler => ({
  kind: 'reconciler',
  name: 'auth.close-expired-sessions',
  everyMs: HOUR_MS,
  reconcile: async (signal) => {
    const now = clock.now();
    for (const name of await holdersOfExpired(reads, now)) {
      if (signal.aborted) return;
      const request = randomUUID();
      await execute({ actor: 'system', request, correlation: request }, async (work) =>
        decideSessions(work, await kindOf(work, name), name, { type: 'CloseExpiredSessions', data: { now } }),
      );
    }
  },
});

async function holdersOfExpired(reads: AppContext['reads'], now: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (let skip = 0; ; skip += PAGE) {
    const { rows } = await reads.now.list(openSessions, { skip, count: PAGE });
    for (const { row } of rows) if (row.expires < now) names.add(row.user);
    if (rows.length < PAGE) return names;
  }
}
