import type { Position } from '#event-store';
import { toMoment } from '#api';
import { malformed } from './problem.ts';
import { withPlus } from './query.ts';

/** What moments in queries are told by. */
export interface Moments {
  /** The position of the log at a time (ISO 8601 with microseconds, in UTC). */
  readonly positionAt: (time: string) => Promise<Position>;
  /** The time by the clock that events are recorded with; that of the machine unless said. */
  readonly now?: () => string;
}

/**
 * The position of the log that a query names (`at=1234`, or a time in a form of ISO 8601); undefined: it names none.
 * @throws Problem
 */
export async function momentIn(
  query: URLSearchParams,
  name: string,
  { positionAt, now = () => new Date().toISOString() }: Moments,
): Promise<Position | undefined> {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  const time = toMoment(withPlus(text));
  if (time === undefined)
    throw malformed(`${name} must be a position of the log or a time in a form of ISO 8601.`, name);
  if (time > (toMoment(now()) ?? '')) throw malformed('That time has not come yet.', name, 'AHEAD');
  return positionAt(time);
}

/** As of which position of the log a query asks (`at`); undefined: as things are. @throws Problem */
export const asOf = (
  query: URLSearchParams,
  positionAt: Moments['positionAt'],
  now?: Moments['now'],
): Promise<Position | undefined> => momentIn(query, 'at', { positionAt, ...(now ? { now } : {}) });

/**
 * The two moments that a query names (`from`, `to`), each as `at` does; without the second it is `head`.
 * @param first what the first is where none is named; undefined: it has to be
 * @throws Problem
 */
export async function spanIn(
  query: URLSearchParams,
  moments: Moments,
  head: Position,
  first?: Position,
): Promise<{ readonly from: Position; readonly to: Position }> {
  const from = (await momentIn(query, 'from', moments)) ?? first;
  if (from === undefined)
    throw malformed('from must be a position of the log or a time in a form of ISO 8601.', 'from');
  const to = (await momentIn(query, 'to', moments)) ?? (from > head ? from : head);
  if (from > to) throw malformed('from must not be later than to.', 'from', 'AFTER_TO');
  return { from, to };
}
