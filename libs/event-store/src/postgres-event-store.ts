import type { Pool, PoolClient } from 'pg';
import { categoryOf, Conflict } from '#kernel';
import { inTime } from './answer-time.ts';
import { AppendBatcher } from './append-batcher.ts';
import { Signal } from './signal.ts';
import { checkAppend } from './check-append.ts';
import type {
  AppendOptions,
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
import type { EventRow } from './event-row.ts';
import { stored } from './event-row.ts';
import { LOG_SCHEMA, lockKey, logChannel } from './postgres-schema.ts';
import { RecentEvents } from './recent-events.ts';
import { repeatedAppend } from './repeated-append.ts';
import { StreamReader } from './stream-reader.ts';
import { catchUpSubscription } from './catch-up-subscription.ts';

/** How often it is looked whether the log has grown, while nobody says so, in milliseconds. */
const HEARTBEAT = 1000;

/** The log in a PostgreSQL database (schema `log`), made on first use. The pool stays the caller's. */
export async function postgresEventStore(pool: Pool): Promise<EventStore> {
  await prepare(pool);
  const bell = new Signal();
  const recent = new RecentEvents();
  const batcher = new AppendBatcher(pool, (base, events) => {
    recent.add(base, events);
    bell.notify();
  });
  const listener = new Listener(pool, bell, async (payload) => {
    // Of an append of our own, the listener may hear before it is answered.
    await batcher.answered();
    const position = /^\d+$/.test(payload) ? BigInt(payload) : undefined;
    if (position !== undefined) recent.heard(position);
    if (position === undefined || !recent.holds(position)) bell.notify();
  });
  await listener.start();
  const heartbeat = startHeartbeat(pool, bell, recent);

  const reader = new StreamReader(pool);

  const readStream = async (stream: string, options: ReadStreamOptions = {}): Promise<StoredEvent[]> => {
    if (options.direction !== 'backwards') return reader.read(stream, options.from ?? 0, options.limit);
    const { rows } = await pool.query<EventRow>(
      inTime({
        name: 'read-stream-backwards',
        text: 'SELECT * FROM log.events WHERE stream = $1 AND revision <= $2 ORDER BY revision DESC LIMIT $3',
        values: [stream, options.from ?? Number.MAX_SAFE_INTEGER, options.limit ?? null],
      }),
    );
    return rows.map(stored);
  };

  const readFrom = async (after: Position, limit: number) => {
    const { rows } = await pool.query<EventRow>(
      inTime({
        name: 'read-all',
        text: 'SELECT * FROM log.events WHERE position > $1 ORDER BY position LIMIT $2',
        values: [after.toString(), limit],
      }),
    );
    const events = rows.map(stored);
    return { events, end: events.at(-1)?.position ?? after, more: rows.length === limit };
  };
  const readAll = async (after: Position, { limit = 1000, categories }: ReadAllOptions = {}) => {
    const { events, end } = chosen(await readFrom(after, limit), categories);
    return { events, end };
  };
  const follows = async (after: Position, { limit = 1000, categories }: ReadAllOptions) =>
    chosen(recent.after(after, limit) ?? (await readFrom(after, limit)), categories);

  return {
    append: async (
      writes: readonly Write[],
      checks: readonly Check[] = [],
      options: AppendOptions = {},
    ): Promise<Appended> => {
      checkAppend(writes, checks, options);
      try {
        return { position: await batcher.append(writes, checks), repeated: false };
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        const position = await repeatedAppend({ readStream }, writes);
        if (position === undefined) throw error;
        return { position, repeated: true };
      }
    },
    readStream,
    readsFromAnywhere: true,
    readAll,
    readAt: async (positions) => {
      const { rows } = await pool.query<EventRow>(
        inTime({
          name: 'read-at',
          text: 'SELECT * FROM log.events WHERE position = ANY ($1::bigint[]) ORDER BY position',
          values: [positions.map(String)],
        }),
      );
      return rows.map(stored);
    },
    last: () => lastOf(pool),
    head: () => headOf(pool),
    subscribe: (after, handle, options: SubscribeOptions = {}): Subscription =>
      catchUpSubscription({ after, handle, options, read: follows, bell }),
    close: async () => {
      clearInterval(heartbeat);
      await listener.stop();
      await batcher.stop();
      bell.close();
    },
  };
}

async function lastOf(pool: Pool): Promise<StoredEvent | undefined> {
  const { rows } = await pool.query<EventRow>(
    inTime({ text: 'SELECT * FROM log.events ORDER BY position DESC LIMIT 1' }),
  );
  return rows[0] && stored(rows[0]);
}

async function headOf(pool: Pool): Promise<Position> {
  const text = 'SELECT coalesce(max(position), 0) AS head FROM log.events';
  const { rows } = await pool.query<{ head: string }>(inTime({ name: 'head', text }));
  return BigInt(rows[0]?.head ?? 0);
}

/** Rings the bell where the log has grown and nobody was told: a connection that hears nothing may look sound for long. */
function startHeartbeat(pool: Pool, bell: Signal, recent: RecentEvents): NodeJS.Timeout {
  let rung = bell.count;
  let known = 0n;
  const beat = async (): Promise<void> => {
    if (bell.count === rung) {
      const head = await headOf(pool);
      recent.heard(head);
      if (head !== known) bell.notify();
      known = head;
    }
    rung = bell.count;
  };
  return setInterval(() => void beat().catch(() => undefined), HEARTBEAT).unref();
}

function chosen<Page extends { readonly events: StoredEvent[] }>(
  page: Page,
  categories: readonly string[] | undefined,
): Page {
  if (!categories) return page;
  return { ...page, events: page.events.filter(({ stream }) => categories.includes(categoryOf(stream))) };
}

async function prepare(pool: Pool): Promise<void> {
  const client = await pool.connect();
  // Where the connection breaks, what is asked of it fails; unheard, the event of it would end the process.
  const broken = (): void => undefined;
  client.on('error', broken);
  let failed = true;
  try {
    // Two servers may start at once on an empty database.
    await client.query(`SELECT pg_advisory_lock(${lockKey('log.schema')})`);
    await client.query(LOG_SCHEMA);
    await client.query(`SELECT pg_advisory_unlock(${lockKey('log.schema')})`);
    failed = false;
  } finally {
    client.off('error', broken);
    // The lock goes with the connection.
    client.release(failed);
  }
}

/** Rings the bell when another process has appended. A lost connection is made again; until then polling serves. */
class Listener {
  readonly #pool: Pool;
  readonly #bell: Signal;
  readonly #heard: (payload: string) => Promise<void>;
  #client: PoolClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param heard told the position of every append, whoever made it, as text */
  constructor(pool: Pool, bell: Signal, heard: (payload: string) => Promise<void>) {
    this.#pool = pool;
    this.#bell = bell;
    this.#heard = heard;
  }

  async start(): Promise<void> {
    let client: PoolClient | undefined;
    try {
      const taken = await this.#pool.connect();
      if (this.#stopped) {
        taken.release(true);
        return;
      }
      client = taken;
      this.#client = taken;
      taken.on('notification', ({ payload }) => void this.#heard(payload ?? ''));
      taken.on('error', () => this.#lost(taken));
      await taken.query(inTime({ text: `LISTEN ${logChannel()}` }));
      this.#bell.notify();
    } catch {
      this.#lost(client);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#client?.release(true);
    this.#client = undefined;
  }

  /** @param client undefined where none was to be had; one that breaks says so and fails its query, and counts once */
  #lost(client: PoolClient | undefined): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    client?.release(true);
    if (this.#stopped) return;
    this.#retry = setTimeout(() => void this.start(), 1000);
  }
}
