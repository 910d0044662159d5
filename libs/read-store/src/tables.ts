import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { FLUSH_FUNCTION } from './flush-function.ts';
import type { ReadModel } from './read-model.ts';

/** A row of a read model as its table holds it: from one position of the log to another (null: still). */
export interface StoredRow {
  readonly key: string;
  readonly from_pos: string;
  readonly to_pos: string | null;
  /** JSON text. */
  readonly row: string;
}

/** Tables of read models, by name; the columns of indexes come on top. */
export type ReadDatabase = Readonly<Record<string, StoredRow>>;

/** The column an index of a model lives in. */
export const indexColumn = (name: string): string => `i_${name}`;

/** Makes the tables that keep count of the read models, where they are not there. */
export async function makeBookkeeping(db: Kysely<ReadDatabase>, schema = 'read'): Promise<void> {
  const table = (name: string) => sql.id(schema, name);
  await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(schema)}`.execute(db);
  await sql`CREATE TABLE IF NOT EXISTS ${table('checkpoint')} (name text PRIMARY KEY, position bigint NOT NULL)`.execute(
    db,
  );
  await sql`CREATE TABLE IF NOT EXISTS ${table('models')} (name text PRIMARY KEY, version int NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE IF NOT EXISTS ${table('counts')} (
      model text NOT NULL, index text NOT NULL, value text NOT NULL, n bigint NOT NULL, PRIMARY KEY (model, index, value)
    )`.execute(db);
  await sql`
    CREATE TABLE IF NOT EXISTS ${table('quarantine')} (
      model text NOT NULL, key text NOT NULL, position bigint NOT NULL, error text NOT NULL, PRIMARY KEY (model, key)
    )`.execute(db);
  if (schema === 'read') await sql.raw(FLUSH_FUNCTION).execute(db);
}

/** Makes the table of a model, without what makes finding fast. */
export async function makeTable(db: Kysely<ReadDatabase>, model: ReadModel, schema = 'read'): Promise<void> {
  const columns = Object.keys(model.indexes).map((name) => sql`, ${sql.id(indexColumn(name))} text COLLATE "C"`);
  const key = sql.raw(model.key === 'integer' ? 'bigint' : 'text COLLATE "C"');
  await sql`
    CREATE TABLE IF NOT EXISTS ${sql.id(schema, model.name)} (
      key ${key} NOT NULL, from_pos bigint NOT NULL, to_pos bigint, row text NOT NULL ${sql.join(columns, sql``)}
    )`.execute(db);
}

/** Makes what makes finding fast in the table of a model. */
export async function makeIndexes(db: Kysely<ReadDatabase>, model: ReadModel, schema = 'read'): Promise<void> {
  const table = sql.id(schema, model.name);
  const make = (name: string, unique: boolean, what: ReturnType<typeof sql>) =>
    sql`CREATE ${sql.raw(unique ? 'UNIQUE' : '')} INDEX IF NOT EXISTS ${sql.id(`${model.name}_${name}`)} ON ${table} ${what}`.execute(
      db,
    );
  await make('versions', true, sql`(key, from_pos)`);
  await makeLiveIndex(db, model, schema);
  for (const name of Object.keys(model.indexes)) {
    await make(name, false, sql`(${sql.id(indexColumn(name))}, key) WHERE to_pos IS NULL`);
  }
}

/** Makes what makes finding live rows by their key fast. */
export async function makeLiveIndex(db: Kysely<ReadDatabase>, { name }: ReadModel, schema = 'read'): Promise<void> {
  await sql`
    CREATE UNIQUE INDEX IF NOT EXISTS ${sql.id(`${name}_live`)} ON ${sql.id(schema, name)} (key)
    WHERE to_pos IS NULL`.execute(db);
}

/** Removes the table of a model that is no more, and what is kept count of for it. */
export async function dropTable(db: Kysely<ReadDatabase>, name: string): Promise<void> {
  await sql`DROP TABLE IF EXISTS ${sql.id('read', name)}`.execute(db);
  await sql`DELETE FROM read.models WHERE name = ${name}`.execute(db);
  await forget(db, name);
}

/** Removes what is kept count of for the rows of a model. */
export async function forget(db: Kysely<ReadDatabase>, name: string): Promise<void> {
  await sql`DELETE FROM read.counts WHERE model = ${name}`.execute(db);
  await sql`DELETE FROM read.quarantine WHERE model = ${name}`.execute(db);
}
