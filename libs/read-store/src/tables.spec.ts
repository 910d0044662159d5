import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect } from 'kysely';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ReadModel } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import { makeBookkeeping, makeEmptyTables } from './tables.ts';

const model = (name: string, version = 1, indexes: ReadModel['indexes'] = { kind: () => null }): ReadModel => ({
  name,
  version,
  key: 'text',
  history: true,
  indexes,
  on: {},
});
const many = (count: number): readonly ReadModel[] => Array.from({ length: count }, (_, n) => model(`many${n}`));

let database: TestDatabase;
let db: Kysely<ReadDatabase>;

beforeAll(async () => {
  database = await testDatabase();
  db = new Kysely<ReadDatabase>({ dialect: new PostgresDialect({ pool: database.pool }) });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('DROP SCHEMA IF EXISTS read CASCADE');
  await makeBookkeeping(db);
});

const column = async (query: string): Promise<unknown[]> =>
  (await database.pool.query<[unknown]>({ text: query, rowMode: 'array' })).rows.map(([value]) => value);

it('makes the tables of many models, with their indexes and their versions', async () => {
  await makeEmptyTables(db, many(200));
  expect(await column('SELECT count(*)::int FROM read.models WHERE version = 1')).toEqual([200]);
  for (const name of ['many0', 'many31', 'many32', 'many199']) {
    expect(await column(`SELECT count(*)::int FROM read.${name}`)).toEqual([0]);
    expect(await column(`SELECT indexname FROM pg_indexes WHERE tablename = '${name}' ORDER BY indexname`)).toEqual([
      `${name}_kind`,
      `${name}_kind_past`,
      `${name}_live`,
      `${name}_versions`,
    ]);
  }
});

it('makes tables anew that are there in another shape, and leaves the others alone', async () => {
  await makeEmptyTables(db, many(3));
  for (const name of ['many1', 'many2']) {
    await database.pool.query(`INSERT INTO read.${name} VALUES ('a', 1, NULL, '{}', NULL)`);
    await database.pool.query('INSERT INTO read.counts VALUES ($1, $2, $2, 1)', [name, '']);
  }
  await makeEmptyTables(db, [model('many1', 2, {})]);
  expect(await column('SELECT key FROM read.many1')).toEqual([]);
  expect(await column('SELECT key FROM read.many2')).toEqual(['a']);
  expect(await column('SELECT model FROM read.counts')).toEqual(['many2']);
  expect(await column('SELECT version FROM read.models ORDER BY name')).toEqual([1, 2, 1]);
});

it('makes nothing where there is nothing to make', async () => {
  await makeEmptyTables(db, []);
  expect(await column('SELECT name FROM read.models')).toEqual([]);
});

it('leaves no table of a group behind of which one cannot be made', async () => {
  await expect(makeEmptyTables(db, [model('good'), model('counts')])).rejects.toThrow();
  expect(await column('SELECT name FROM read.models')).toEqual([]);
  expect(await column(`SELECT tablename FROM pg_tables WHERE tablename = 'good'`)).toEqual([]);
});
