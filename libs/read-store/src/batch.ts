import { writeJson } from '#kernel';
import type { Position } from '#event-store';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import { keysOf } from './read-model.ts';

/** A row over a stretch of the log; `to` is undefined while it holds. */
export interface Version {
  readonly key: Key;
  readonly from: Position;
  readonly to: Position | undefined;
  readonly row: object;
  /** The row as it is stored, JSON text. */
  readonly text: string;
}

/** A row that an event could not be folded into; it is left as it was, and later events pass it by. */
export interface Poisoned {
  readonly model: string;
  readonly key: Key;
  readonly position: Position;
  readonly error: string;
}

/** What a batch of events does to the rows of one model. */
export interface Changes {
  /** Rows that were live before the batch, and where they end. */
  readonly ended: readonly { readonly key: Key; readonly at: Position }[];
  readonly versions: readonly Version[];
  readonly poisoned: readonly Poisoned[];
}

/** The keys of a model's rows a batch concerns. */
export function keysIn(model: ReadModel, events: readonly Recorded[]): Key[] {
  return [...new Set(events.flatMap((event) => keysOf(model, event)))];
}

/** Keys that no row can have before these events: their streams begin with them, or their rules say so. */
export function freshKeys(model: ReadModel, events: readonly Recorded[]): ReadonlySet<Key> {
  const byStream = Object.values(model.on).every((rule) => !rule.keys);
  const first = new Map<Key, boolean>();
  for (const event of events) {
    const fresh = byStream ? event.revision === 0 : model.on[event.type]?.begins === true;
    for (const key of keysOf(model, event)) if (!first.has(key)) first.set(key, fresh);
  }
  return new Set([...first].filter(([, fresh]) => fresh).map(([key]) => key));
}

/** Folds a batch into the rows of one model; `live` holds the rows that are there before it. */
export function foldBatch(
  model: ReadModel,
  events: readonly Recorded[],
  live: ReadonlyMap<Key, object>,
  quarantined: ReadonlySet<Key>,
): Changes {
  const ended = new Map<Key, Position>();
  const versions: Version[] = [];
  const open = new Map<Key, { row: object; from: Position }>();
  const poisoned = new Map<Key, Poisoned>();
  for (const event of events) {
    const fold = model.on[event.type]?.fold;
    if (!fold) continue;
    for (const key of keysOf(model, event)) {
      if (quarantined.has(key) || poisoned.has(key)) continue;
      const current = open.get(key);
      const before = current?.row ?? (ended.has(key) ? undefined : live.get(key));
      let after: object | undefined;
      try {
        after = fold(before, event as Recorded<never>);
        // A row that cannot be found by its indexes is of no use either.
        if (after && after !== before) {
          for (const of of Object.values(model.indexes)) of(after);
          for (const of of Object.values(model.tags ?? {})) of(after);
        }
      } catch (error) {
        poisoned.set(key, { model: model.name, key, position: event.position, error: String(error) });
        continue;
      }
      if (after === before) continue;
      if (current) {
        if (model.history) versions.push(version(key, current, event.position));
        open.delete(key);
      } else if (before) {
        ended.set(key, event.position);
      }
      if (after) open.set(key, { row: after, from: event.position });
    }
  }
  for (const [key, current] of open) versions.push(version(key, current, undefined));
  return {
    ended: [...ended].map(([key, at]) => ({ key, at })),
    versions,
    poisoned: [...poisoned.values()],
  };
}

const version = (key: Key, { row, from }: { row: object; from: Position }, to: Position | undefined): Version => ({
  key,
  from,
  to,
  row,
  text: writeJson(row),
});
