import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, integer, oneof, tuple } from 'fast-check';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { ExampleLog, foldAll } from '../test/example-log.ts';
import { happenings, numbered, shelves, ticker } from '../test/example-model.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { ReadStore } from './read-store.ts';
import { openReadStore } from './read-store.ts';
import type { View } from './view.ts';

jest.setTimeout(240_000);

const { put, add, addToAll, touch, spoil, take } = happenings;
const HISTORY = [shelves, numbered];
const MODELS = [...HISTORY, ticker];

let database: TestDatabase;
let store: EventStore;
beforeAll(async () => {
  database = await testDatabase();
  store = await postgresEventStore(database.pool);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

/** Runs a projector over the log until it has caught up. */
async function project(then: (reads: ReadStore) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const reads = openReadStore({ store, pool: database.pool, models: MODELS, onError });
  await reads.projector.start();
  try {
    expect(await reads.projector.caughtUp(await store.head(), 120_000)).toBe(true);
    await then(reads);
  } finally {
    await reads.projector.stop();
  }
  expect(errors).toEqual([]);
}

async function rowsOf(view: View, model: ReadModel): Promise<Map<Key, object>> {
  const { rows, total } = await view.list(model);
  expect(total).toBe(rows.length);
  return new Map(rows.map(({ key, row }) => [key, row]));
}

/** All tables, and the counts kept beside them. */
async function dump(): Promise<unknown> {
  const tables = MODELS.map(async ({ name }) => {
    const { rows } = await database.pool.query(`SELECT * FROM read.${name} ORDER BY key, from_pos`);
    return [name, rows];
  });
  const counts = await database.pool.query('SELECT * FROM read.counts WHERE n <> 0 ORDER BY model, index, value');
  return [await Promise.all(tables), counts.rows];
}

const n = integer({ min: 0, max: 5 });
const message = oneof(
  { weight: 3, arbitrary: n.map(put) },
  { weight: 5, arbitrary: n.map(add) },
  { weight: 2, arbitrary: n.map((n) => addToAll(n, 1, 2)) },
  { weight: 3, arbitrary: constantFrom(take(), touch()) },
  { weight: 1, arbitrary: constantFrom(spoil()) },
);
/** Shelves 1 to 3, and how many events are appended at a time. */
const story = array(tuple(integer({ min: 1, max: 3 }), array(message, { minLength: 1, maxLength: 3 })), {
  minLength: 1,
  maxLength: 12,
});

it('shows the fold of the log at every position, and comes to the same rows when they are made anew', async () => {
  const property = asyncProperty(story, integer({ min: 0, max: 11 }), async (told, cut) => {
    await store.close();
    await database.pool.query('TRUNCATE log.events, log.streams; DROP SCHEMA IF EXISTS read CASCADE');
    store = await postgresEventStore(database.pool);
    const log = new ExampleLog(store);
    // Some of it is there before the projector starts, some comes while it runs.
    for (const [id, messages] of told.slice(0, cut)) await log.tell(id, ...messages);
    await project(async ({ projector }) => {
      for (const [id, messages] of told.slice(cut)) await log.tell(id, ...messages);
      await projector.caughtUp(await store.head(), 120_000);
    });
    const rows = await dump();

    const events = await log.events();
    const head = await store.head();
    await project(async (reads) => {
      for (const model of MODELS) expect(await rowsOf(reads.now, model)).toEqual(foldAll(model, events));
      const positions = Array.from({ length: Number(head) + 1 }, (_, n) => BigInt(n));
      const past = positions.flatMap((at) => HISTORY.map((model) => ({ at, model })));
      await Promise.all(
        past.map(async ({ at, model }) => {
          const until = events.filter(({ position }) => position <= at);
          expect(await rowsOf(reads.at(at), model)).toEqual(foldAll(model, until));
        }),
      );
      await reads.projector.rebuild();
    });
    expect(await dump()).toEqual(rows);

    await database.pool.query('DROP SCHEMA read CASCADE');
    await project(async () => undefined);
    expect(await dump()).toEqual(rows);
  });
  await assert(property, { numRuns: 8, endOnFailure: true });
});
