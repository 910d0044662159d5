import type { PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';
import { textArray } from '#event-store';
import type { Column, LedgerSequence, LedgerTable } from './backup-format.ts';
import type { Row } from './backup-reader.ts';

/** The schema of everything that was done to the outside and cannot be made from the log. */
const SCHEMA = 'ledger';

/** Rows that are fetched at once; none is larger than a few hundred kilobytes. */
const PAGE = 50;

const TABLES = `
SELECT c.relname AS name,
  (SELECT json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity) ORDER BY a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT coalesce(json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid))
      ORDER BY k.conname), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c')) AS constraints,
  (SELECT coalesce(json_agg(pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid), '[]')
    FROM pg_index i WHERE i.indrelid = c.oid
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)) AS indexes
FROM pg_class c WHERE c.relnamespace = to_regnamespace('${SCHEMA}') AND c.relkind = 'r' ORDER BY c.relname`;

const SEQUENCES = `
SELECT c.relname AS name, EXISTS (SELECT 1 FROM pg_depend d
  WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0) AS owned
FROM pg_class c WHERE c.relnamespace = to_regnamespace('${SCHEMA}') AND c.relkind = 'S' ORDER BY c.relname`;

const table = (name: string): string => `${SCHEMA}.${escapeIdentifier(name)}`;

/** The ledgers there are. */
export async function ledgerTables(client: PoolClient): Promise<readonly LedgerTable[]> {
  return (await client.query<LedgerTable>(TABLES)).rows;
}

/** How far ids were handed out: not a moment's picture, but never less than what the transaction of `client` can see. */
export async function ledgerSequences(client: PoolClient): Promise<readonly LedgerSequence[]> {
  const { rows } = await client.query<Pick<LedgerSequence, 'name' | 'owned'>>(SEQUENCES);
  const found: LedgerSequence[] = [];
  for (const { name, owned } of rows) {
    const state = await client.query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${table(name)}`,
    );
    const [{ last, called } = { last: '1', called: false }] = state.rows;
    found.push({ name, owned, last, called });
  }
  return found;
}

/** All rows of a ledger, a page at a time. */
export async function* ledgerRows(client: PoolClient, { name, columns }: LedgerTable): AsyncGenerator<readonly Row[]> {
  const texts = columns.map((column) => `${escapeIdentifier(column.name)}::text`).join(', ');
  await client.query(`DECLARE ledger_rows NO SCROLL CURSOR FOR SELECT ${texts} FROM ${table(name)}`);
  for (;;) {
    const { rows } = await client.query<Row>({ text: `FETCH ${PAGE} FROM ledger_rows`, rowMode: 'array' } as never);
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query('CLOSE ledger_rows');
}

/** Makes the tables of ledgers, without what is made best when the rows are there. */
export async function makeLedgers(client: PoolClient, tables: readonly LedgerTable[]): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  for (const { name, columns } of tables) {
    await client.query(`CREATE TABLE ${table(name)} (${columns.map(columnText).join(', ')})`);
  }
}

function columnText({ name, type, notNull, default: value, identity }: Column): string {
  const made = identity === '' ? '' : ` GENERATED ${identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`;
  const usual = value === null ? '' : ` DEFAULT ${value}`;
  return `${escapeIdentifier(name)} ${type}${notNull ? ' NOT NULL' : ''}${usual}${made}`;
}

/** Puts rows into a ledger that was made. */
export async function addLedgerRows(
  client: PoolClient,
  { name, columns }: LedgerTable,
  rows: readonly Row[],
): Promise<void> {
  const names = columns.map((column) => escapeIdentifier(column.name));
  const values = columns.map(({ type }, n) => `t.c${n}::${type}`);
  const lists = columns.map((_, n) => `$${n + 1}::text[]`);
  await client.query(
    `INSERT INTO ${table(name)} (${names.join(', ')}) OVERRIDING SYSTEM VALUE
     SELECT ${values.join(', ')} FROM unnest(${lists.join(', ')}) AS t(${columns.map((_, n) => `c${n}`).join(', ')})`,
    columns.map((_, n) => columnOf(rows, n)),
  );
}

function columnOf(rows: readonly Row[], n: number): unknown {
  const values = rows.map((row) => row[n] ?? null);
  return values.every((value) => value !== null) ? textArray(values) : values;
}

/** Makes what ledgers have beside their rows, and has ids go on behind those that were handed out. */
export async function finishLedgers(
  client: PoolClient,
  tables: readonly LedgerTable[],
  sequences: readonly LedgerSequence[],
): Promise<void> {
  for (const { name, constraints, indexes } of tables) {
    for (const { name: rule, definition } of constraints) {
      await client.query(`ALTER TABLE ${table(name)} ADD CONSTRAINT ${escapeIdentifier(rule)} ${definition}`);
    }
    for (const index of indexes) await client.query(index);
  }
  for (const { name, owned, last, called } of sequences) {
    if (!owned) await client.query(`CREATE SEQUENCE ${table(name)}`);
    await client.query('SELECT setval($1, $2, $3)', [table(name), last, called]);
  }
}
