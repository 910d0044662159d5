import type { Position } from '#event-store';
import { toMoment } from '#api';
import { malformed } from './problem.ts';
import { withPlus } from './query.ts';

/**
 * As of which position of the log a query asks (`at=1234`, or a time in a form of ISO 8601); undefined: as things are.
 * @param now the time by the clock that events are recorded with
 * @throws Problem
 */
export async function asOf(
  query: URLSearchParams,
  positionAt: (time: string) => Promise<Position>,
  now: () => string = () => new Date().toISOString(),
): Promise<Position | undefined> {
  const text = query.get('at');
  if (text === null) return undefined;
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  const time = toMoment(withPlus(text));
  if (time === undefined) throw malformed('at must be a position of the log or a time in a form of ISO 8601.', 'at');
  if (time > (toMoment(now()) ?? '')) throw malformed('That time has not come yet.', 'at', 'AHEAD');
  return positionAt(time);
}
