import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Upcasters, Position, StoredEvent } from '#event-store';
import type { Changes } from './batch.ts';
import { foldBatch, keysIn } from './batch.ts';
import { CHECKPOINT, readCheckpoint, Superseded } from './checkpoint.ts';
import { CountChanges } from './counts.ts';
import { flushBatch } from './flush-batch.ts';
import type { RowCache } from './row-cache.ts';
import type { PageCache } from './page-cache.ts';
import { Quarantine } from './quarantine.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import { recorded } from './read-model.ts';
import { tables } from './table-view.ts';
import type { ReadDatabase } from './tables.ts';
import { dropTable, makeBooks, makeEmptyTables } from './tables.ts';

export interface ProjectionOptions {
  readonly pool: Pool;
  readonly db: Kysely<ReadDatabase>;
  readonly models: readonly ReadModel[];
  readonly past?: Upcasters;
  readonly live: RowCache;
  readonly pages: PageCache;
}

/**
 * The rows of the read models and how far they have come: folds each batch in memory and writes the changed rows together
 * with the checkpoint in one transaction.
 */
export class Projection {
  readonly quarantine = new Quarantine();
  readonly #options: ProjectionOptions;
  #reached: Position = 0n;

  constructor(options: ProjectionOptions) {
    this.#options = options;
  }

  /** How far the rows have come, as far as this process knows. */
  get reached(): Position {
    return this.#reached;
  }

  /** Looks how far they have come. */
  async look(): Promise<Position> {
    const found = await readCheckpoint(this.#options.pool);
    // A look that took long may be behind what was written meanwhile.
    if (found > this.#reached) this.#reached = found;
    return this.#reached;
  }

  /**
   * Makes the books ready and looks into them; the tables of models that are no more go.
   * @returns the models that have to be made from the log: they are new, or have another shape than their rows
   */
  async prepare(): Promise<readonly ReadModel[]> {
    const { db, models } = this.#options;
    await makeBooks(db);
    await sql`INSERT INTO read.checkpoint VALUES (${CHECKPOINT}, 0) ON CONFLICT DO NOTHING`.execute(db);
    await this.look();
    const { rows } = await sql<{ name: string; version: number }>`SELECT name, version FROM read.models`.execute(db);
    const known = new Map(rows.map(({ name, version }) => [name, version]));
    for (const name of known.keys()) if (!models.some((model) => model.name === name)) await dropTable(db, name);
    const stale = models.filter(({ name, version }) => known.get(name) !== version);
    if (this.#reached > 0n) return stale;
    await makeEmptyTables(db, stale);
    return [];
  }

  async readQuarantine(): Promise<void> {
    await this.quarantine.read(this.#options.db, this.#options.models);
  }

  parse(events: readonly StoredEvent[]): Recorded[] {
    return events.map((event) => recorded(event, this.#options.past));
  }

  /** Takes in the next events, up to `end`. @throws Superseded where the rows are not where this process left them */
  async take(stored: readonly StoredEvent[], end: Position): Promise<void> {
    const { pool, models, live, pages } = this.#options;
    const events = this.parse(stored);
    const done: { model: ReadModel; changes: Changes }[] = [];
    const counts = new CountChanges();
    for (const model of models) {
      const keys = keysIn(model, events);
      if (keys.length === 0) continue;
      const before = await this.#before(model, keys, events);
      const changes = foldBatch(model, events, before, this.quarantine.of(model.name));
      counts.add(model, changes, before);
      done.push({ model, changes });
    }
    const checkpoint = { name: CHECKPOINT, reached: this.#reached, until: end };
    // Where the checkpoint is not where this process left it, somebody else projects, or this batch was written and only
    // the answer was lost: either way it may not be written again.
    if (!(await flushBatch(pool, checkpoint, { changes: done, counts }))) throw new Superseded();
    for (const { model, changes } of done) {
      live.apply(model, changes);
      pages.changed(model.name);
      this.quarantine.add(changes.poisoned);
    }
    this.#reached = end;
  }

  /** The rows a batch concerns as they are; the first event of a stream finds no row of that name. */
  async #before(model: ReadModel, keys: readonly Key[], events: readonly Recorded[]): Promise<Map<Key, object>> {
    const byStream = Object.values(model.on).every((rule) => !rule.keys);
    const first = byStream ? events.filter(({ revision }) => revision === 0) : [];
    const fresh = new Set(keysIn(model, first));
    const rows = new Map<Key, object>();
    const missing: Key[] = [];
    for (const key of keys) {
      const kept = this.#options.live.get(model, key);
      if (kept) rows.set(key, kept.row);
      else if (kept === undefined && !fresh.has(key)) missing.push(key);
    }
    if (missing.length === 0) return rows;
    for (const [key, { row }] of await tables(this.#options.db).read(model, missing)) rows.set(key, row);
    return rows;
  }
}
