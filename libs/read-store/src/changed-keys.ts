import type { EventStore, Position, Upcasters } from '#event-store';
import { recorded } from '#event-store';
import type { Key, ReadModel } from './read-model.ts';
import { keysOf } from './read-model.ts';

/** How many events are read at a time. */
const PAGE = 1000;

/** A stretch of the log, and what is looked for in it. */
export interface ChangedSince {
  /** The position behind which it begins, and the last one in it. */
  readonly after: Position;
  readonly upTo: Position;
  readonly models: readonly ReadModel[];
  /** Categories of the streams the rows are made of; events of others are not looked at. */
  readonly categories: readonly string[];
  /** After more events than this it is given up. */
  readonly maxEvents: number;
}

/** Rows that may have changed, by their models. */
export type ChangedKeys = ReadonlyMap<ReadModel, ReadonlySet<Key>>;

/** Which rows the events of a stretch of the log concern; undefined: there are too many events. */
export async function changedKeys(
  store: Pick<EventStore, 'readAll'>,
  upcasters: Upcasters,
  { after, upTo, models, categories, maxEvents }: ChangedSince,
): Promise<ChangedKeys | undefined> {
  const changed = new Map<ReadModel, Set<Key>>();
  let seen = 0;
  for (let at = after; at < upTo;) {
    const { events, end } = await store.readAll(at, { categories, limit: PAGE });
    for (const stored of events) {
      if (stored.position > upTo) continue;
      const event = recorded(stored, upcasters);
      for (const model of models) {
        const keys = changed.get(model) ?? new Set();
        for (const key of keysOf(model, event)) keys.add(key);
        if (keys.size > 0) changed.set(model, keys);
      }
    }
    seen += events.length;
    if (seen > maxEvents) return undefined;
    // Where nothing of these categories is left, the end may stay where it was.
    if (end <= at) break;
    at = end;
  }
  return changed;
}
