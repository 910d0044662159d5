import type { Pool } from 'pg';
import type { Position } from '#event-store';
import { inTransaction } from './in-transaction.ts';

/** How many deliveries are kept that were made. */
export const MAX_DELIVERED = 100_000;

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

/** The ledger of deliveries, for those who look after them: what is kept of them, tried again, forgotten. */
export class KeptDeliveries {
  readonly #pool: Pool;
  readonly #maxDelivered: number;

  constructor(pool: Pool, maxDelivered = MAX_DELIVERED) {
    this.#pool = pool;
    this.#maxDelivered = maxDelivered;
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
    return inTransaction(this.#pool, async (client) => {
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

  /** Removes the oldest of those made before a time, or that are more than are kept. @param before ISO 8601 @returns how many */
  async prune(before: string, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM ledger.deliveries WHERE n IN (
         SELECT n FROM ledger.deliveries WHERE state = 'delivered' AND (done < $1::timestamptz OR done <= (
           SELECT done FROM ledger.deliveries WHERE state = 'delivered' ORDER BY done DESC OFFSET $3 LIMIT 1))
         ORDER BY done LIMIT $2)`,
      [before, limit, this.#maxDelivered],
    );
    return rowCount ?? 0;
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
}
