import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Changes } from './batch.ts';
import type { ReadModel } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import { columnsOf } from './tables.ts';

/**
 * Writes what a batch has done to the rows of one model into its table; `schema` is where the table stands. Rows that end
 * are looked up one by one: where there are some, live rows have to have their index.
 */
export async function writeRows(
  db: Kysely<ReadDatabase>,
  model: ReadModel,
  { ended, versions }: Changes,
  schema = 'read',
): Promise<void> {
  const table = sql.id(schema, model.name);
  const keyType = sql.raw(model.key === 'integer' ? 'bigint[]' : 'text[]');
  if (ended.length > 0) {
    const keys = ended.map(({ key }) => String(key));
    if (model.history) {
      await sql`
        UPDATE ${table} AS r SET to_pos = v.at
        FROM unnest(${keys}::${keyType}, ${ended.map(({ at }) => at.toString())}::bigint[]) AS v(key, at)
        CROSS JOIN LATERAL (SELECT ctid FROM ${table} WHERE key = v.key AND to_pos IS NULL LIMIT 1) AS live
        WHERE r.ctid = live.ctid`.execute(db);
    } else {
      await sql`DELETE FROM ${table} WHERE key = ANY (${keys}::${keyType})`.execute(db);
    }
  }
  if (versions.length === 0) return;
  const indexes = columnsOf(model);
  const columns: RawBuilder<unknown>[] = [
    sql`${versions.map(({ key }) => String(key))}::${keyType}`,
    sql`${versions.map(({ from }) => from.toString())}::bigint[]`,
    sql`${versions.map(({ to }) => to?.toString() ?? null)}::bigint[]`,
    sql`${versions.map(({ text }) => text)}::text[]`,
    ...indexes.map(({ textOf }) => sql`${versions.map(({ row }) => textOf(row))}::text[]`),
  ];
  const names = ['key', 'from_pos', 'to_pos', 'row', ...indexes.map(({ column }) => column)];
  await sql`
    INSERT INTO ${table} (${sql.join(names.map((name) => sql.id(name)))})
    SELECT * FROM unnest(${sql.join(columns)})`.execute(db);
}
