import type { Kysely } from 'kysely';
import { sql } from 'kysely';
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

/** Makes the tables that are not there. */
export async function makeTables(db: Kysely<ReadDatabase>, models: readonly ReadModel[]): Promise<void> {
  await sql`CREATE SCHEMA IF NOT EXISTS read`.execute(db);
  await sql`
    CREATE TABLE IF NOT EXISTS read.checkpoint (
      name text PRIMARY KEY, position bigint NOT NULL, shape text NOT NULL
    )`.execute(db);
  await sql`
    CREATE TABLE IF NOT EXISTS read.quarantine (
      model text NOT NULL, key text NOT NULL, position bigint NOT NULL, error text NOT NULL, PRIMARY KEY (model, key)
    )`.execute(db);
  for (const model of models) await makeTable(db, model);
}

async function makeTable(db: Kysely<ReadDatabase>, model: ReadModel): Promise<void> {
  const table = sql.id('read', model.name);
  const indexes = Object.keys(model.indexes);
  const columns = indexes.map((name) => sql`, ${sql.id(indexColumn(name))} text COLLATE "C"`);
  const key = sql.raw(model.key === 'integer' ? 'bigint' : 'text COLLATE "C"');
  await sql`
    CREATE TABLE IF NOT EXISTS ${table} (
      key ${key} NOT NULL, from_pos bigint NOT NULL, to_pos bigint, row text NOT NULL ${sql.join(columns, sql``)},
      PRIMARY KEY (key, from_pos)
    )`.execute(db);
  await sql`
    CREATE UNIQUE INDEX IF NOT EXISTS ${sql.id(`${model.name}_live`)} ON ${table} (key) WHERE to_pos IS NULL`.execute(
    db,
  );
  for (const name of indexes) {
    await sql`
      CREATE INDEX IF NOT EXISTS ${sql.id(`${model.name}_${name}`)}
      ON ${table} (${sql.id(indexColumn(name))}, key) WHERE to_pos IS NULL`.execute(db);
  }
}

/** Drops all tables of read models, those of models that are no more included. */
export async function dropTables(db: Kysely<ReadDatabase>): Promise<void> {
  await sql`DROP SCHEMA IF EXISTS read CASCADE`.execute(db);
}
