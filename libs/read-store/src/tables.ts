import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { FLUSH_FUNCTION } from './flush-function.ts';
import type { ReadModel } from './read-model.ts';
import { indexText, TAG_SEPARATOR, tagsText } from './where.ts';

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

/** The columns of a model's indexes and tags, and what stands in them for a row. */
export const columnsOf = ({
  indexes,
  tags = {},
}: ReadModel): readonly { readonly column: string; readonly textOf: (row: object) => string | null }[] => [
  ...Object.entries(indexes).map(([name, of]) => ({
    column: indexColumn(name),
    textOf: (row: object) => indexText(of(row)),
  })),
  ...Object.entries(tags).map(([name, of]) => ({
    column: indexColumn(name),
    textOf: (row: object) => tagsText(of(row)),
  })),
];

/** The tags in a column, as an array; rows without tags are not in the index over it. */
export const tagArray = (name: string): RawBuilder<unknown> =>
  sql`string_to_array(${sql.ref(indexColumn(name))}, ${sql.lit(TAG_SEPARATOR)})`;

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

/** How many tables are made in one transaction: each locks its indexes too, and a server has some 6,000 locks for all connections. */
const MAX_TABLES_AT_ONCE = 32;
/** On how many connections tables are made at a time. */
const MAX_CONNECTIONS = 4;

const tableOf = (model: ReadModel, schema: string): RawBuilder<unknown> => {
  const columns = columnsOf(model).map(({ column }) => sql`, ${sql.id(column)} text COLLATE "C"`);
  const key = sql.raw(model.key === 'integer' ? 'bigint' : 'text COLLATE "C"');
  return sql`
    CREATE TABLE IF NOT EXISTS ${sql.id(schema, model.name)} (
      key ${key} NOT NULL, from_pos bigint NOT NULL, to_pos bigint, row text NOT NULL ${sql.join(columns, sql``)}
    )`;
};

function indexesOf(model: ReadModel, schema: string): readonly RawBuilder<unknown>[] {
  const table = sql.id(schema, model.name);
  const index = (name: string, unique: boolean, what: RawBuilder<unknown>) =>
    sql`CREATE ${sql.raw(unique ? 'UNIQUE' : '')} INDEX IF NOT EXISTS ${sql.id(`${model.name}_${name}`)} ON ${table} ${what}`;
  return [
    // With what tells whether a version held at a position, so that lists of the past are counted in the index alone.
    index('versions', true, sql`(key, from_pos) INCLUDE (to_pos)`),
    index('live', true, sql`(key) WHERE to_pos IS NULL`),
    ...Object.keys(model.indexes).map((name) =>
      index(name, false, sql`(${sql.id(indexColumn(name))}, key) WHERE to_pos IS NULL`),
    ),
    ...(model.history ? Object.keys(model.indexes) : []).map((name) =>
      index(`${name}_past`, false, sql`(${sql.id(indexColumn(name))}, key) INCLUDE (from_pos, to_pos)`),
    ),
    ...Object.keys(model.tags ?? {}).map((name) =>
      index(
        name,
        false,
        sql`USING gin (${tagArray(name)}) WHERE to_pos IS NULL AND ${sql.id(indexColumn(name))} IS NOT NULL`,
      ),
    ),
  ];
}

/** Makes the table of a model, without what makes finding fast. */
export async function makeTable(db: Kysely<ReadDatabase>, model: ReadModel, schema = 'read'): Promise<void> {
  await tableOf(model, schema).execute(db);
}

/** Makes what makes finding fast in the table of a model. */
export async function makeIndexes(db: Kysely<ReadDatabase>, model: ReadModel, schema = 'read'): Promise<void> {
  for (const index of indexesOf(model, schema)) await index.execute(db);
}

/**
 * Makes the tables of models anew, empty, whatever was there before, and enters them in the books: many in one request
 * and one transaction, on several connections, so that a first start with hundreds of models takes seconds.
 */
export async function makeEmptyTables(db: Kysely<ReadDatabase>, models: readonly ReadModel[]): Promise<void> {
  const there = await sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'read'`.execute(
    db,
  );
  const known = new Set(there.rows.map(({ name }) => name));
  const groups = Array.from({ length: Math.ceil(models.length / MAX_TABLES_AT_ONCE) }, (_, n) =>
    models.slice(n * MAX_TABLES_AT_ONCE, (n + 1) * MAX_TABLES_AT_ONCE),
  );
  const worker = async (): Promise<void> => {
    for (let group = groups.shift(); group; group = groups.shift()) await emptyTables(group, known).execute(db);
  };
  await Promise.all(Array.from({ length: MAX_CONNECTIONS }, worker));
}

/** One transaction, because statements without parameters that are sent together are one. */
function emptyTables(models: readonly ReadModel[], known: ReadonlySet<string>): RawBuilder<unknown> {
  const statements = models.flatMap((model) => [
    ...(known.has(model.name) ? [sql`DROP TABLE ${sql.id('read', model.name)}`] : []),
    tableOf(model, 'read'),
    ...indexesOf(model, 'read'),
  ]);
  const names = sql.join(models.map(({ name }) => sql.lit(name)));
  const versions = sql.join(models.map(({ name, version }) => sql`(${sql.lit(name)}, ${sql.lit(version)})`));
  const books = [
    ...['counts', 'quarantine'].map((book) => sql`DELETE FROM ${sql.id('read', book)} WHERE model IN (${names})`),
    sql`DELETE FROM read.models WHERE name IN (${names})`,
    sql`INSERT INTO read.models VALUES ${versions}`,
  ];
  return sql.join([...statements, ...books], sql.raw(';\n'));
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
