import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { EventStore, Position, StoredEvent, Subscription } from '#event-store';
import { lockKey } from '#event-store';
import type { Changes } from './batch.ts';
import { foldBatch, keysIn } from './batch.ts';
import type { Key, ReadModel } from './read-model.ts';
import { recorded } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import { dropTables, indexColumn, makeTables } from './tables.ts';

const CHECKPOINT = 'api';
const BATCH = 500;

/**
 * Keeps the read models up with the log: folds each batch in memory and writes the changed rows together with the
 * checkpoint in one transaction. One process per database does the work (an advisory lock says which); the others
 * stand by.
 */
export class Projector {
  readonly #store: EventStore;
  readonly #pool: Pool;
  readonly #db: Kysely<ReadDatabase>;
  readonly #models: readonly ReadModel[];
  readonly #onError: (error: unknown) => void;
  readonly #quarantined = new Map<string, Set<Key>>();
  #waiting: { readonly position: Position; readonly resolve: () => void }[] = [];
  #reached: Position = 0n;
  #leading = false;
  #stopped = false;
  #lock: PoolClient | undefined;
  #subscription: Subscription | undefined;
  #candidacy: Promise<void> | undefined;

  constructor(options: {
    readonly store: EventStore;
    readonly pool: Pool;
    readonly db: Kysely<ReadDatabase>;
    readonly models: readonly ReadModel[];
    readonly onError: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#pool = options.pool;
    this.#db = options.db;
    this.#models = options.models;
    this.#onError = options.onError;
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
    this.#lock?.release(true);
    for (const { resolve } of this.#waiting) resolve();
  }

  /** Whether this process does the work. */
  get leading(): boolean {
    return this.#leading;
  }

  /**
   * Waits until the rows show everything up to a position.
   * @returns false where that took longer than `timeout` milliseconds
   */
  async caughtUp(position: Position, timeout: number): Promise<boolean> {
    if (this.#reached >= position) return true;
    if (this.#leading) {
      const reached = new Promise<boolean>((resolve) => {
        this.#waiting.push({ position, resolve: () => resolve(true) });
      });
      const stop = new AbortController();
      const late = sleep(timeout, false, { signal: stop.signal, ref: false }).catch(() => false);
      const result = await Promise.race([reached, late]);
      stop.abort();
      return result;
    }
    const deadline = Date.now() + timeout;
    while (Date.now() < deadline) {
      this.#reached = (await this.#checkpoint()) ?? 0n;
      if (this.#reached >= position) return true;
      await sleep(10);
    }
    return false;
  }

  /** How far the rows have come. */
  get reached(): Position {
    return this.#reached;
  }

  async #standBy(): Promise<void> {
    while (!this.#stopped && !this.#leading) {
      await sleep(500, undefined, { ref: false });
      await this.#tryToLead().catch(this.#onError);
    }
  }

  async #tryToLead(): Promise<void> {
    const client = await this.#pool.connect();
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${lockKey('read.projector')}) AS locked`,
    );
    if (!rows[0]?.locked) {
      client.release();
      return;
    }
    this.#lock = client;
    client.on('error', (error) => this.#lost(error));
    await this.#prepare();
    this.#leading = true;
    this.#subscription = this.#store.subscribe(this.#reached, (events, end) => this.#project(events, end), {
      limit: BATCH,
      onError: this.#onError,
    });
  }

  #lost(error: unknown): void {
    this.#onError(error);
    this.#lock?.release(true);
    this.#lock = undefined;
    this.#leading = false;
    void this.#subscription?.stop();
    if (!this.#stopped) this.#candidacy = this.#standBy();
  }

  /** Rows of another shape than today's are of no use: they are dropped, and the log makes them anew. */
  async #prepare(): Promise<void> {
    const shape = this.#models.map(({ name, version }) => `${name}:${version}`).join(' ');
    await makeTables(this.#db, []);
    const { rows } = await this.#pool.query<{ shape: string }>('SELECT shape FROM read.checkpoint WHERE name = $1', [
      CHECKPOINT,
    ]);
    if (rows[0] && rows[0].shape !== shape) await dropTables(this.#db);
    await makeTables(this.#db, this.#models);
    await this.#pool.query('INSERT INTO read.checkpoint VALUES ($1, 0, $2) ON CONFLICT DO NOTHING', [
      CHECKPOINT,
      shape,
    ]);
    this.#reached = (await this.#checkpoint()) ?? 0n;
    for (const { model, key } of (
      await this.#pool.query<{ model: string; key: string }>('SELECT model, key FROM read.quarantine')
    ).rows) {
      const integer = this.#models.find(({ name }) => name === model)?.key === 'integer';
      this.#quarantine(model).add(integer ? Number(key) : key);
    }
  }

  async #checkpoint(): Promise<Position | undefined> {
    const { rows } = await this.#pool.query<{ position: string }>({
      name: 'checkpoint',
      text: 'SELECT position FROM read.checkpoint WHERE name = $1',
      values: [CHECKPOINT],
    });
    return rows[0] && BigInt(rows[0].position);
  }

  async #project(stored: readonly StoredEvent[], end: Position): Promise<void> {
    const events = stored.map(recorded);
    await this.#db.transaction().execute(async (tx) => {
      for (const model of this.#models) {
        const keys = keysIn(model, events);
        if (keys.length === 0) continue;
        const live = await readLive(tx, model, keys);
        await write(tx, model, foldBatch(model, events, live, this.#quarantine(model.name)), (key) =>
          this.#quarantine(model.name).add(key),
        );
      }
      await sql`UPDATE read.checkpoint SET position = ${end.toString()} WHERE name = ${CHECKPOINT}`.execute(tx);
    });
    this.#reached = end;
    const ready = this.#waiting.filter(({ position }) => position <= end);
    if (ready.length > 0) this.#waiting = this.#waiting.filter(({ position }) => position > end);
    for (const { resolve } of ready) resolve();
  }

  #quarantine(model: string): Set<Key> {
    const keys = this.#quarantined.get(model) ?? new Set<Key>();
    this.#quarantined.set(model, keys);
    return keys;
  }
}

async function readLive(tx: Kysely<ReadDatabase>, model: ReadModel, keys: readonly Key[]): Promise<Map<Key, object>> {
  const found = await tx
    .withSchema('read')
    .selectFrom(model.name)
    .where('to_pos', 'is', null)
    .where('key', 'in', keys.map(String))
    .select(['key', 'row'])
    .execute();
  return new Map(found.map(({ key, row }) => [model.key === 'integer' ? Number(key) : key, JSON.parse(row) as object]));
}

async function write(
  tx: Kysely<ReadDatabase>,
  model: ReadModel,
  { ended, versions, poisoned }: Changes,
  quarantine: (key: Key) => void,
): Promise<void> {
  const table = sql.id('read', model.name);
  const keyType = sql.raw(model.key === 'integer' ? 'bigint[]' : 'text[]');
  if (ended.length > 0) {
    const keys = ended.map(({ key }) => String(key));
    if (model.history) {
      const at = ended.map(({ at }) => at.toString());
      await sql`
        UPDATE ${table} AS r SET to_pos = v.at
        FROM unnest(${keys}::${keyType}, ${at}::bigint[]) AS v(key, at)
        WHERE r.key = v.key AND r.to_pos IS NULL`.execute(tx);
    } else {
      await sql`DELETE FROM ${table} WHERE key = ANY (${keys}::${keyType})`.execute(tx);
    }
  }
  if (versions.length > 0) {
    const indexes = Object.entries(model.indexes);
    const columns = [
      sql`${versions.map(({ key }) => String(key))}::${keyType}`,
      sql`${versions.map(({ from }) => from.toString())}::bigint[]`,
      sql`${versions.map(({ to }) => to?.toString() ?? null)}::bigint[]`,
      sql`${versions.map(({ row }) => JSON.stringify(row))}::text[]`,
      ...indexes.map(([, value]) => sql`${versions.map(({ row }) => asText(value(row)))}::text[]`),
    ];
    const names = ['key', 'from_pos', 'to_pos', 'row', ...indexes.map(([name]) => indexColumn(name))];
    await sql`
      INSERT INTO ${table} (${sql.join(names.map((name) => sql.id(name)))})
      SELECT * FROM unnest(${sql.join(columns)})`.execute(tx);
  }
  for (const { model: name, key, position, error } of poisoned) {
    quarantine(key);
    await sql`
      INSERT INTO read.quarantine VALUES (${name}, ${String(key)}, ${position.toString()}, ${error})
      ON CONFLICT DO NOTHING`.execute(tx);
  }
}

const asText = (value: string | number | null): string | null => (value === null ? null : String(value));
