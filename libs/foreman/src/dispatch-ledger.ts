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
export type NotedTask = Omit<SentTask, 'receipt'> & { readonly receipt?: string | null | undefined };

/** A dispatch that is to be noted, and who waits for it. */
interface Due {
  readonly note: NotedTask & { readonly job: number };
  readonly resolve: (mine: boolean) => void;
  readonly reject: (error: unknown) => void;
}

const COLUMNS = ['job', 'cookie', 'site', 'module', 'receipt'] as const;

/** How many dispatches one statement notes at the most. */
const MAX_BATCH = 500;

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
  /** What is to be noted next. */
  #due: Due[] = [];
  #noting = false;

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

  /**
   * Notes a dispatch, and forgets the earlier ones of its job. Those that come together are one statement.
   * @returns whether it is this process that has noted it
   */
  note(job: number, task: NotedTask): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#due.push({ note: { job, ...task }, resolve, reject });
      if (!this.#noting) void this.#noteDue();
    });
  }

  /** Notes dispatches, one of each job, and forgets the earlier ones. @returns cookies of those this process has noted */
  async noteAll(notes: readonly (NotedTask & { readonly job: number })[]): Promise<ReadonlySet<string>> {
    if (notes.length === 0) return new Set();
    const { rows } = await this.#pool.query<{ cookie: string }>({
      name: 'hand-over',
      text: `WITH given AS (
               SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])
                 AS t(job, cookie, site, module, receipt)),
             gone AS (
               DELETE FROM ledger.handed_over AS k USING given WHERE k.job = given.job AND k.cookie <> given.cookie),
             noted AS (
               INSERT INTO ledger.handed_over AS known (cookie, job, server, site, module, receipt)
               SELECT cookie, job, $6, site, module, receipt FROM given
               ON CONFLICT (cookie) DO UPDATE SET server = coalesce(known.server, ''), site = excluded.site,
                 module = excluded.module, receipt = excluded.receipt
               RETURNING known.cookie, server = $6 AS mine)
             SELECT cookie FROM noted WHERE mine`,
      values: [...COLUMNS.map((column) => notes.map((note) => note[column] ?? null)), this.#server],
    });
    return new Set(rows.map(({ cookie }) => cookie));
  }

  async #noteDue(): Promise<void> {
    this.#noting = true;
    // Those of this moment come along.
    await Promise.resolve();
    while (this.#due.length > 0) {
      const jobs = new Set<number>();
      const batch = this.#due.filter(({ note: { job } }) => !jobs.has(job) && jobs.size < MAX_BATCH && jobs.add(job));
      this.#due = this.#due.filter((one) => !batch.includes(one));
      try {
        const mine = await this.noteAll(batch.map(({ note }) => note));
        for (const { note, resolve } of batch) resolve(mine.has(note.cookie));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#noting = false;
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

  /** Notes that agents have taken dispatches; the first one of each counts. */
  async takeAll(takers: readonly (Taker & { readonly job: number; readonly cookie: string })[]): Promise<void> {
    if (takers.length === 0) return;
    const columns = ['cookie', 'job', 'agent', 'since'] as const;
    await this.#pool.query({
      name: 'hand-over-taken',
      text: `INSERT INTO ledger.handed_over AS known (cookie, job, agent, taken)
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
             ON CONFLICT (cookie) DO UPDATE SET agent = excluded.agent, taken = excluded.taken WHERE known.agent IS NULL`,
      values: columns.map((column) => takers.map((taker) => taker[column])),
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

  /** Who has taken dispatches, by their cookies; those that nobody has taken, as far as is known, are left out. */
  async takersOf(cookies: readonly string[]): Promise<ReadonlyMap<string, Taker>> {
    if (cookies.length === 0) return new Map();
    const { rows } = await this.#pool.query<Taker & { readonly cookie: string }>({
      name: 'hand-over-takers',
      text: 'SELECT cookie, agent, taken AS since FROM ledger.handed_over WHERE cookie = ANY ($1) AND agent IS NOT NULL',
      values: [cookies],
    });
    return new Map(rows.map(({ cookie, agent, since }) => [cookie, { agent, since }]));
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

  /** Forgets a dispatch that this process has noted and that was not put onto the wire. */
  async unnote(cookie: string): Promise<void> {
    await this.#pool.query({
      name: 'hand-over-unnote',
      text: 'DELETE FROM ledger.handed_over WHERE cookie = $1 AND server = $2 AND agent IS NULL',
      values: [cookie, this.#server],
    });
  }

  /** Forgets the dispatches of a job that is over. */
  forget(job: number): Promise<void> {
    return this.forgetAll([job]);
  }

  /** Forgets the dispatches of jobs that are over. */
  async forgetAll(jobs: readonly number[]): Promise<void> {
    await this.#pool.query({
      name: 'hand-over-forget',
      text: 'DELETE FROM ledger.handed_over WHERE job = ANY ($1::bigint[])',
      values: [jobs],
    });
  }
}
