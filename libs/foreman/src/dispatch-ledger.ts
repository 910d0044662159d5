import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import type { SentTask, TaskPlace } from '#wire';

/** Who has taken a task, and since when. */
export interface Taker {
  readonly agent: string;
  /** ISO 8601. */
  readonly since: string;
}

/** A dispatch as it is kept. */
type NotedTask = Omit<SentTask, 'receipt'> & { readonly receipt?: string | null | undefined };

/** At most this many jobs have what they left behind taken back at a time. */
const MAX_LEFT_OVER = 1000;

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.handed_over (
  cookie text PRIMARY KEY, job bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
  ALTER TABLE ledger.handed_over ADD COLUMN IF NOT EXISTS agent text;
  ALTER TABLE ledger.handed_over ADD COLUMN IF NOT EXISTS taken text;
  ALTER TABLE ledger.handed_over ADD COLUMN IF NOT EXISTS server text;
  ALTER TABLE ledger.handed_over ADD COLUMN IF NOT EXISTS site text;
  ALTER TABLE ledger.handed_over ADD COLUMN IF NOT EXISTS module text;
  ALTER TABLE ledger.handed_over ADD COLUMN IF NOT EXISTS receipt text;
  CREATE INDEX IF NOT EXISTS handed_over_job ON ledger.handed_over (job)`;

/**
 * Which dispatches were put onto the wire, and which agents have taken them: a ledger of what was done to the outside.
 * Without it every restart would hand every task over again. It holds one dispatch of each job under way.
 */
export class DispatchLedger {
  readonly #pool: Pool;
  readonly #server: string;

  /** @param server names this process; another one has another name */
  constructor(pool: Pool, server: string) {
    this.#pool = pool;
    this.#server = server;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  async has(cookie: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'handed-over',
      text: 'SELECT 1 FROM ledger.handed_over WHERE cookie = $1',
      values: [cookie],
    });
    return rowCount === 1;
  }

  /** Where a dispatch was handed to; undefined where it is not known. */
  async placeOf(cookie: string): Promise<TaskPlace | undefined> {
    const { rows } = await this.#pool.query<TaskPlace>({
      name: 'handed-over-to',
      text: 'SELECT site, module FROM ledger.handed_over WHERE cookie = $1 AND site IS NOT NULL',
      values: [cookie],
    });
    return rows[0];
  }

  /** Notes a dispatch, and forgets the earlier ones of its job. @returns whether it is this process that has noted it */
  async note(job: number, { cookie, site, module, receipt = null }: NotedTask): Promise<boolean> {
    const { rows } = await this.#pool.query<{ mine: boolean }>({
      name: 'hand-over',
      text: `WITH gone AS (DELETE FROM ledger.handed_over WHERE job = $1 AND cookie <> $2)
             INSERT INTO ledger.handed_over AS known (cookie, job, server, site, module, receipt)
             VALUES ($2, $1, $3, $4, $5, $6)
             ON CONFLICT (cookie) DO UPDATE SET server = coalesce(known.server, ''), site = $4, module = $5, receipt = $6
             RETURNING server = $3 AS mine`,
      values: [job, cookie, this.#server, site, module, receipt],
    });
    return rows[0]?.mine === true;
  }

  /** The dispatches of a job that were put onto the wire, with what takes them back. */
  async of(job: number): Promise<readonly SentTask[]> {
    const { rows } = await this.#pool.query<NotedTask>({
      name: 'handed-over-of',
      text: 'SELECT cookie, site, module, receipt FROM ledger.handed_over WHERE job = $1 AND site IS NOT NULL',
      values: [job],
    });
    return rows.map(({ receipt, ...task }) => ({ ...task, receipt: receipt ?? undefined }));
  }

  /** Notes that an agent has taken a dispatch; the first one counts. */
  async take(job: number, cookie: string, { agent, since }: Taker): Promise<void> {
    await this.#pool.query({
      name: 'hand-over-taken',
      text: `INSERT INTO ledger.handed_over AS known (cookie, job, agent, taken) VALUES ($1, $2, $3, $4)
             ON CONFLICT (cookie) DO UPDATE SET agent = $3, taken = $4 WHERE known.agent IS NULL`,
      values: [cookie, job, agent, since],
    });
  }

  /** Who has taken a dispatch; undefined where nobody has, as far as is known. */
  async takerOf(cookie: string): Promise<Taker | undefined> {
    const { rows } = await this.#pool.query<Taker>({
      name: 'hand-over-taker',
      text: 'SELECT agent, taken AS since FROM ledger.handed_over WHERE cookie = $1 AND agent IS NOT NULL',
      values: [cookie],
    });
    return rows[0];
  }

  /** Jobs that are not under way and have left dispatches behind, for a minute at least: it was not seen how they ended. */
  async leftOver(underWay: readonly number[]): Promise<readonly number[]> {
    const text = `SELECT DISTINCT job FROM ledger.handed_over WHERE at < now() - interval '1 minute' AND job <> ALL ($1)
                  AND site IS NOT NULL LIMIT ${MAX_LEFT_OVER}`;
    const { rows } = await this.#pool.query<{ job: string }>(text, [underWay]);
    return rows.map(({ job }) => Number(job));
  }

  /** Forgets the old dispatches of jobs that are not under way: the database was away when they were over. */
  async prune(underWay: readonly number[]): Promise<void> {
    const text = `DELETE FROM ledger.handed_over WHERE at < now() - interval '1 day' AND job <> ALL ($1)`;
    await this.#pool.query(text, [underWay]);
  }

  /** Forgets the dispatches of a job that is over. */
  async forget(job: number): Promise<void> {
    await this.#pool.query({
      name: 'hand-over-forget',
      text: 'DELETE FROM ledger.handed_over WHERE job = $1',
      values: [job],
    });
  }
}
