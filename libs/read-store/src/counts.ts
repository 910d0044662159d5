import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Changes } from './batch.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import type { Where } from './where.ts';
import { indexText, isPlain, tagText } from './where.ts';

/** Which rows a count is of: all rows of a model, or those with this value of one index. */
interface Counted {
  readonly model: string;
  /** Name of the index; empty: all rows. */
  readonly index: string;
  /** Value of the index; null is written as the empty text with a mark. */
  readonly value: string;
}

const NULL = '\u0001null';

/** The count a list asks for, where it is one that is kept: without a condition, or with a single one. */
export function countedBy(model: ReadModel, where: Where): Counted | undefined {
  if (!isPlain(where)) return undefined;
  const conditions = Object.entries(where);
  const [index, value] = conditions[0] ?? ['', ''];
  if (conditions.length > 1) return undefined;
  if (model.tags?.[index]) {
    // How many have none at all is not kept.
    return value === null ? undefined : { model: model.name, index, value: tagText(String(value)) };
  }
  return { model: model.name, index, value: index === '' ? '' : (indexText(value) ?? NULL) };
}

/** How the counts of a model change by a batch. */
export class CountChanges {
  readonly #changes = new Map<string, Counted & { n: number }>();

  /** Takes in what a batch did to the rows of a model; `live` holds the rows before it. */
  add(model: ReadModel, { ended, versions }: Changes, live: ReadonlyMap<Key, object>): void {
    for (const { key } of ended) {
      const row = live.get(key);
      if (row) this.#row(model, row, -1);
    }
    for (const { to, row } of versions) if (to === undefined) this.#row(model, row, 1);
  }

  /** The counts that change, and by how much. */
  list(): readonly (Counted & { readonly n: number })[] {
    return [...this.#changes.values()].filter(({ n }) => n !== 0);
  }

  /** How many counts change. */
  get size(): number {
    return this.#changes.size;
  }

  /** Adds the changes to the kept counts, and begins anew. */
  async write(db: Kysely<ReadDatabase>, schema = 'read'): Promise<void> {
    const changes = this.list();
    this.#changes.clear();
    if (changes.length === 0) return;
    await sql`
      INSERT INTO ${sql.id(schema, 'counts')} AS c (model, index, value, n)
      SELECT * FROM unnest(
        ${changes.map(({ model }) => model)}::text[], ${changes.map(({ index }) => index)}::text[],
        ${changes.map(({ value }) => value)}::text[], ${changes.map(({ n }) => n)}::bigint[])
      ON CONFLICT (model, index, value) DO UPDATE SET n = c.n + excluded.n`.execute(db);
  }

  #row(model: ReadModel, row: object, by: number): void {
    this.#count({ model: model.name, index: '', value: '' }, by);
    for (const [index, value] of Object.entries(model.indexes)) {
      this.#count({ model: model.name, index, value: indexText(value(row)) ?? NULL }, by);
    }
    for (const [index, tags] of Object.entries(model.tags ?? {})) {
      for (const tag of new Set(tags(row))) this.#count({ model: model.name, index, value: tagText(tag) }, by);
    }
  }

  #count(counted: Counted, by: number): void {
    const id = `${counted.model}\u0000${counted.index}\u0000${counted.value}`;
    const change = this.#changes.get(id) ?? { ...counted, n: 0 };
    change.n += by;
    this.#changes.set(id, change);
  }
}

/** A kept count. */
export async function readCount(db: Kysely<ReadDatabase>, { model, index, value }: Counted): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    SELECT n FROM read.counts WHERE model = ${model} AND index = ${index} AND value = ${value}`.execute(db);
  return Number(rows[0]?.n ?? 0);
}
