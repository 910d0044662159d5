import type { Pool, PoolClient } from 'pg';
import { Conflict } from '#kernel';
import { AppendBatcher } from './append-batcher.ts';
import { Bell } from './bell.ts';
import { checkAppend } from './check-append.ts';
import type {
  Appended,
  Check,
  EventStore,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
  Subscription,
  Write,
} from './event-store.ts';
import { LOG_SCHEMA, lockKey, logChannel } from './postgres-schema.ts';
import { follow } from './subscription.ts';

interface Row {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
}

const stored = (row: Row): StoredEvent => ({ ...row, position: BigInt(row.position), revision: Number(row.revision) });

/** The log in a PostgreSQL database (schema `log`), made on first use. The pool stays the caller's. */
export async function postgresEventStore(pool: Pool): Promise<EventStore> {
  await prepare(pool);
  const bell = new Bell();
  const batcher = new AppendBatcher(pool, () => bell.ring());
  const listener = new Listener(pool, bell);
  await listener.start();

  const repeatedAt = async (writes: readonly Write[]): Promise<Position | undefined> => {
    let last: Position = 0n;
    for (const { stream, expected, events } of writes) {
      const there = await readStream(stream, { from: expected + 1, limit: events.length });
      if (there.length !== events.length || there.some((event, n) => event.id !== events[n]?.id)) return undefined;
      for (const { position } of there) if (position > last) last = position;
    }
    return last;
  };

  const readStream = async (stream: string, options: ReadStreamOptions = {}): Promise<StoredEvent[]> => {
    const backwards = options.direction === 'backwards';
    const { rows } = await pool.query<Row>({
      name: backwards ? 'read-stream-backwards' : 'read-stream',
      text: `SELECT * FROM log.events WHERE stream = $1 AND ${
        backwards ? 'revision <= $2 ORDER BY revision DESC' : 'revision >= $2 ORDER BY revision'
      } LIMIT $3`,
      values: [stream, options.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0), options.limit ?? null],
    });
    return rows.map(stored);
  };

  const readAll = async (after: Position, options: ReadAllOptions = {}) => {
    const limit = options.limit ?? 1000;
    const { rows } = await pool.query<Row>({
      name: 'read-all',
      text: 'SELECT * FROM log.events WHERE position > $1 ORDER BY position LIMIT $2',
      values: [after.toString(), limit],
    });
    const events = rows.map(stored);
    const end = events.at(-1)?.position ?? after;
    const { categories } = options;
    return {
      events: categories
        ? events.filter(({ stream }) => categories.includes(stream.slice(0, stream.indexOf('-'))))
        : events,
      end,
    };
  };

  return {
    append: async (writes: readonly Write[], checks: readonly Check[] = []): Promise<Appended> => {
      checkAppend(writes, checks);
      try {
        return { position: await batcher.append(writes, checks), repeated: false };
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        const position = await repeatedAt(writes);
        if (position === undefined) throw error;
        return { position, repeated: true };
      }
    },
    readStream,
    readAll,
    head: async () => {
      const { rows } = await pool.query<{ head: string }>('SELECT coalesce(max(position), 0) AS head FROM log.events');
      return BigInt(rows[0]?.head ?? 0);
    },
    subscribe: (after, handle, options: SubscribeOptions = {}): Subscription =>
      follow({ after, handle, options, read: readAll, bell }),
    close: async () => {
      await listener.stop();
      await batcher.idle();
      bell.close();
    },
  };
}

async function prepare(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // Two servers may start at once on an empty database.
    await client.query(`SELECT pg_advisory_lock(${lockKey('log.schema')})`);
    await client.query(LOG_SCHEMA);
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${lockKey('log.schema')})`).catch(() => undefined);
    client.release();
  }
}

/** Rings the bell when another process has appended. A lost connection is made again; until then polling serves. */
class Listener {
  readonly #pool: Pool;
  readonly #bell: Bell;
  #client: PoolClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(pool: Pool, bell: Bell) {
    this.#pool = pool;
    this.#bell = bell;
  }

  async start(): Promise<void> {
    try {
      const client = await this.#pool.connect();
      this.#client = client;
      client.on('notification', () => this.#bell.ring());
      client.on('error', () => this.#lost(client));
      await client.query(`LISTEN ${logChannel()}`);
      this.#bell.ring();
    } catch {
      this.#lost(this.#client);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#client?.release(true);
    this.#client = undefined;
  }

  #lost(client: PoolClient | undefined): void {
    if (client && client !== this.#client) return;
    this.#client = undefined;
    client?.release(true);
    if (this.#stopped) return;
    this.#retry = setTimeout(() => void this.start(), 1000);
  }
}
