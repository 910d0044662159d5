import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { EventStore, Past, Position, StoredEvent, Subscription } from '#event-store';
import { lockKey } from '#event-store';
import type { Changes } from './batch.ts';
import { foldBatch, keysIn } from './batch.ts';
import { CountChanges } from './counts.ts';
import { flushBatch } from './flush-batch.ts';
import { readLive } from './flush.ts';
import type { LiveRows } from './live-rows.ts';
import type { Pages } from './pages.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import { recorded } from './read-model.ts';
import type { Progress } from './rebuild.ts';
import { rebuild } from './rebuild.ts';
import type { ReadDatabase } from './tables.ts';
import { dropTable, makeBooks, makeIndexes, makeTable } from './tables.ts';
import { Waiters } from './waiters.ts';

const CHECKPOINT = 'api';
/** Held by the process that projects. */
const LOCK = lockKey('read.projector');
const BATCH = 500;
/** Time between two tries to become the one who projects, in milliseconds. */
const CANDIDACY = 500;
/** What PostgreSQL says of a table that is not there. */
const UNDEFINED_TABLE = '42P01';

/** The checkpoint is not where this process left it: another one projects, or an answer of the database was lost. */
class Superseded extends Error {}

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly db: Kysely<ReadDatabase>;
  readonly models: readonly ReadModel[];
  readonly past?: Past;
  readonly live: LiveRows;
  readonly pages: Pages;
  readonly onError: (error: unknown) => void;
  /** Told how far a rebuild has come. */
  readonly onProgress?: (progress: Progress) => void;
  /** Told how many events a batch had. */
  readonly onProjected?: (events: number) => void;
}

/**
 * Keeps the read models up with the log: folds each batch in memory and writes the changed rows together with the
 * checkpoint in one transaction. One process per database does the work (an advisory lock says which); the others
 * stand by.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #quarantined = new Map<string, Set<Key>>();
  readonly #waiters = new Waiters();
  #reached: Position = 0n;
  #leading = false;
  #stopped = false;
  #lock: PoolClient | undefined;
  #subscription: Subscription | undefined;
  #candidacy: Promise<void> | undefined;
  /** The end of whatever has the tables to itself: a batch, or the moment of a switch. */
  #turn: Promise<unknown> = Promise.resolve();
  #rebuilding: Promise<void> | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  /** Resolves when this process projects, or stands by behind one that does. */
  async start(): Promise<void> {
    await this.#tryToLead();
    if (!this.#leading) this.#candidacy = this.#standBy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#candidacy;
    await this.#subscription?.stop();
    await this.#rebuilding?.catch(() => undefined);
    this.#leading = false;
    // Whoever stands by may take over at once, not only when the connection is gone.
    await this.#lock?.query(`SELECT pg_advisory_unlock(${LOCK})`).catch(() => undefined);
    this.#lock?.release(true);
    this.#waiters.close();
  }

  /** Whether this process does the work. */
  get leading(): boolean {
    return this.#leading;
  }

  /** How far the rows have come, as far as this process knows. */
  get reached(): Position {
    return this.#reached;
  }

  /** Rows that an event could not be folded into, by model; they stay as they were. */
  get quarantined(): ReadonlyMap<string, ReadonlySet<Key>> {
    return this.#quarantined;
  }

  /**
   * Waits until the rows show everything up to a position.
   * @returns false where that took longer than `timeout` milliseconds, or the projector was stopped
   */
  async caughtUp(position: Position, timeout: number): Promise<boolean> {
    if (this.#reached >= position) return true;
    if (this.#leading) return this.#waiters.wait(position, timeout);
    const deadline = Date.now() + timeout;
    while (Date.now() < deadline && !this.#stopped) {
      this.#reached = await this.#checkpoint();
      if (this.#reached >= position) return true;
      await sleep(10);
    }
    return false;
  }

  /**
   * Makes read models anew from the log while the old rows serve; all of them unless named.
   * @throws Error where this process does not project, or a rebuild is under way
   */
  async rebuild(names?: readonly string[]): Promise<void> {
    if (!this.#leading) throw new Error('another process keeps the read models');
    if (this.#rebuilding) throw new Error('a rebuild is under way');
    const { models } = this.#options;
    const chosen = names ? models.filter(({ name }) => names.includes(name)) : models;
    this.#rebuilding = this.#rebuild(chosen).finally(() => {
      this.#rebuilding = undefined;
    });
    await this.#rebuilding;
  }

  async #rebuild(models: readonly ReadModel[]): Promise<void> {
    const { store, db, live, pages, onProgress } = this.#options;
    await rebuild({
      store,
      db,
      models,
      reached: () => this.#reached,
      parse: (events) => this.#parse(events),
      report: (progress) => onProgress?.(progress),
      switchOver: (task) =>
        this.#alone(async () => {
          await task(this.#reached);
          live.close();
          live.open();
          for (const { name } of models) {
            pages.changed(name);
            this.#quarantined.delete(name);
          }
          await this.#readQuarantine();
        }),
    });
  }

  /** Runs a task while nothing else changes the tables. */
  #alone<R>(task: () => Promise<R>): Promise<R> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  async #standBy(): Promise<void> {
    while (!this.#stopped && !this.#leading) {
      await sleep(CANDIDACY, undefined, { ref: false });
      if (!this.#stopped) await this.#tryToLead().catch(this.#options.onError);
    }
  }

  async #tryToLead(): Promise<void> {
    const { pool, store, live, pages, onError } = this.#options;
    const client = await pool.connect();
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`);
    if (!rows[0]?.locked) {
      client.release();
      return;
    }
    let lost: Error | undefined;
    client.on('error', (error) => {
      lost = error;
      this.#stepDown(client, error);
    });
    try {
      await this.#prepare();
      if (lost) throw lost;
    } catch (error) {
      // The lock goes with its connection.
      client.release(true);
      throw error;
    }
    this.#lock = client;
    this.#leading = true;
    live.open();
    pages.open();
    this.#subscription = store.subscribe(
      this.#reached,
      (events, end) => this.#alone(() => this.#project(events, end)),
      { limit: BATCH, onError },
    );
  }

  /** Gives the work up, to stand by for it again. */
  #stepDown(client: PoolClient | undefined, error: unknown): void {
    if (client !== this.#lock || this.#stopped) return;
    const { live, pages, onError } = this.#options;
    onError(error);
    client?.release(true);
    this.#lock = undefined;
    this.#leading = false;
    live.close();
    pages.close();
    this.#candidacy = Promise.resolve(this.#subscription?.stop()).then(() => this.#standBy());
  }

  /** Models that are new or have another shape than their rows are made from the log; those that are no more go. */
  async #prepare(): Promise<void> {
    const { db, models } = this.#options;
    await makeBooks(db);
    await sql`INSERT INTO read.checkpoint VALUES (${CHECKPOINT}, 0) ON CONFLICT DO NOTHING`.execute(db);
    this.#reached = await this.#checkpoint();
    const { rows } = await sql<{ name: string; version: number }>`SELECT name, version FROM read.models`.execute(db);
    const known = new Map(rows.map(({ name, version }) => [name, version]));
    for (const name of known.keys()) if (!models.some((model) => model.name === name)) await dropTable(db, name);
    const stale = models.filter(({ name, version }) => known.get(name) !== version);
    if (this.#reached === 0n) {
      for (const model of stale) {
        await dropTable(db, model.name);
        await makeTable(db, model);
        await makeIndexes(db, model);
        await sql`INSERT INTO read.models VALUES (${model.name}, ${model.version})`.execute(db);
      }
    } else if (stale.length > 0) {
      await this.#rebuild(stale);
    }
    await this.#readQuarantine();
  }

  async #readQuarantine(): Promise<void> {
    const { db, models } = this.#options;
    const { rows } = await sql<{ model: string; key: string }>`SELECT model, key FROM read.quarantine`.execute(db);
    for (const { model, key } of rows) {
      const integer = models.find(({ name }) => name === model)?.key === 'integer';
      this.#quarantine(model).add(integer ? Number(key) : key);
    }
  }

  async #checkpoint(): Promise<Position> {
    const query = { name: 'checkpoint', text: 'SELECT position FROM read.checkpoint WHERE name = $1' };
    try {
      const { rows } = await this.#options.pool.query<{ position: string }>({ ...query, values: [CHECKPOINT] });
      return BigInt(rows[0]?.position ?? 0);
    } catch (error) {
      // The process that projects is still making the tables.
      if ((error as { code?: string }).code === UNDEFINED_TABLE) return 0n;
      throw error;
    }
  }

  #parse(events: readonly StoredEvent[]): Recorded[] {
    return events.map((event) => recorded(event, this.#options.past));
  }

  async #project(stored: readonly StoredEvent[], end: Position): Promise<void> {
    try {
      await this.#write(stored, end);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      this.#stepDown(this.#lock, error);
    }
  }

  async #write(stored: readonly StoredEvent[], end: Position): Promise<void> {
    const { pool, models, live: cache, pages } = this.#options;
    const events = this.#parse(stored);
    const done: { model: ReadModel; changes: Changes }[] = [];
    const counts = new CountChanges();
    for (const model of models) {
      const keys = keysIn(model, events);
      if (keys.length === 0) continue;
      const live = await this.#live(model, keys, events);
      const changes = foldBatch(model, events, live, this.#quarantine(model.name));
      counts.add(model, changes, live);
      done.push({ model, changes });
    }
    const checkpoint = { name: CHECKPOINT, reached: this.#reached, until: end };
    // Where the checkpoint is not where this process left it, somebody else projects, or this batch was written and only
    // the answer was lost: either way it may not be written again.
    if (!(await flushBatch(pool, checkpoint, { changes: done, counts }))) {
      throw new Superseded('the read models are not where this process left them');
    }
    for (const { model, changes } of done) {
      cache.apply(model, changes);
      pages.changed(model.name);
      for (const { key } of changes.poisoned) this.#quarantine(model.name).add(key);
    }
    this.#options.onProjected?.(events.length);
    this.#reached = end;
    this.#waiters.reached(end);
  }

  /** The rows a batch concerns as they are; the first event of a stream finds no row of that name. */
  async #live(model: ReadModel, keys: readonly Key[], events: readonly Recorded[]): Promise<Map<Key, object>> {
    const byStream = Object.values(model.on).every((rule) => !rule.keys);
    const first = byStream ? events.filter(({ revision }) => revision === 0) : [];
    const fresh = new Set(keysIn(model, first));
    const live = new Map<Key, object>();
    const missing: Key[] = [];
    for (const key of keys) {
      const found = this.#options.live.get(model, key);
      if (found.live) live.set(key, found.live.row);
      else if (!found.known && !fresh.has(key)) missing.push(key);
    }
    if (missing.length === 0) return live;
    for (const [key, { row }] of await readLive(this.#options.db, model, missing)) live.set(key, row);
    return live;
  }

  #quarantine(model: string): Set<Key> {
    const keys = this.#quarantined.get(model) ?? new Set<Key>();
    this.#quarantined.set(model, keys);
    return keys;
  }
}
