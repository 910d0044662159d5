import type { Pool } from 'pg';
import { inTime } from '#event-store';
import { makeLedger } from './ledger.ts';

/** An answer as it was given: to be given again when the same request comes again. */
export interface KeptAnswer {
  /** What was asked, so that the same key is not taken for another request. */
  readonly fingerprint: string;
  /** JSON text. */
  readonly answer: string;
}

/** How many answers are kept at most; the oldest go first. */
export const MAX_ANSWERS = 1_000_000;
/** How many answers are kept before it is looked again which have to go. */
export const LOOK_EVERY = 1000;

/**
 * Answers that were given, by the id of the request: a ledger, because an answer that was given cannot be derived. A
 * million of them are kept; which have to go is looked at with every thousandth that comes. How long, others say (`prune`).
 */
export class PostgresIdempotencyStore {
  readonly #pool: Pool;
  readonly #maxAnswers: number;
  #untilLook = LOOK_EVERY;

  constructor(pool: Pool, maxAnswers = MAX_ANSWERS) {
    this.#pool = pool;
    this.#maxAnswers = maxAnswers;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      `CREATE TABLE IF NOT EXISTS ledger.answers (
         request text PRIMARY KEY, fingerprint text NOT NULL, answer text NOT NULL, given timestamptz NOT NULL DEFAULT now()
       );
       CREATE INDEX IF NOT EXISTS answers_given ON ledger.answers (given)`,
    );
    await this.#purge();
  }

  async find(request: string): Promise<KeptAnswer | undefined> {
    const { rows } = await this.#pool.query<KeptAnswer>(
      inTime({
        name: 'find-answer',
        text: 'SELECT fingerprint, answer FROM ledger.answers WHERE request = $1',
        values: [request],
      }),
    );
    return rows[0];
  }

  /** Keeps an answer; where one is there already, that one stays. */
  async keep(request: string, { fingerprint, answer }: KeptAnswer): Promise<void> {
    await this.#pool.query(
      inTime(
        {
          name: 'keep-answer',
          text: 'INSERT INTO ledger.answers (request, fingerprint, answer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          values: [request, fingerprint, answer],
        },
        answer.length,
      ),
    );
    this.#untilLook -= 1;
    if (this.#untilLook > 0) return;
    this.#untilLook = LOOK_EVERY;
    await this.#purge();
  }

  /** Removes answers given before a time, the oldest first. @param before ISO 8601 @returns how many */
  async prune(before: string, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM ledger.answers WHERE request IN
        (SELECT request FROM ledger.answers WHERE given < $1 ORDER BY given LIMIT $2)`,
      [before, limit],
    );
    return rowCount ?? 0;
  }

  async #purge(): Promise<void> {
    await this.#pool.query({
      name: 'purge-answers',
      text: `DELETE FROM ledger.answers WHERE given <
        (SELECT given FROM ledger.answers ORDER BY given DESC OFFSET $1 LIMIT 1)`,
      values: [this.#maxAnswers],
    });
  }
}
