import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Position, StoredEvent, Upcasters } from '#event-store';
import { recorded } from '#event-store';
import { foldBatch, freshKeys, keysIn } from './batch.ts';
import { CHECKPOINT, readCheckpoint } from './checkpoint.ts';
import type { KeyLists } from './key-lists.ts';
import type { RowCache } from './row-cache.ts';
import type { PageCache } from './page-cache.ts';
import { dropTable, makeBookkeeping, makeEmptyTables } from './tables.ts';
import { Quarantine } from './quarantine.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import { tables } from './table-view.ts';
import type { ReadDatabase } from './tables.ts';
import type { Folded } from './write-behind.ts';
import { WriteBehind } from './write-behind.ts';

export interface ProjectionOptions {
  readonly pool: Pool;
  readonly db: Kysely<ReadDatabase>;
  readonly models: readonly ReadModel[];
  /** Old shapes of events. */
  readonly upcasters?: Upcasters;
  readonly live: RowCache;
  readonly pages: PageCache;
  readonly lists: KeyLists;
  /** How much may be folded and not written, in characters of row texts. */
  readonly maxPending?: number;
}

/**
 * The rows of the read models and how far they have come: folds each batch in memory, where answers are read from, and
 * has the changed rows written behind, together with the checkpoint.
 */
export class Projection {
  readonly quarantine = new Quarantine();
  readonly #options: ProjectionOptions;
  /** The models that have rows; the others are being made from the log. */
  #ready: readonly ReadModel[];
  #reached: Position = 0n;
  /** The furthest position this process has told anybody to be shown. */
  #shown: Position = 0n;
  /** Whether the tables may have been taken back since it was looked. */
  #uncertain = false;
  #looks = 0;
  #lastLook = 0;
  #behind: WriteBehind | undefined;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#ready = options.models;
  }

  /** How far the rows have come, as far as this process knows. */
  get reached(): Position {
    return this.#reached;
  }

  /** Whether an answer may have shown more than the rows show now. */
  get fallenBack(): boolean {
    return this.#uncertain || this.#reached < this.#shown;
  }

  /** The furthest position that answers may have shown. */
  get shown(): Position {
    return this.#shown;
  }

  /** Answers may show less than they once did: whoever was waited for does not come. */
  giveUpShown(): void {
    this.#shown = this.#reached;
    this.#uncertain = false;
  }

  /** What was folded and not written. */
  get behind(): WriteBehind | undefined {
    return this.#behind;
  }

  /** Whether all models have rows. */
  get complete(): boolean {
    return this.#ready.length === this.#options.models.length;
  }

  /** Whether a model has rows. */
  has({ name }: ReadModel): boolean {
    return this.complete || this.#ready.some((model) => model.name === name);
  }

  /** Looks how far the tables have come; they may have been taken back by a crash of the database. */
  async look(): Promise<Position> {
    this.#looks += 1;
    const look = this.#looks;
    const found = await readCheckpoint(this.#options.pool);
    // One that took long may be behind another, or behind what was folded meanwhile.
    if (look > this.#lastLook && !this.#behind) {
      this.#lastLook = look;
      this.#uncertain = false;
      this.#moveTo(found);
    }
    return found;
  }

  /**
   * Makes the bookkeeping tables ready and looks into them; the tables of models that are no more go.
   * @returns the models that have to be made from the log: they are new, or have another shape than their rows
   */
  async prepare(): Promise<readonly ReadModel[]> {
    const { db, models } = this.#options;
    await makeBookkeeping(db);
    await sql`INSERT INTO read.checkpoint VALUES (${CHECKPOINT}, 0) ON CONFLICT DO NOTHING`.execute(db);
    await this.look();
    const { rows } = await sql<{ name: string; version: number }>`SELECT name, version FROM read.models`.execute(db);
    const known = new Map(rows.map(({ name, version }) => [name, version]));
    for (const name of known.keys()) if (!models.some((model) => model.name === name)) await dropTable(db, name);
    let stale = models.filter(({ name, version }) => known.get(name) !== version);
    if (this.#reached === 0n) {
      await makeEmptyTables(db, stale);
      stale = [];
    }
    this.#ready = models.filter((model) => !stale.includes(model));
    await this.readQuarantine();
    return stale;
  }

  async readQuarantine(): Promise<void> {
    await this.quarantine.read(this.#options.db, this.#options.models);
  }

  /** From now on this process folds on from the checkpoint, and answers from memory. */
  begin(callbacks: { readonly onError: (error: unknown) => void; readonly onWritten: () => void }): void {
    const { pool, live, pages, lists, maxPending } = this.#options;
    this.#behind = new WriteBehind({
      pool,
      reached: this.#reached,
      ...(maxPending === undefined ? {} : { maxPending }),
      ...callbacks,
    });
    live.open();
    pages.open();
    lists.open();
  }

  /** What is in memory is of no use any more: another process may fold on. */
  async end(): Promise<void> {
    const { live, pages, lists } = this.#options;
    const behind = this.#behind;
    this.#behind = undefined;
    // From here on, for what was folded and not written is shown no more.
    this.#uncertain = true;
    this.#ready = this.#options.models;
    for (const cache of [live, pages, lists]) cache.close();
    await behind?.stop();
    if (behind) this.#reached = behind.position;
  }

  parse(events: readonly StoredEvent[]): Recorded[] {
    return events.map((event) => recorded(event, this.#options.upcasters ?? {}));
  }

  /** Takes in the next events, up to `end`; resolves when there is room for more. */
  async take(stored: readonly StoredEvent[], end: Position): Promise<void> {
    const { live, pages, lists } = this.#options;
    const behind = this.#behind;
    if (!behind) return;
    const events = this.parse(stored);
    const done: Folded[] = [];
    for (const model of this.#ready) {
      const keys = keysIn(model, events);
      if (keys.length === 0) continue;
      const before = await this.#before(model, keys, events);
      done.push({ model, changes: foldBatch(model, events, before, this.quarantine.of(model.name)), before });
    }
    if (behind !== this.#behind) return;
    behind.add(done, end);
    for (const { model, changes, before } of done) {
      live.apply(model, changes);
      pages.changed(model.name);
      lists.changed(model, changes, before);
      this.quarantine.add(changes.poisoned);
    }
    this.#moveTo(end);
  }

  /** New tables have taken the place of those of these models. */
  async replaced(models: readonly ReadModel[]): Promise<void> {
    const { live, pages, lists } = this.#options;
    for (const cache of [live, pages, lists]) {
      cache.close();
      if (this.#behind) cache.open();
    }
    const names = new Set([...this.#ready, ...models].map(({ name }) => name));
    this.#ready = this.#options.models.filter(({ name }) => names.has(name));
    await this.readQuarantine();
  }

  #moveTo(position: Position): void {
    this.#reached = position;
    if (position > this.#shown) this.#shown = position;
  }

  /** The rows a batch concerns as they are; the first event of a stream finds no row of that name. */
  async #before(model: ReadModel, keys: readonly Key[], events: readonly Recorded[]): Promise<Map<Key, object>> {
    const fresh = freshKeys(model, events);
    const rows = new Map<Key, object>();
    const missing: Key[] = [];
    for (const key of keys) {
      const cached = this.#options.live.get(model, key);
      const kept = cached === undefined ? this.#behind?.get(model, key) : cached;
      if (kept) rows.set(key, kept.row);
      else if (kept === undefined && !fresh.has(key)) missing.push(key);
    }
    if (missing.length === 0) return rows;
    for (const [key, { row }] of await tables(this.#options.db).read(model, missing)) rows.set(key, row);
    return rows;
  }
}
