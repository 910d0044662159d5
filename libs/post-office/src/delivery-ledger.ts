import type { Pool } from 'pg';
import type { Position } from '#event-store';
import { makeLedger } from '#read-store';
import { DELIVERY_TABLES } from './delivery-tables.ts';
import { inTransaction } from './in-transaction.ts';
import type { NewDelivery, WaitingDelivery, WaitingRow } from './waiting-delivery.ts';
import { WAITING_COLUMNS, waitingOf } from './waiting-delivery.ts';

/** How many deliveries of a receiver are kept that were given up; the oldest go, and are counted. */
export const MAX_DEAD = 1000;
/** How much is kept of why a delivery failed, in characters. */
const MAX_ERROR = 1000;

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
    await makeLedger(this.#pool, DELIVERY_TABLES);
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
    return inTransaction(this.#pool, async (client) => {
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
      const column = (name: Exclude<keyof NewDelivery, 'trace'>) =>
        deliveries.map((one) => one[name].replaceAll('\0', '\uFFFD'));
      const traces = deliveries.map(({ trace }) => trace ?? null);
      const { rows } = await client.query<WaitingRow>({
        name: 'add-deliveries',
        text: `INSERT INTO ledger.deliveries (subscriber, id, object, kind, body, trace)
          SELECT s, i, o, k, b, c FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
            WITH ORDINALITY AS t(s, i, o, k, b, c, at) ORDER BY at
          ON CONFLICT (subscriber, id) DO NOTHING RETURNING ${WAITING_COLUMNS}`,
        values: [column('subscriber'), column('id'), column('object'), column('kind'), column('body'), traces],
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
      `SELECT ${WAITING_COLUMNS} FROM ledger.deliveries WHERE state = 'waiting' ORDER BY n`,
    );
    return rows.map(waitingOf);
  }

  /** What somebody has put back to be delivered since; told once. */
  async requeued(): Promise<readonly WaitingDelivery[]> {
    const { rows } = await this.#pool.query<WaitingRow>({
      name: 'requeued-deliveries',
      text: `UPDATE ledger.deliveries SET requeued = false WHERE requeued AND state = 'waiting' RETURNING ${WAITING_COLUMNS}`,
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
          next_try = to_timestamp($5::float8 / 1000) WHERE n = $1 AND state = 'waiting'`,
      values: [n, subscriber, storable(error), times.firstFailed, times.nextTry],
    });
  }

  /** Gives one up: it is kept for operators, the oldest of its receiver are not. */
  async giveUp({ n, subscriber }: Pick<WaitingDelivery, 'n' | 'subscriber'>, error: string): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE ledger.deliveries SET state = 'dead', tries = tries + 1, error = $2, done = now(), next_try = NULL
         WHERE n = $1 AND state = 'waiting'`,
        [n, storable(error)],
      );
      // Another process has made it meanwhile.
      if (rowCount === 0) return;
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
}

const storable = (error: string): string => error.slice(0, MAX_ERROR).replaceAll('\0', '\uFFFD');
