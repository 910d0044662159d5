import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { ExampleLog, foldAll } from '../test/example-log.ts';
import { divisible, happened, happenings } from '../test/example-model.ts';
import type { Shelf } from '../test/example-model.ts';
import { compareKeys } from './ordered-keys.ts';
import type { Key } from './read-model.ts';
import type { ReadStore } from './read-store.ts';
import { openReadStore } from './read-store.ts';
import type { View } from './view.ts';
import type { Where } from './where.ts';
import { fulfils, simplified, tagsText, tallyOf } from './where.ts';

const { put, take } = happenings;

describe('conditions', () => {
  it.each<[Where, Where | undefined]>([
    [{ kind: 'odd' }, { kind: 'odd' }],
    [{ kind: { any: ['odd'] } }, { kind: 'odd' }],
    [{ kind: { any: ['odd', 'even', 'odd'] } }, { kind: { any: ['even', 'odd'] } }],
    [{ kind: { any: [] } }, undefined],
    [
      { by: { all: ['by 2', 'by 2'] }, kind: null },
      { by: 'by 2', kind: null },
    ],
    [{ by: { all: [] } }, {}],
  ])('%j are, in short, %j', (where, short) => expect(simplified(where)).toEqual(short));

  it.each<[Where, number, boolean]>([
    [{}, 6, true],
    [{ kind: 'even' }, 6, true],
    [{ kind: 'odd' }, 6, false],
    [{ kind: null }, 0, true],
    [{ count: { any: [5, 6] } }, 6, true],
    [{ count: { any: ['5', '7'] } }, 6, false],
    [{ by: 'by 3' }, 6, true],
    [{ by: 'by 5' }, 6, false],
    [{ by: null }, 7, true],
    [{ by: null }, 6, false],
    [{ by: { all: ['by 2', 'by 3'] } }, 6, true],
    [{ by: { all: ['by 2', 'by 5'] } }, 6, false],
    [{ by: { any: ['by 2', 'by 5'] } }, 6, true],
    [{ none: 'x' }, 6, false],
    [{ kind: { startsWith: 'ev' } }, 6, true],
    [{ kind: { startsWith: 'v' } }, 6, false],
    [{ kind: { startsWith: 'ev' } }, 0, false],
  ])('%j is true of a row with %d: %s', (where, count, is) => expect(fulfils(divisible, { count }, where)).toBe(is));

  it('tags are stored apart, whatever is in them', () => {
    expect(tagsText([])).toBeNull();
    expect(tagsText(['a', 'b\u001Fc\u0000'])).toBe('a\u001Fb\uFFFDc\uFFFD');
  });
});

describe('every view finds the same rows', () => {
  let database: TestDatabase;
  let store: EventStore;
  let reads: ReadStore;
  let rows: ReadonlyMap<Key, Shelf>;
  const errors: unknown[] = [];
  const WHERE: readonly Where[] = [
    { by: 'by 2' },
    { by: 'by 7' },
    { by: null },
    { by: 'by 3', kind: 'odd' },
    { by: { all: ['by 2', 'by 3'] } },
    { by: { any: ['by 5', 'by 3'] }, kind: { any: ['odd', 'even'] } },
    { count: { any: [] } },
    { count: { any: [1, 2, 30] } },
  ];

  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    const log = new ExampleLog(store);
    for (let n = 0; n <= 60; n += 1) await log.tell(`s${n}`, put(n + 1));
    for (let n = 0; n <= 60; n += 7) await log.tell(`s${n}`, put(n));
    for (let n = 0; n <= 60; n += 11) await log.tell(`s${n}`, take());
    rows = foldAll(divisible, await log.events());
    const onError = (error: unknown) => errors.push(error);
    reads = openReadStore({ store, pool: database.pool, models: [divisible], onError });
    await reads.projector.start();
    await reads.projector.caughtUp(await store.head(), 10_000);
  });
  afterAll(async () => {
    await reads.projector.stop();
    await store.close();
    await database.drop();
    expect(errors).toEqual([]);
  });

  const found = (where: Where, of: ReadonlyMap<Key, Shelf> = rows): Key[] =>
    [...of]
      .filter(([, row]) => fulfils(divisible, row, where))
      .map(([key]) => key)
      .toSorted(compareKeys);
  const pages = async (view: View, where: Where): Promise<readonly Key[]> => {
    const all: Key[] = [];
    for (let skip = 0; ; skip += 4) {
      const { keys, total } = await view.keys(divisible, { where, skip, count: 4 });
      expect(total).toBe(found(where).length);
      all.push(...keys);
      if (keys.length < 4) return all;
    }
  };

  it.each(WHERE)('%j', async (where) => {
    // Once from the tables and once from memory, where the list is kept.
    expect(await pages(reads.now, where)).toEqual(found(where));
    expect((await reads.now.keys(divisible, { where })).keys).toEqual(found(where));
    expect(await pages(reads.now, where)).toEqual(found(where));
    expect(await pages(reads.at(await store.head()), where)).toEqual(found(where));
    expect((await reads.now.keys(divisible, { where, count: 0 })).total).toBe(found(where).length);
  });

  it('also while rows change, and after a rebuild', async () => {
    const log = new ExampleLog(store);
    for (const [key, count] of [
      ['x1', 30],
      ['x2', 7],
      ['x3', 15],
    ] as const) {
      await log.tell(key, put(count));
    }
    await reads.projector.caughtUp(await store.head(), 10_000);
    rows = foldAll(divisible, await log.events());
    for (const where of WHERE) expect(await pages(reads.now, where)).toEqual(found(where));
    await reads.projector.rebuild([divisible.name]);
    for (const where of WHERE) expect(await pages(reads.now, where)).toEqual(found(where));
  });

  it('and so does a fork', async () => {
    const view = reads.fork([
      happened(1000, 'x2', put(10)),
      happened(1001, 'x9', put(6)),
      happened(1002, 'x1', take()),
    ]);
    const after = new Map(rows);
    after.set('x2', { count: 10 }).set('x9', { count: 6 }).delete('x1');
    for (const where of WHERE) {
      expect((await view.keys(divisible, { where })).keys).toEqual(found(where, after));
    }
    expect(sorted(await view.tally(divisible, { by: ['kind'] }))).toEqual(
      sorted(tallyOf(divisible, after.values(), ['kind'])),
    );
  });

  it('and counts them alike, by the values of indexes', async () => {
    for (const where of WHERE) {
      const all = [...rows.values()].filter((row) => fulfils(divisible, row, where));
      const expected = sorted(tallyOf(divisible, all, ['kind', 'count']));
      expect(sorted(await reads.now.tally(divisible, { where, by: ['kind', 'count'] }))).toEqual(expected);
      const at = reads.at(await store.head());
      expect(sorted(await at.tally(divisible, { where, by: ['kind', 'count'] }))).toEqual(expected);
    }
  });

  it('looks tags up in an index of their own', async () => {
    const { rows: defined } = await database.pool.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE schemaname = 'read' AND indexname = 'divisible_by'`,
    );
    expect(defined[0]?.indexdef).toContain('USING gin (string_to_array(i_by,');
  });
});

const sorted = <T>(all: readonly T[]): T[] =>
  [...all].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
