import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import { cartographer } from './cartographer.ts';
import type { CartographerRow } from './cartographers.ts';
import { cartographers } from './cartographers.ts';

/** How many machines may wait that nobody knows. */
const MAX_WAITING = 1000;
/** A machine that has not asked for so long may be dropped for another one: those that are there ask every minute. */
const SILENT_MS = 600_000;

/** A machine that waits, and when it was heard of last, ISO 8601. */
interface Waiting {
  readonly key: string;
  readonly heard: string;
}

/** When a machine was heard of last. */
const lastHeard = ({ checkedIn, created }: Pick<CartographerRow, 'checkedIn' | 'created'>): string =>
  checkedIn ?? created;

/**
 * Those that are dropped so that one more has room: who was silent for longest goes first, and nobody who is still there.
 * @returns undefined where there is no room to be had
 */
export function whoGoes(waiting: readonly Waiting[], now: string, most: number): readonly Waiting[] | undefined {
  const tooMany = waiting.length - most + 1;
  if (tooMany <= 0) return [];
  const silent = waiting
    .filter(({ heard }) => Date.parse(now) - Date.parse(heard) >= SILENT_MS)
    .toSorted((one, other) => Date.parse(one.heard) - Date.parse(other.heard));
  return silent.length < tooMany ? undefined : silent.slice(0, tooMany);
}

/** Drops machines that never came back where the list of those that wait is full. @throws Refusal where all are there */
export async function makeRoom(work: UnitOfWork, view: View, now: string): Promise<void> {
  const { total } = await view.keys(cartographers, { where: { waiting: 'yes' }, count: 1 });
  if (total < MAX_WAITING) return;
  const { rows } = await view.list(cartographers, { where: { waiting: 'yes' } });
  const waiting = rows.map(({ key, row }) => ({ key: String(key), heard: lastHeard(row) }));
  const gone = whoGoes(waiting, now, MAX_WAITING);
  if (!gone) {
    const text = `${total} machines wait to be known, and ${MAX_WAITING} may: assign, take in or delete some`;
    throw refuse('', 'LIST_FULL', text);
  }
  for (const { key, heard } of gone) {
    await work.decide(cartographer, key, { type: 'DropCartographer', data: { silentSince: heard } });
  }
}
