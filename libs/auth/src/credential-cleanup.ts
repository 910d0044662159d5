import type { Clock, CommandGateway } from '#event-store';
import { CommandContext } from '#event-store';
import type { Reaction, Reconciler } from '#reactions';
import type { ReadStore } from '#read-store';
import { openSessions } from './open-sessions.ts';
import type { Passwords } from './passwords.ts';
import { CloseExpiredSessions } from './session.commands.ts';

/** How often sessions are looked through. */
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

/** What closing sessions works with. */
export interface SessionCleanupContext {
  readonly reads: ReadStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
}

/** Closes the sessions that have run out. */
export const closeExpiredSessions = ({ gateway, clock, reads }: SessionCleanupContext): Reconciler => ({
  kind: 'reconciler',
  name: 'auth.close-expired-sessions',
  everyMs: HOUR_MS,
  reconcile: async (signal) => {
    const now = clock.now();
    for (const name of await holdersOfExpired(reads, now)) {
      if (signal.aborted) return;
      await gateway.execute(new CloseExpiredSessions(name), CommandContext.system(now));
    }
  },
});

async function holdersOfExpired(reads: ReadStore, now: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (let skip = 0; ; skip += PAGE) {
    const { rows } = await reads.now.list(openSessions, { skip, count: PAGE });
    for (const { row } of rows) if (row.expires < now) names.add(row.user);
    if (rows.length < PAGE) return names;
  }
}
