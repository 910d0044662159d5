import type { LoggedEvent, EventLog, Position } from '#event-store';
import { parseStored } from '#kernel';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor } from './read-model.ts';
import { NoHistory } from './table-view.ts';
import type { ReadDatabase } from './tables.ts';

/** A stretch of the log: what stands behind `after`, up to `upTo` and with it. */
export interface PositionRange {
  readonly after: Position;
  readonly upTo: Position;
}

/** Which changes of a row are asked for. */
export interface ChangeRange extends PositionRange {
  /** The last one first. */
  readonly newestFirst: boolean;
  /** At most so many. */
  readonly count: number;
}

/** A row as it was from one position to another; `to` is undefined while it holds. */
export interface RowVersion<Row extends object = object> {
  readonly from: Position;
  readonly to: Position | undefined;
  readonly row: Row;
}

/** What an event did to a row: as it was before and after; undefined: there was none. */
export interface RowChange<Row extends object = object> {
  /** Where the event stands. */
  readonly position: Position;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** The same, with the event that did it. */
export interface ToldChange<Row extends object = object> extends RowChange<Row> {
  readonly event: LoggedEvent;
}

/** Changes with their events. @throws Error where the log does not hold one */
export async function withEvents<Row extends object>(
  log: Pick<EventLog, 'eventsAt'>,
  changes: readonly RowChange<Row>[],
): Promise<ToldChange<Row>[]> {
  const events = await log.eventsAt(changes.map(({ position }) => position));
  const byPosition = new Map(events.map((event) => [event.position, event]));
  return changes.map((change) => {
    const event = byPosition.get(change.position);
    if (!event) throw new Error(`the log has no event at ${change.position}, which rows were made of`);
    return { ...change, event };
  });
}

/** Every change of a row is where one of its versions begins, or where one ends and none begins. */
export async function rowChanges<Row extends object>(
  db: Kysely<ReadDatabase>,
  model: ReadModel<Row>,
  key: Key,
  { after, upTo, newestFirst, count }: ChangeRange,
): Promise<readonly RowChange<Row>[]> {
  // One more for the row before the first change, and one for the end of the last version.
  const most = count + 2;
  const found = await overlapping<Row>(db, model, [key], { after, upTo }, { newestFirst, most });
  const versions = found.map(({ version }) => version);
  if (newestFirst) versions.reverse();
  const within = (position: Position): boolean => position > after && position <= upTo;
  const changes: RowChange<Row>[] = [];
  for (const [n, { from, to, row }] of versions.entries()) {
    const before = versions[n - 1];
    // Of the oldest version that was read, it is not known what was before it.
    const isCutOff = n === 0 && newestFirst && versions.length === most;
    if (within(from) && !isCutOff)
      changes.push({ position: from, before: before?.to === from ? before.row : undefined, after: row });
    const next = versions[n + 1];
    const isLast = next === undefined && !newestFirst && versions.length === most;
    if (to !== undefined && within(to) && next?.from !== to && !isLast) {
      changes.push({ position: to, before: row, after: undefined });
    }
  }
  return (newestFirst ? changes.toReversed() : changes).slice(0, count);
}

/** The versions of rows that held somewhere in a stretch of the log, or ended in it. */
export async function rowVersions<Row extends object>(
  db: Kysely<ReadDatabase>,
  model: ReadModel<Row>,
  keys: readonly Key[],
  range: PositionRange,
): Promise<ReadonlyMap<Key, readonly RowVersion<Row>[]>> {
  const found = await overlapping<Row>(db, model, keys, range, { newestFirst: false });
  const versions = new Map<Key, RowVersion<Row>[]>();
  for (const { key, version } of found) {
    const those = versions.get(key);
    if (those) those.push(version);
    else versions.set(key, [version]);
  }
  return versions;
}

async function overlapping<Row extends object>(
  db: Kysely<ReadDatabase>,
  model: ReadModel<Row>,
  keys: readonly Key[],
  { after, upTo }: PositionRange,
  { newestFirst, most }: { readonly newestFirst: boolean; readonly most?: number },
): Promise<{ readonly key: Key; readonly version: RowVersion<Row> }[]> {
  if (!model.history) throw new NoHistory(model.name);
  const usable = keysFor(model, keys).map(String);
  if (usable.length === 0) return [];
  const type = sql.raw(model.key === 'integer' ? 'bigint' : 'text');
  let query = db
    .withSchema('read')
    .selectFrom(model.name)
    .select(['key', 'from_pos', 'to_pos', 'row'])
    .where(sql<boolean>`key = ANY (${usable}::${type}[])`)
    .where('from_pos', '<=', upTo.toString())
    .where((value) => value.or([value('to_pos', 'is', null), value('to_pos', '>', after.toString())]))
    .orderBy('key')
    .orderBy(sql`from_pos ${sql.raw(newestFirst ? 'DESC' : 'ASC')}`);
  if (most !== undefined) query = query.limit(most);
  return (await query.execute()).map(({ key, from_pos: from, to_pos: to, row }) => ({
    key: model.key === 'integer' ? Number(key) : key,
    version: {
      from: BigInt(from),
      to: to === null ? undefined : BigInt(to),
      row: parseStored(row) as Row,
    },
  }));
}
