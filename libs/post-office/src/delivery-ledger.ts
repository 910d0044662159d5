import type { Pool, PoolClient } from 'pg';
import type { Position } from '#event-store';
import { makeLedger } from '#read-store';

/** How many deliveries of a receiver are kept that were given up; the oldest go, and are counted. */
export const MAX_DEAD = 1000;
/** How many deliveries are kept that were made. */
export const MAX_DELIVERED = 100_000;
/** How much is kept of why a delivery failed, in characters. */
const MAX_ERROR = 1000;

/** A delivery that is to be made. */
export interface NewDelivery {
  /** Who gets it, by an id that no other receiver ever has. */
  readonly subscriber: string;
  /** Of the delivery, as its receiver is told it. */
  readonly id: string;
  /** What it is about: deliveries about one object are made in their order. */
  readonly object: string;
  readonly kind: string;
  readonly body: string;
}

/** A delivery that waits, as the ledger has it. */
export interface WaitingDelivery extends Omit<NewDelivery, 'body'> {
  readonly n: number;
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly firstFailed: number | undefined;
  readonly nextTry: number | undefined;
}

/** A delivery as operators see it. */
export interface KeptDelivery {
  readonly n: number;
  readonly subscriber: string;
  readonly id: string;
  readonly object: string;
  readonly kind: string;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly tries: number;
  readonly error: string | null;
  /** ISO 8601. */
  readonly made: string;
  readonly done: string | null;
  readonly nextTry: string | null;
}

/** How deliveries to a receiver stand. */
export interface DeliveryCounts {
  readonly waiting: number;
  readonly dead: number;
  readonly delivered: number;
  /** Given up and no longer kept. */
  readonly dropped: number;
  readonly lastDelivered: string | null;
  readonly lastFailed: string | null;
  readonly lastError: string | null;
  /** How far the log was looked through for it. */
  readonly position: Position;
}

/** Where a receiver's part of the log was looked through up to, and where it is to be now. */
export interface CursorMove {
  readonly subscriber: string;
  readonly from: Position;
  readonly to: Position;
}

/** Another process looks through the log for a receiver. */
export class CursorLost extends Error {
  constructor(subscriber: string) {
    super(`how far the log was looked through for ${subscriber} is not where this process left it`);
    this.name = 'CursorLost';
  }
}

const TABLES = `
CREATE TABLE IF NOT EXISTS ledger.webhook_cursors (
  subscriber text PRIMARY KEY, position bigint NOT NULL, delivered bigint NOT NULL DEFAULT 0,
  dropped bigint NOT NULL DEFAULT 0, last_delivered timestamptz, last_failed timestamptz, last_error text
);
CREATE TABLE IF NOT EXISTS ledger.deliveries (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscriber text NOT NULL, id text NOT NULL, object text NOT NULL, kind text NOT NULL, body text,
  state text NOT NULL DEFAULT 'waiting', tries int NOT NULL DEFAULT 0,
  first_failed timestamptz, next_try timestamptz, error text, requeued boolean NOT NULL DEFAULT false,
  made timestamptz NOT NULL DEFAULT now(), done timestamptz,
  UNIQUE (subscriber, id)
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON ledger.deliveries (subscriber, n) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_dead ON ledger.deliveries (subscriber, n) WHERE state = 'dead';
CREATE INDEX IF NOT EXISTS deliveries_requeued ON ledger.deliveries (n) WHERE requeued;
CREATE INDEX IF NOT EXISTS deliveries_done ON ledger.deliveries (done) WHERE state = 'delivered'`;

const WAITING = `n::text, subscriber, id, object, kind, tries,
  extract(epoch FROM first_failed) * 1000 AS first_failed, extract(epoch FROM next_try) * 1000 AS next_try`;

interface WaitingRow {
  readonly n: string;
  readonly subscriber: string;
  readonly id: string;
  readonly object: string;
  readonly kind: string;
  readonly tries: number;
  readonly first_failed: string | null;
  readonly next_try: string | null;
}

const waitingOf = ({ n, first_failed: failed, next_try: next, ...row }: WaitingRow): WaitingDelivery => ({
  ...row,
  n: Number(n),
  firstFailed: failed === null ? undefined : Number(failed),
  nextTry: next === null ? undefined : Number(next),
});

/**
 * What was delivered to whom, and what waits to be: a ledger, because it was done to the outside and can not be made from
 * the log. Every receiver has a cursor, moved in the transaction that adds its deliveries, so none is added twice.
 */
export class DeliveryLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLES);
  }

  /** How far the log was looked through for these; those that have no cursor yet get one. */
  async cursors(first: ReadonlyMap<string, Position>): Promise<Map<string, Position>> {
    const names = [...first.keys()];
    await this.#pool.query(
      `INSERT INTO ledger.webhook_cursors (subscriber, position)
       SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT DO NOTHING`,
      [names, [...first.values()].map(String)],
    );
    const { rows } = await this.#pool.query<{ subscriber: string; position: string }>(
      'SELECT subscriber, position FROM ledger.webhook_cursors WHERE subscriber = ANY ($1)',
      [names],
    );
    return new Map(rows.map(({ subscriber, position }) => [subscriber, BigInt(position)]));
  }

  /**
   * Adds deliveries and moves the cursors on, all or nothing.
   * @returns the deliveries with their numbers, in their order; those that were there already are left out
   * @throws CursorLost where a cursor is not where it should be
   */
  async add(deliveries: readonly NewDelivery[], moves: readonly CursorMove[]): Promise<readonly WaitingDelivery[]> {
    return this.#transaction(async (client) => {
      for (const { subscriber, from, to } of moves) {
        const { rowCount } = await client.query({
          name: 'move-webhook-cursor',
          text: 'UPDATE ledger.webhook_cursors SET position = $3 WHERE subscriber = $1 AND position = $2',
          values: [subscriber, from.toString(), to.toString()],
        });
        if (rowCount !== 1) throw new CursorLost(subscriber);
      }
      const receivers = [...new Set(deliveries.map(({ subscriber }) => subscriber))];
      await client.query({
        name: 'add-webhook-cursors',
        text: `INSERT INTO ledger.webhook_cursors (subscriber, position) SELECT s, 0 FROM unnest($1::text[]) AS t(s)
          ON CONFLICT DO NOTHING`,
        values: [receivers],
      });
      const column = (name: keyof NewDelivery) => deliveries.map((one) => one[name].replaceAll('\0', '\uFFFD'));
      const { rows } = await client.query<WaitingRow>({
        name: 'add-deliveries',
        text: `INSERT INTO ledger.deliveries (subscriber, id, object, kind, body)
          SELECT s, i, o, k, b FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
            WITH ORDINALITY AS t(s, i, o, k, b, at) ORDER BY at
          ON CONFLICT (subscriber, id) DO NOTHING RETURNING ${WAITING}`,
        values: [column('subscriber'), column('id'), column('object'), column('kind'), column('body')],
      });
      return rows.map(waitingOf);
    });
  }

  /** Moves the cursors of several to one position, where they are behind it. */
  async moveOn(subscribers: readonly string[], to: Position): Promise<void> {
    await this.#pool.query(
      'UPDATE ledger.webhook_cursors SET position = $2 WHERE subscriber = ANY ($1) AND position < $2',
      [subscribers, to.toString()],
    );
  }

  /** What waits to be delivered, in the order it was added. */
  async waiting(): Promise<readonly WaitingDelivery[]> {
    const { rows } = await this.#pool.query<WaitingRow>(
      `SELECT ${WAITING} FROM ledger.deliveries WHERE state = 'waiting' ORDER BY n`,
    );
    return rows.map(waitingOf);
  }

  /** What somebody has put back to be delivered since; told once. */
  async requeued(): Promise<readonly WaitingDelivery[]> {
    const { rows } = await this.#pool.query<WaitingRow>({
      name: 'requeued-deliveries',
      text: `UPDATE ledger.deliveries SET requeued = false WHERE requeued AND state = 'waiting' RETURNING ${WAITING}`,
    });
    return rows.map(waitingOf).toSorted((one, other) => one.n - other.n);
  }

  /** What is to be sent, by number; what does not wait any more is left out. */
  async bodies(numbers: readonly number[]): Promise<Map<number, string>> {
    const { rows } = await this.#pool.query<{ n: string; body: string | null }>({
      name: 'delivery-bodies',
      text: `SELECT n::text, body FROM ledger.deliveries WHERE n = ANY ($1::bigint[]) AND state = 'waiting'`,
      values: [numbers],
    });
    return new Map(rows.flatMap(({ n, body }) => (body === null ? [] : [[Number(n), body] as const])));
  }

  /** Records that these were acknowledged: none of them is sent again. */
  async delivered(numbers: readonly number[]): Promise<void> {
    await this.#pool.query({
      name: 'deliveries-made',
      text: `WITH made AS (
          UPDATE ledger.deliveries SET state = 'delivered', body = NULL, done = now(), next_try = NULL, tries = tries + 1
          WHERE n = ANY ($1::bigint[]) AND state = 'waiting' RETURNING subscriber
        ), counted AS (SELECT subscriber, count(*) AS c FROM made GROUP BY subscriber)
        UPDATE ledger.webhook_cursors w SET delivered = w.delivered + c, last_delivered = now()
        FROM counted WHERE counted.subscriber = w.subscriber`,
      values: [numbers],
    });
  }

  /** Records that one has failed, and when it is tried again. @param times in milliseconds since 1970 */
  async failed(
    { n, subscriber }: Pick<WaitingDelivery, 'n' | 'subscriber'>,
    error: string,
    times: { readonly firstFailed: number; readonly nextTry: number },
  ): Promise<void> {
    await this.#pool.query({
      name: 'delivery-failed',
      text: `WITH seen AS (
          UPDATE ledger.webhook_cursors SET last_failed = now(), last_error = $3 WHERE subscriber = $2
        )
        UPDATE ledger.deliveries SET tries = tries + 1, error = $3, first_failed = to_timestamp($4::float8 / 1000),
          next_try = to_timestamp($5::float8 / 1000) WHERE n = $1`,
      values: [n, subscriber, storable(error), times.firstFailed, times.nextTry],
    });
  }

  /** Gives one up: it is kept for operators, the oldest of its receiver are not. */
  async giveUp({ n, subscriber }: Pick<WaitingDelivery, 'n' | 'subscriber'>, error: string): Promise<void> {
    await this.#transaction(async (client) => {
      await client.query(
        `UPDATE ledger.deliveries SET state = 'dead', tries = tries + 1, error = $2, done = now(), next_try = NULL
         WHERE n = $1`,
        [n, storable(error)],
      );
      await client.query(
        `WITH gone AS (
           DELETE FROM ledger.deliveries WHERE n IN (
             SELECT n FROM ledger.deliveries WHERE subscriber = $1 AND state = 'dead' ORDER BY n DESC OFFSET $2
           ) RETURNING 1
         )
         UPDATE ledger.webhook_cursors SET dropped = dropped + (SELECT count(*) FROM gone), last_failed = now(),
           last_error = $3 WHERE subscriber = $1`,
        [subscriber, MAX_DEAD, storable(error)],
      );
    });
  }

  /** Has some that were given up delivered again. @returns how many */
  async retry(numbers: readonly number[]): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `UPDATE ledger.deliveries SET state = 'waiting', requeued = true, first_failed = NULL, next_try = NULL, done = NULL
       WHERE n = ANY ($1::bigint[]) AND state = 'dead'`,
      [numbers],
    );
    return rowCount ?? 0;
  }

  /** Takes some off for good that were given up. @returns how many */
  async discard(numbers: readonly number[]): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM ledger.deliveries WHERE n = ANY ($1::bigint[]) AND state = 'dead'`,
      [numbers],
    );
    return rowCount ?? 0;
  }

  /** Forgets what waits for a receiver, and has its part of the log begin at a position. @returns how many waited */
  async skip(subscriber: string, to: Position): Promise<number> {
    return this.#transaction(async (client) => {
      const { rowCount } = await client.query(
        `DELETE FROM ledger.deliveries WHERE subscriber = $1 AND state = 'waiting'`,
        [subscriber],
      );
      await client.query(
        `INSERT INTO ledger.webhook_cursors (subscriber, position) VALUES ($1, $2)
         ON CONFLICT (subscriber) DO UPDATE SET position = greatest(ledger.webhook_cursors.position, $2)`,
        [subscriber, to.toString()],
      );
      return rowCount ?? 0;
    });
  }

  /** Forgets what waits for one receiver. */
  async drop(subscriber: string): Promise<void> {
    await this.#pool.query(`DELETE FROM ledger.deliveries WHERE subscriber = $1 AND state = 'waiting'`, [subscriber]);
  }

  /** Those that it knows. */
  async subscribers(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ subscriber: string }>('SELECT subscriber FROM ledger.webhook_cursors');
    return rows.map(({ subscriber }) => subscriber);
  }

  /** Forgets receivers, and what was for them. */
  async forget(subscribers: readonly string[]): Promise<void> {
    await this.#pool.query('DELETE FROM ledger.deliveries WHERE subscriber = ANY ($1)', [subscribers]);
    await this.#pool.query('DELETE FROM ledger.webhook_cursors WHERE subscriber = ANY ($1)', [subscribers]);
  }

  /** Forgets what was delivered more than so many milliseconds ago, and all but the last {@link MAX_DELIVERED}. */
  async forgetDelivered(olderThanMs: number): Promise<void> {
    await this.#pool.query(
      `DELETE FROM ledger.deliveries WHERE state = 'delivered' AND done <= (
         SELECT done FROM ledger.deliveries WHERE state = 'delivered' ORDER BY done DESC OFFSET $1 LIMIT 1)`,
      [MAX_DELIVERED],
    );
    await this.#pool.query(
      `DELETE FROM ledger.deliveries WHERE state = 'delivered' AND done < now() - $1::float8 * interval '1 millisecond'`,
      [olderThanMs],
    );
  }

  /** Whether a receiver has got a delivery that is still kept. */
  async hasDelivered(subscriber: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `SELECT 1 FROM ledger.deliveries WHERE subscriber = $1 AND state = 'delivered' LIMIT 1`,
      [subscriber],
    );
    return rowCount === 1;
  }

  /** Which of these deliveries still wait, by their ids. */
  async stillWaiting(ids: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `SELECT DISTINCT id FROM ledger.deliveries WHERE id = ANY ($1) AND state = 'waiting'`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Some deliveries, the newest first; of one receiver and in one state where these are named. */
  async list(options: {
    readonly subscriber?: string;
    readonly state?: string;
    readonly skip: number;
    readonly count: number;
  }): Promise<{ readonly deliveries: readonly KeptDelivery[]; readonly total: number }> {
    const where = `FROM ledger.deliveries WHERE ($1::text IS NULL OR subscriber = $1) AND ($2::text IS NULL OR state = $2)`;
    const values = [options.subscriber ?? null, options.state ?? null];
    const { rows } = await this.#pool.query<
      Omit<KeptDelivery, 'n' | 'made' | 'done' | 'nextTry'> & {
        readonly n: string;
        readonly made: Date;
        readonly done: Date | null;
        readonly next_try: Date | null;
      }
    >(
      `SELECT n::text, subscriber, id, object, kind, state, tries, error, made, done, next_try
       ${where} ORDER BY deliveries.n DESC OFFSET $3 LIMIT $4`,
      [...values, options.skip, options.count],
    );
    const counted = await this.#pool.query<{ n: string }>(`SELECT count(*) AS n ${where}`, values);
    const deliveries = rows.map(({ n, made, done, next_try: next, ...row }) => ({
      ...row,
      n: Number(n),
      made: made.toISOString(),
      done: done?.toISOString() ?? null,
      nextTry: next?.toISOString() ?? null,
    }));
    return { deliveries, total: Number(counted.rows[0]?.n ?? 0) };
  }

  /** How deliveries stand, by receiver. */
  async counts(): Promise<Map<string, DeliveryCounts>> {
    const { rows } = await this.#pool.query<{
      subscriber: string;
      position: string;
      delivered: string;
      dropped: string;
      last_delivered: Date | null;
      last_failed: Date | null;
      last_error: string | null;
      waiting: string;
      dead: string;
    }>(
      `SELECT c.*, coalesce(w.n, 0) AS waiting, coalesce(d.n, 0) AS dead FROM ledger.webhook_cursors c
       LEFT JOIN (SELECT subscriber, count(*) AS n FROM ledger.deliveries WHERE state = 'waiting' GROUP BY 1) w
         USING (subscriber)
       LEFT JOIN (SELECT subscriber, count(*) AS n FROM ledger.deliveries WHERE state = 'dead' GROUP BY 1) d
         USING (subscriber)`,
    );
    return new Map(
      rows.map((row) => [
        row.subscriber,
        {
          waiting: Number(row.waiting),
          dead: Number(row.dead),
          delivered: Number(row.delivered),
          dropped: Number(row.dropped),
          lastDelivered: row.last_delivered?.toISOString() ?? null,
          lastFailed: row.last_failed?.toISOString() ?? null,
          lastError: row.last_error,
          position: BigInt(row.position),
        },
      ]),
    );
  }

  async #transaction<R>(task: (client: PoolClient) => Promise<R>): Promise<R> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const result = await task(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      // A connection on which this fails too is given up.
      const clean = await client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
      client.release(!clean);
      throw error;
    }
  }
}

const storable = (error: string): string => error.slice(0, MAX_ERROR).replaceAll('\0', '\uFFFD');
