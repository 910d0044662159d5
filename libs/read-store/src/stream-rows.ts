import type { LoggedEvent, EventLog, Position } from '#event-store';
import { CachedRow } from './cached-row.ts';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor, keysOf } from './read-model.ts';
import type { ChangeRange, ToldChange } from './row-changes.ts';
import type { Tables } from './table-view.ts';

/** How many events of a stream are read at a time. */
const PAGE = 200;

type Streams = Pick<EventLog, 'eventsOf'>;

/** Reads rows as of a position: those of models that say of which stream they are made are folded from it, others read by `read`. */
export function streamRows(log: Streams, position: Position, read: Tables['read']): Tables['read'] {
  return async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
    if (model.history || !model.stream) return read(model, keys);
    const rows = new Map<Key, CachedRow<Row>>();
    for (const key of keysFor(model, keys)) {
      let last: ToldChange<Row> | undefined;
      for await (const change of changesIn(log, model, key, position)) {
        if (change.before !== change.after) last = change;
      }
      if (last?.after) rows.set(key, new CachedRow(last.after, last.position, 0));
    }
    return rows;
  };
}

/** What the events of the stream of a row did to it, in a stretch of the log; those too that left it as it was. */
export async function streamChanges<Row extends object>(
  log: Streams,
  model: ReadModel<Row>,
  key: Key,
  { after, upTo, newestFirst, count }: ChangeRange,
): Promise<ToldChange<Row>[]> {
  const kept: ToldChange<Row>[] = [];
  for (const usable of keysFor(model, [key])) {
    for await (const change of changesIn(log, model, usable, upTo)) {
      if (change.position <= after) continue;
      kept.push(change);
      if (kept.length <= count) continue;
      if (!newestFirst) return kept.slice(0, count);
      kept.shift();
    }
  }
  return newestFirst ? kept.toReversed() : kept;
}

/** The events of the stream of a row up to a position, and what each did. */
async function* changesIn<Row extends object>(
  log: Streams,
  model: ReadModel<Row>,
  key: Key,
  upTo: Position,
): AsyncGenerator<ToldChange<Row>> {
  const stream = model.stream?.(key) ?? '';
  let row: Row | undefined;
  for (let from = 0; ; from += PAGE) {
    const page = await log.eventsOf(stream, { from, limit: PAGE });
    for (const event of page) {
      if (event.position > upTo) return;
      const before = row;
      row = after(model, key, row, event);
      yield { event, position: event.position, before, after: row };
    }
    if (page.length < PAGE) return;
  }
}

const after = <Row extends object>(
  model: ReadModel<Row>,
  key: Key,
  row: Row | undefined,
  event: LoggedEvent,
): Row | undefined => {
  const rule = keysOf(model, event).includes(key) ? model.on[event.type] : undefined;
  return rule ? rule.fold(row, event as LoggedEvent<never>) : row;
};
