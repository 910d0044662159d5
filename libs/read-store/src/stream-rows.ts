import type { LoggedEvent, EventLog, Position } from '#event-store';
import { refuse } from '#kernel';
import { CachedRow } from './cached-row.ts';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor, keysOf } from './read-model.ts';
import type { ChangeRange, ToldChange } from './row-changes.ts';
import type { Tables } from './table-view.ts';
import type { ListOptions } from './view.ts';
import type { Condition, Where } from './where.ts';
import { fulfils, tallyOf } from './where.ts';

/** How many events of a stream are read at a time. */
const PAGE = 200;

/** How many rows are made from their streams to find those that conditions are true of. */
export const MAX_FOLDED = 1000;

type Streams = Pick<EventLog, 'eventsOf'>;

/**
 * The tables as of a position, also for models whose rows are folded from streams: which keys there were is told by the rows
 * they name (`past`).
 * @throws NoHistory; Refusal where more than {@link MAX_FOLDED} rows would have to be looked through
 */
export function streamTables(log: Streams, position: Position, tables: Tables): Tables {
  const read = streamRows(log, position, tables.read);
  const isListed = ({ history, past }: ReadModel): boolean => !history && past !== undefined;
  const keys: Tables['keys'] = async (model, options) => {
    const { past } = model;
    if (model.history || !past) return tables.keys(model, options);
    const { where = {}, skip = 0, count } = options;
    const { known, rest } = divided(where, past.same);
    const all = { ...known, ...past.where };
    if (Object.keys(rest).length === 0) return tables.keys(past.rows, { ...options, where: all });
    const found = await tables.keys(past.rows, { where: all, count: MAX_FOLDED });
    if (found.total > MAX_FOLDED) throw tooMany(found.total);
    const rows = await read(model, found.keys);
    const those = found.keys.filter((key) => {
      const row = rows.get(key)?.row;
      return row !== undefined && fulfils(model, row, rest);
    });
    return { keys: those.slice(skip, count === undefined ? undefined : skip + count), total: those.length };
  };
  return {
    read,
    keys,
    keysAfter: (model, where, after, count) => tables.keysAfter(model, where, after, count),
    tally: async (model, options) => {
      if (!isListed(model)) return tables.tally(model, options);
      const found = await keys(model, { ...pageOf(options), count: MAX_FOLDED });
      if (found.total > MAX_FOLDED) throw tooMany(found.total);
      const rows = [...(await read(model, found.keys)).values()].map(({ row }) => row);
      return tallyOf(model, rows, options.by);
    },
  };
}

const pageOf = ({ where }: { readonly where?: Where }): ListOptions => (where ? { where } : {});

const tooMany = (count: number) =>
  refuse('at', 'TOO_MANY', `${count} were there then, and ${MAX_FOLDED} are looked through at most: use a filter`);

/** Conditions that other rows tell as well, by the names these have for them, and the others. */
function divided(
  where: Where,
  same: Readonly<Record<string, string>>,
): { readonly known: Where; readonly rest: Where } {
  const known: Record<string, Condition> = {};
  const rest: Record<string, Condition> = {};
  for (const [name, condition] of Object.entries(where)) {
    const other = same[name];
    if (other === undefined) rest[name] = condition;
    else known[other] = condition;
  }
  return { known, rest };
}

/** Reads rows as of a position: those of models that say of which stream they are made are folded from it, others read by `read`. */
function streamRows(log: Streams, position: Position, read: Tables['read']): Tables['read'] {
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
