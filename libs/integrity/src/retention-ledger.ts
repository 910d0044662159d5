import type { Pool } from 'pg';
import { makeLedger } from '#read-store';

/** How much is kept of why a rule failed, in characters. */
const MAX_ERROR = 500;

/** When a rule was last looked at, by whichever server, and what it has removed. */
export interface RetentionRun {
  readonly rule: string;
  /** ISO 8601. */
  readonly ran: string;
  /** What it removed then, and in all. */
  readonly removed: number;
  readonly total: number;
  /** Why it failed then; null: it did not. */
  readonly error: string | null;
}

/** What was removed because it was kept long enough: a ledger, so every server tells of it, also after a restart. */
export class RetentionLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      `CREATE TABLE IF NOT EXISTS ledger.retention (
         rule text PRIMARY KEY, ran timestamptz NOT NULL, removed bigint NOT NULL, total bigint NOT NULL, error text
       )`,
    );
  }

  /** Notes that a rule was looked at. @param ran ISO 8601 */
  async note({ rule, ran, removed, error }: Omit<RetentionRun, 'total'>): Promise<void> {
    await this.#pool.query(
      `INSERT INTO ledger.retention AS r (rule, ran, removed, total, error) VALUES ($1, $2, $3, $3, $4)
       ON CONFLICT (rule) DO UPDATE SET ran = $2, removed = $3, total = r.total + $3, error = $4`,
      [rule, ran, removed, error?.slice(0, MAX_ERROR).replaceAll('\0', '\uFFFD') ?? null],
    );
  }

  async runs(): Promise<readonly RetentionRun[]> {
    const { rows } = await this.#pool.query<
      Pick<RetentionRun, 'rule' | 'error'> & { ran: Date; removed: string; total: string }
    >('SELECT rule, ran, removed, total, error FROM ledger.retention ORDER BY rule');
    return rows.map(({ rule, ran, removed, total, error }) => ({
      rule,
      ran: ran.toISOString(),
      removed: Number(removed),
      total: Number(total),
      error,
    }));
  }
}
