import type { Pool } from 'pg';
import { makeLedger } from '#read-store';

/**
 * Which dispatches the wire holds: a ledger of what was done to the outside. Without it every restart would hand every
 * task over again.
 */
export class DispatchLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      'CREATE TABLE IF NOT EXISTS ledger.handed_over (cookie text PRIMARY KEY, job bigint NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    );
  }

  async has(cookie: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'handed-over',
      text: 'SELECT 1 FROM ledger.handed_over WHERE cookie = $1',
      values: [cookie],
    });
    return rowCount === 1;
  }

  /** Notes a dispatch, and forgets the earlier ones of its job. */
  async note(job: number, cookie: string): Promise<void> {
    await this.#pool.query({
      name: 'hand-over',
      text: `WITH gone AS (DELETE FROM ledger.handed_over WHERE job = $1 AND cookie <> $2)
             INSERT INTO ledger.handed_over (cookie, job) VALUES ($2, $1) ON CONFLICT DO NOTHING`,
      values: [job, cookie],
    });
  }

  /** Forgets the dispatches of a job that is over. */
  async forget(job: number): Promise<void> {
    await this.#pool.query('DELETE FROM ledger.handed_over WHERE job = $1', [job]);
  }
}
