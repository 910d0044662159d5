import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Poisoned } from './batch.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';

/** Rows that an event could not be folded into, by model: they stay as they were, and later events pass them by. */
export class Quarantine {
  readonly #keys = new Map<string, Set<Key>>();

  get all(): ReadonlyMap<string, ReadonlySet<Key>> {
    return this.#keys;
  }

  /** Those of one model. */
  of(model: string): ReadonlySet<Key> {
    return this.#of(model);
  }

  add(poisoned: readonly Poisoned[]): void {
    for (const { model, key } of poisoned) this.#of(model).add(key);
  }

  /** Takes over what the bookkeeping says. */
  async read(db: Kysely<ReadDatabase>, models: readonly ReadModel[]): Promise<void> {
    const { rows } = await sql<{ model: string; key: string }>`SELECT model, key FROM read.quarantine`.execute(db);
    this.#keys.clear();
    for (const { model, key } of rows) {
      const integer = models.find(({ name }) => name === model)?.key === 'integer';
      this.#of(model).add(integer ? Number(key) : key);
    }
  }

  #of(model: string): Set<Key> {
    const keys = this.#keys.get(model) ?? new Set<Key>();
    this.#keys.set(model, keys);
    return keys;
  }
}

/** A row that an event could not be folded into. */
export interface QuarantinedRow {
  readonly model: string;
  readonly key: string;
  /** Of the event, in the log. */
  readonly position: number;
  /** Why, in words. */
  readonly error: string;
}

/** Some of the rows that an event could not be folded into, as they are written down for all servers. */
export async function quarantinedRows(pool: Pool, count: number): Promise<readonly QuarantinedRow[]> {
  const text = 'SELECT model, key, position, error FROM read.quarantine ORDER BY model, key LIMIT $1';
  const { rows } = await pool.query<Omit<QuarantinedRow, 'position'> & { readonly position: string }>(text, [count]);
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

/** Writes down which rows could not be folded on; `schema` is where that is kept. */
export async function writeQuarantine(
  db: Kysely<ReadDatabase>,
  poisoned: readonly Poisoned[],
  schema: string,
): Promise<void> {
  for (const { model, key, position, error } of poisoned) {
    await sql`
      INSERT INTO ${sql.id(schema, 'quarantine')} VALUES (${model}, ${String(key)}, ${position.toString()}, ${error})
      ON CONFLICT DO NOTHING`.execute(db);
  }
}
