import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { array, assert, asyncProperty, boolean, constantFrom, integer, oneof, tuple } from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { ExampleLog } from '../test/example-log.ts';
import { happenings, numbered, shelves, ticker } from '../test/example-model.ts';
import { CountChanges } from './counts.ts';
import { ModelRebuild, NEXT } from './model-rebuild.ts';
import type { ReadModel } from './read-model.ts';
import { openReadStore } from './read-store.ts';
import type { ReadDatabase } from './tables.ts';
import { makeBookkeeping, makeTable } from './tables.ts';

jest.setTimeout(240_000);

const { put, add, addToAll, spoil, take } = happenings;
/** Like the others, but every event names its row itself: none is known to be the first of its row. */
const named: ReadModel = {
  ...shelves,
  name: 'named',
  on: Object.fromEntries(Object.entries(shelves.on).map(([type, rule]) => [type, { keys: ({ id }) => id, ...rule }])),
};
const MODELS: readonly ReadModel[] = [shelves, { ...numbered, on: named.on }, ticker, named];

let database: TestDatabase;
let store: EventStore;
let db: Kysely<ReadDatabase>;
beforeAll(async () => {
  database = await testDatabase();
  store = await postgresEventStore(database.pool);
  db = new Kysely<ReadDatabase>({ dialect: new PostgresDialect({ pool: database.pool }) });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

async function dump(schema: string): Promise<unknown> {
  const rows = async (sql: string) => (await database.pool.query(sql)).rows as unknown[];
  const tables = MODELS.map(({ name }) => rows(`SELECT * FROM ${schema}.${name} ORDER BY key, from_pos`));
  const counts = rows(`SELECT * FROM ${schema}.counts WHERE n <> 0 ORDER BY model, index, value`);
  return [
    await Promise.all(tables),
    await counts,
    await rows(`SELECT * FROM ${schema}.quarantine ORDER BY model, key`),
  ];
}

const n = integer({ min: 0, max: 5 });
const message = oneof(
  { weight: 3, arbitrary: n.map(put) },
  { weight: 5, arbitrary: n.map(add) },
  { weight: 2, arbitrary: n.map((n) => addToAll(n, 1, 2)) },
  { weight: 3, arbitrary: constantFrom(take()) },
  { weight: 1, arbitrary: constantFrom(spoil()) },
);
/** What happens to shelves 1 to 3, and whether all rows leave the memory after it. */
const story = array(tuple(integer({ min: 1, max: 3 }), array(message, { minLength: 1, maxLength: 3 }), boolean()), {
  minLength: 1,
  maxLength: 15,
});

it('comes to the same rows whenever they have to leave the memory', async () => {
  const property = asyncProperty(story, async (told) => {
    await store.close();
    await database.pool.query(
      `TRUNCATE log.events, log.streams; DROP SCHEMA IF EXISTS read CASCADE; DROP SCHEMA IF EXISTS ${NEXT} CASCADE`,
    );
    store = await postgresEventStore(database.pool);
    const log = new ExampleLog(store);
    const ends: { readonly at: bigint; readonly spilled: boolean }[] = [];
    for (const [id, messages, spilled] of told) ends.push({ at: await log.tell(id, ...messages), spilled });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const { projector } = openReadStore({ store, pool: database.pool, models: MODELS, onError });
    await projector.start();
    expect(await projector.caughtUp(await store.head(), 20_000)).toBe(true);
    await projector.stop();

    await makeBookkeeping(db, NEXT);
    for (const model of MODELS) await makeTable(db, model, NEXT);
    const counts = new CountChanges();
    const rebuilds = MODELS.map((model) => new ModelRebuild(db, model, counts));
    const events = await log.events();
    let before = 0n;
    for (const { at, spilled } of ends) {
      const part = events.filter(({ position }) => position > before && position <= at);
      for (const one of rebuilds) await one.fold(part);
      for (const one of spilled ? rebuilds : []) {
        await one.spill();
        expect(one.size).toBe(0);
      }
      if (spilled) await counts.write(db, NEXT);
      before = at;
    }
    for (const one of rebuilds) await one.finish();
    await counts.write(db, NEXT);
    expect(await dump(NEXT)).toEqual(await dump('read'));
    expect(errors).toEqual([]);
  });
  await assert(property, { numRuns: 8, endOnFailure: true });
});
