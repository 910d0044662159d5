import type { UnitOfWork } from '#kernel';
import { idOf } from '#kernel';
import type { Recorded } from './read-model.ts';

/** Behind every position that a log has. */
const BEHIND_ALL = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The events that a unit of work has decided, as read models see them once they are appended.
 * @param by when and by whom: ISO 8601, and the name of the actor
 */
export function decidedEvents(work: UnitOfWork, by: Pick<Recorded, 'at' | 'actor'>): Recorded[] {
  let position = BEHIND_ALL;
  return work.written().flatMap(({ stream, expected, events }) =>
    events.map(({ type, data }, n) => {
      position += 1n;
      return { type, data, id: idOf(stream), stream, revision: expected + 1 + n, position, ...by };
    }),
  );
}
