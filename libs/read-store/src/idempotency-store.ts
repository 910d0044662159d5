import type { Pool } from 'pg';
import { makeLedger } from './ledger.ts';

/** An answer as it was given: to be given again when the same request comes again. */
export interface KeptAnswer {
  /** What was asked, so that the same key is not taken for another request. */
  readonly fingerprint: string;
  /** JSON text. */
  readonly answer: string;
}

/** How long an answer is kept, in days. */
const DAYS = 7;

/**
 * Answers that were given, by the id of the request: a ledger, because an answer that was given cannot be derived. They
 * are kept for a week.
 */
export class PostgresIdempotencyStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      `CREATE TABLE IF NOT EXISTS ledger.answers (
         request text PRIMARY KEY, fingerprint text NOT NULL, answer text NOT NULL, given timestamptz NOT NULL DEFAULT now()
       )`,
    );
    await this.#pool.query(`DELETE FROM ledger.answers WHERE given < now() - interval '${DAYS} days'`);
  }

  async find(request: string): Promise<KeptAnswer | undefined> {
    const { rows } = await this.#pool.query<KeptAnswer>({
      name: 'find-answer',
      text: 'SELECT fingerprint, answer FROM ledger.answers WHERE request = $1',
      values: [request],
    });
    return rows[0];
  }

  /** Keeps an answer; where one is there already, that one stays. */
  async keep(request: string, { fingerprint, answer }: KeptAnswer): Promise<void> {
    await this.#pool.query({
      name: 'keep-answer',
      text: 'INSERT INTO ledger.answers (request, fingerprint, answer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      values: [request, fingerprint, answer],
    });
  }
}
