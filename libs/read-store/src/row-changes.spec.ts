import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, Position } from '#event-store';
import { postgresEventStore } from '#event-store';
import { streamName } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { ExampleLog, foldAll } from '../test/example-log.ts';
import type { Shelf } from '../test/example-model.ts';
import { happenings, shelves, ticker } from '../test/example-model.ts';
import type { ReadModel, Recorded } from './read-model.ts';
import type { ReadStore } from './read-store.ts';
import { openReadStore } from './read-store.ts';
import type { RowChange, ToldChange } from './row-changes.ts';
import { NoHistory } from './table-view.ts';
import type { ListOptions } from './view.ts';

const { put, add, addToAll, touch, take } = happenings;
const clocked: ReadModel<Shelf> = { ...ticker, name: 'clocked', stream: (key) => streamName('shelf', key) };
/** Shelves that only their own events concern: kept as of the past, and folded from their streams, but listed by the former. */
const own = { ...shelves.on, AddedToAll: { fold: (row?: Shelf) => row } };
const keptAlone: ReadModel<Shelf> = { ...shelves, name: 'kept_alone', on: own };
const listedAlone: ReadModel<Shelf> = {
  ...clocked,
  name: 'listed_alone',
  on: own,
  past: { rows: keptAlone, where: {}, same: { kind: 'kind' } },
};
const KEYS = ['a', 'b', 'c'];
const EVENTS = 120;

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe('the past of rows', () => {
  let database: TestDatabase;
  let store: EventStore;
  let reads: ReadStore;
  let events: readonly Recorded[];
  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    const log = new ExampleLog(store);
    const models: readonly ReadModel[] = [shelves, ticker, clocked, keptAlone, listedAlone];
    reads = openReadStore({ store, pool: database.pool, models, onError: (error) => void error });
    await reads.projector.start();
    const random = numbers(7);
    const what = [() => put(random(5)), () => add(1), () => addToAll(1, 'a', 'b'), touch, take];
    for (let n = 0; n < EVENTS; n += 1) await log.tell(KEYS[random(3)]!, what[random(5)]!());
    expect(await reads.projector.caughtUp(await store.head(), 10_000)).toBe(true);
    events = await log.events();
  });
  afterAll(async () => {
    await reads.projector.stop();
    await store.close();
    await database.drop();
  });

  /** What became of a shelf behind one position, up to another, by a fold in memory. */
  const expected = (key: string, after: Position, upTo: Position): RowChange<Shelf>[] =>
    events.flatMap(({ position }) => {
      const [before, now] = [position - 1n, position].map((until) =>
        foldAll(
          shelves,
          events.filter((event) => event.position <= until),
        ).get(key),
      );
      const isSame = JSON.stringify(before) === JSON.stringify(now);
      return position <= after || position > upTo || isSame ? [] : [{ position, before, after: now }];
    });
  const known = (changes: readonly ToldChange[]) =>
    changes
      .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
      .map(({ event, ...change }) => ({ ...change, position: event.position }));

  it.each(KEYS)('is each change of a row, in either order and in any stretch: %s', async (key) => {
    const head = await store.head();
    for (const [after, upTo] of [[0n, head] as const, [10n, 90n] as const, [50n, 51n] as const]) {
      const all = { after, upTo, count: 1000 };
      const oldest = await reads.changes(shelves, key, { ...all, newestFirst: false });
      expect(known(oldest)).toEqual(expected(key, after, upTo));
      expect(await reads.changes(shelves, key, { ...all, newestFirst: true })).toEqual(oldest.toReversed());
    }
  });

  it.each([true, false])('is paged without a gap; the newest first: %s', async (newestFirst) => {
    const head = await store.head();
    const all = await reads.changes(shelves, 'a', { after: 0n, upTo: head, count: 1000, newestFirst });
    const paged: ToldChange[] = [];
    let range = { after: 0n, upTo: head };
    for (;;) {
      const page = await reads.changes(shelves, 'a', { ...range, count: 3, newestFirst });
      paged.push(...page);
      const last = page.at(-1);
      if (!last) break;
      range = newestFirst ? { ...range, upTo: last.position - 1n } : { ...range, after: last.position };
    }
    expect(paged).toEqual(all);
    expect(all.length).toBeGreaterThan(10);
  });

  it('is the versions that held in a stretch, of several rows at once', async () => {
    const versions = await reads.versions(shelves, KEYS, { after: 60n, upTo: 80n });
    for (const key of KEYS) {
      const rows = (position: Position) =>
        versions.get(key)?.find(({ from, to }) => from <= position && (to === undefined || to > position))?.row;
      for (const { position } of events.filter((event) => event.position >= 61n && event.position <= 80n)) {
        expect(rows(position)).toEqual((await reads.at(position).get(shelves, key)) ?? undefined);
      }
    }
  });

  it('is listed, too, where rows that are kept tell which there were', async () => {
    for (const position of [1n, 17n, 60n, 90n, await store.head()]) {
      const at = reads.at(position);
      const asked: readonly ListOptions[] = [
        {},
        { skip: 1, count: 1 },
        { where: { kind: 'odd' } },
        { where: { kind: { any: ['odd', 'even'] } }, count: 2 },
        { where: { count: 3 } },
        { where: { kind: 'even', count: { any: [0, 2, 4] } }, skip: 1 },
      ];
      for (const options of asked) {
        expect(await at.list(listedAlone, options)).toEqual(await at.list(keptAlone, options));
      }
      const tallied = async (model: ReadModel, where = {}) =>
        (await at.tally(model, { where, by: ['kind'] })).toSorted((one, other) => one.count - other.count);
      expect(await tallied(listedAlone, { count: 3 })).toEqual(await tallied(keptAlone, { count: 3 }));
    }
  });

  it('is folded from its stream where a model keeps none and says which that is', async () => {
    const own = events.filter(({ type }) => type !== 'AddedToAll');
    const alone = { ...clocked, name: 'alone', on: { ...clocked.on, AddedToAll: { fold: (row?: Shelf) => row } } };
    for (const position of [1n, 17n, 60n, await store.head()]) {
      const rows = foldAll(
        alone,
        own.filter((event) => event.position <= position),
      );
      expect(await reads.at(position).many(alone, KEYS)).toEqual(rows);
    }
    const head = await store.head();
    const told = await reads.changes(alone, 'a', { after: 5n, upTo: head, count: 4, newestFirst: true });
    const its = own.filter(({ id, position }) => id === 'a' && position > 5n).toReversed();
    expect(told.map(({ event: { position, type }, after }) => [position, type, after])).toEqual(
      its.slice(0, 4).map(({ position, type }) => [
        position,
        type,
        foldAll(
          alone,
          own.filter((event) => event.position <= position),
        ).get('a'),
      ]),
    );
    const oldest = await reads.changes(alone, 'a', { after: 5n, upTo: head, count: 2, newestFirst: false });
    expect(oldest.map(({ position }) => position)).toEqual(
      its
        .toReversed()
        .slice(0, 2)
        .map(({ position }) => position),
    );
    await expect(reads.at(5n).keys(clocked)).rejects.toThrow(NoHistory);
    await expect(reads.at(5n).get(ticker, 'a')).rejects.toThrow(NoHistory);
    await expect(reads.changes(ticker, 'a', { after: 0n, upTo: 5n, count: 1, newestFirst: true })).rejects.toThrow(
      NoHistory,
    );
    expect([reads.at(5n).position, reads.now.position]).toEqual([5n, undefined]);
  });
});
