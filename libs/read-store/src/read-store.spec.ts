import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { ExampleLog, foldAll } from '../test/example-log.ts';
import { happenings, numbered, shelves, ticker } from '../test/example-model.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { ReadStore } from './read-store.ts';
import { openReadStore } from './read-store.ts';
import { NoHistory } from './table-view.ts';
import type { ListOptions, View } from './view.ts';

const { put, add, spoil, take } = happenings;
const MODELS: readonly ReadModel[] = [shelves, ticker];
const LONG = 10_000;

describe('the read store', () => {
  let database: TestDatabase;
  let store: EventStore;
  let log: ExampleLog;
  let running: ReadStore | undefined;
  const errors: unknown[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    log = new ExampleLog(store);
    errors.length = 0;
  });
  afterEach(async () => {
    await stop();
    await store.close();
    await database.drop();
  });

  const start = async (models = MODELS): Promise<ReadStore> => {
    const reads = openReadStore({ store, pool: database.pool, models, onError: (error) => errors.push(error) });
    await reads.projector.start();
    running = reads;
    return reads;
  };
  const stop = async () => {
    await running?.projector.stop();
    running = undefined;
  };
  const shown = async (view: View, model: ReadModel = shelves) =>
    Object.fromEntries((await view.list(model)).rows.map(({ key, row }) => [key, row]));
  const expected = async (model: ReadModel = shelves) => Object.fromEntries(foldAll(model, await log.events()));
  /** Changes a row past the fold, to tell rows that were kept from rows that were made anew. */
  const mark = (key: string) =>
    database.pool.query(`UPDATE read.shelves SET row = '{"count":-1}' WHERE key = $1 AND to_pos IS NULL`, [key]);

  it('shows what is in the log, and keeps up with it', async () => {
    await log.tell('a', put(5));
    const { projector, now } = await start();
    expect(projector.leading).toBe(true);
    expect(await projector.caughtUp(await store.head(), LONG)).toBe(true);
    expect(await now.get(shelves, 'a')).toEqual({ count: 5 });

    const position = await log.tell('a', add(1));
    expect(await projector.caughtUp(position, LONG)).toBe(true);
    expect(projector.reached).toBe(position);
    expect(await now.get(shelves, 'a')).toEqual({ count: 6 });
    expect(await now.get(ticker, 'a')).toEqual({ count: 6 });
    expect(await now.get(shelves, 'b')).toBeUndefined();
    expect((await now.cached(shelves, ['a'])).get('a')?.since).toBe(position);
    expect(await now.many(shelves, ['b', 'a'])).toEqual(new Map([['a', { count: 6 }]]));
  });

  it.each([shelves, numbered])('lists page after page, also while rows come and go: $name', async (model) => {
    const { projector, now } = await start([model]);
    const ids = Array.from({ length: 25 }, (_, n) => n + 1);
    const walk = async (count: number): Promise<Key[]> => {
      const found: Key[] = [];
      for (let skip = 0; ; skip += count) {
        const { keys } = await now.keys(model, { skip, count });
        found.push(...keys);
        if (keys.length < count) return found;
      }
    };
    for (const id of ids) await log.tell(id, put(1));
    for (const id of [3, 12]) {
      await projector.caughtUp(await store.head(), LONG);
      const all = (await now.keys(model)).keys;
      for (const count of [1, 4, 10]) expect(await walk(count)).toEqual(all);
      await log.tell(id, take());
    }
  });

  it('waits for what is not there yet no longer than it was told to', async () => {
    const { projector } = await start();
    expect(await projector.caughtUp((await store.head()) + 1n, 20)).toBe(false);
  });

  it('lets nobody wait for a projector that has stopped', async () => {
    const { projector } = await start();
    const waiting = projector.caughtUp((await store.head()) + 1n, Number.POSITIVE_INFINITY);
    await stop();
    expect(await waiting).toBe(false);
    expect(await projector.caughtUp((await store.head()) + 1n, Number.POSITIVE_INFINITY)).toBe(false);
  });

  it('waits as long as it takes where it may', async () => {
    const { projector } = await start();
    const waiting = projector.caughtUp((await store.head()) + 1n, Number.POSITIVE_INFINITY);
    await log.tell('a', put(1));
    expect(await waiting).toBe(true);
  });

  it('goes on from where it had come to', async () => {
    const first = await start();
    await first.projector.caughtUp(await log.tell('a', put(5)), LONG);
    await first.projector.caughtUp(await log.tell('b', put(5)), LONG);
    await stop();
    await mark('a');
    const position = await log.tell('b', add(1));

    const { projector, now } = await start();
    await projector.caughtUp(position, LONG);
    expect(await shown(now)).toEqual({ a: { count: -1 }, b: { count: 6 } });
    expect(await shown(now, ticker)).toEqual({ a: { count: 5 }, b: { count: 6 } });
  });

  it('makes the rows of a model anew whose version has changed, and only those', async () => {
    const first = await start();
    await first.projector.caughtUp(await log.tell('a', put(5)), LONG);
    await stop();
    await mark('a');
    await database.pool.query(`UPDATE read.ticker SET row = '{"count":-1}'`);
    // The log is ahead of the rows that were left.
    const position = await log.tell('a', add(1), add(1));

    const { projector, now } = await start([{ ...shelves, version: 2 }, ticker]);
    await projector.caughtUp(position, LONG);
    expect(await shown(now)).toEqual({ a: { count: 7 } });
    expect(await shown(now, ticker)).toEqual({ a: { count: 1 } });
    expect((await running?.at(position - 1n).get(shelves, 'a')) as object).toEqual({ count: 6 });
    expect(errors).toEqual([]);
  });

  it('fills a new model from the log, and forgets one that is no more', async () => {
    const first = await start([shelves]);
    await first.projector.caughtUp(await log.tell('a', put(5)), LONG);
    await stop();
    const position = await log.tell('b', put(1));

    const { projector, now } = await start([ticker]);
    await projector.caughtUp(position, LONG);
    expect(await shown(now, ticker)).toEqual(await expected(ticker));
    await expect(database.pool.query('SELECT * FROM read.shelves')).rejects.toThrow('does not exist');
  });

  it('leaves a row alone that cannot be folded on, and goes on with the others', async () => {
    const first = await start();
    await log.tell('a', put(5), spoil(), add(1));
    await first.projector.caughtUp(await log.tell('b', put(1)), LONG);
    expect(await shown(first.now)).toEqual({ a: { count: 5 }, b: { count: 1 } });
    expect(first.projector.quarantined.get('shelves')).toEqual(new Set(['a']));
    await stop();

    const again = await start();
    await again.projector.caughtUp(await log.tell('a', add(1)), LONG);
    expect(await shown(again.now)).toEqual({ a: { count: 5 }, b: { count: 1 } });
    expect(again.projector.quarantined.get('shelves')).toEqual(new Set(['a']));
    await stop();

    const { Spoilt: _, ...on } = shelves.on;
    const mended = await start([{ ...shelves, version: 2, on }, ticker]);
    await mended.projector.caughtUp(await store.head(), LONG);
    expect(await shown(mended.now)).toEqual({ a: { count: 7 }, b: { count: 1 } });
    expect(mended.projector.quarantined.get('shelves')).toBeUndefined();
  });

  it('shows rows as of every position, where they are kept', async () => {
    const { projector, at } = await start();
    const before = await store.head();
    const one = await log.tell('a', put(5), add(1));
    const two = await log.tell('a', take(), put(2));
    await projector.caughtUp(two, LONG);
    const past = async (position: bigint) => (await at(position).get(shelves, 'a'))?.count;
    expect(await Promise.all([before, one - 1n, one, two - 1n, two].map(past))).toEqual([
      undefined,
      5,
      6,
      undefined,
      2,
    ]);
    await expect(at(one).get(ticker, 'a')).rejects.toThrow(NoHistory);
  });

  it('shows what rows would be after events that are not appended', async () => {
    const { projector, now, fork } = await start();
    await projector.caughtUp(await log.tell('a', put(5)), LONG);
    const [event] = await log.events();
    if (!event) throw new Error('there is one');
    const told = [{ type: 'Added', data: { n: 2 } }, take(), put(4)];
    const view = fork(told.map((what, n) => ({ ...event, ...what, id: n === 2 ? 'b' : 'a', position: BigInt(n + 2) })));
    expect(await shown(view)).toEqual({ b: { count: 4 } });
    expect(await view.get(shelves, 'a')).toBeUndefined();
    expect(await view.list(shelves, { where: { kind: 'even' } })).toMatchObject({ total: 1 });
    expect(await shown(now)).toEqual({ a: { count: 5 } });
  });
});

describe('lists', () => {
  let database: TestDatabase;
  let store: EventStore;
  let reads: ReadStore;

  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    const log = new ExampleLog(store);
    const models = [shelves, numbered];
    reads = openReadStore({ store, pool: database.pool, models, onError: () => undefined });
    await reads.projector.start();
    for (const [n, id] of [10, 9, 2, 1, 100, 30].entries()) await log.tell(id, put(n));
    await reads.projector.caughtUp(await store.head(), LONG);
  });
  afterAll(async () => {
    await reads.projector.stop();
    await store.close();
    await database.drop();
  });

  it.each<[string, ReadModel, ListOptions, readonly (string | number)[], number]>([
    ['texts by code point', shelves, {}, ['1', '10', '100', '2', '30', '9'], 6],
    ['numbers by value', numbered, {}, [1, 2, 9, 10, 30, 100], 6],
    ['the first few', numbered, { count: 2 }, [1, 2], 6],
    ['the next few', numbered, { skip: 2, count: 3 }, [9, 10, 30], 6],
    ['the last ones', numbered, { skip: 5, count: 3 }, [100], 6],
    ['nothing behind the last', numbered, { skip: 6, count: 3 }, [], 6],
    ['nothing, but how many there are', numbered, { count: 0 }, [], 6],
    ['those with a text', numbered, { where: { kind: 'odd' } }, [1, 9, 30], 3],
    ['those with a number', numbered, { where: { count: 3 } }, [1], 1],
    ['those with nothing', numbered, { where: { kind: null } }, [10], 1],
    ['none', numbered, { where: { kind: 'green' } }, [], 0],
    ['a page of those with a text', shelves, { where: { kind: 'even' }, count: 1 }, ['100'], 2],
    ['those with both', numbered, { where: { kind: 'odd', count: 5 }, count: 1 }, [30], 1],
  ])('hold %s', async (_, model, options, keys, total) => {
    for (const view of [reads.now, reads.now, reads.at(await store.head())]) {
      const listed = await view.list(model, options);
      expect([listed.rows.map(({ key }) => key), listed.total]).toEqual([keys, total]);
      expect(await view.keys(model, options)).toEqual({ keys, total });
    }
  });

  it('are not made by what rows cannot be found by', async () => {
    await expect(reads.now.list(shelves, { where: { colour: 'red' } })).rejects.toThrow('shelves has no index colour');
  });

  it.each([[1.5], ['1.5'], ['one'], [''], ['0x10'], [Number.NaN], [2 ** 60]])(
    'of numbers hold nothing under %p',
    async (key) => {
      expect(await reads.now.get(numbered, key)).toBeUndefined();
      expect(await reads.at(await store.head()).get(numbered, key)).toBeUndefined();
    },
  );

  it('of numbers are not confused by a key that is spelt as text', async () => {
    await reads.now.get(numbered, '9');
    expect(await reads.now.get(numbered, 9)).toEqual({ count: 1 });
  });
});
