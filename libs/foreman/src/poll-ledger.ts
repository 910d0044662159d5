import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import type { Holder } from './job-messages.ts';

/** An agent that was heard of, and when, in milliseconds since 1970. */
export interface HeardOf {
  readonly holder: Holder;
  readonly at: number;
}

/** How many sessions one server remembers to have noted; beyond, those noted longest ago are noted again. */
export const MAX_NOTED = 10_000;
/** How many sessions are read at a time. */
const MAX_READ = 10_000;

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.polling_agents (
  session text PRIMARY KEY, name text NOT NULL, source text NOT NULL, heard bigint NOT NULL, server text NOT NULL);
  CREATE INDEX IF NOT EXISTS polling_agents_heard ON ledger.polling_agents (heard)`;

/** Whether the server that wrote a row is connected to the database still. */
const ALIVE = `EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = server AND application_name <> '')`;

/**
 * When agents that poll were last heard of, by whichever server. Servers are told apart by the name under which they are
 * connected to the database. Sessions that are silent for longer than `keepMs` are forgotten.
 */
export class PollLedger {
  readonly #pool: Pool;
  readonly #everyMs: number;
  readonly #keepMs: number;
  readonly #noted = new Map<string, number>();

  /** @param everyMs a session is written at most so often */
  constructor(pool: Pool, { everyMs, keepMs }: { readonly everyMs: number; readonly keepMs: number }) {
    this.#pool = pool;
    this.#everyMs = everyMs;
    this.#keepMs = keepMs;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /** How many sessions it remembers to have noted. */
  get size(): number {
    return this.#noted.size;
  }

  /** Notes that an agent was heard of, unless that was noted just before. */
  async note({ session, user, source }: Holder, at: number): Promise<void> {
    const before = this.#noted.get(session);
    if (before !== undefined && at - before < this.#everyMs && at >= before) return;
    this.#noted.delete(session);
    this.#noted.set(session, at);
    if (this.#noted.size > MAX_NOTED) this.#noted.delete(this.#noted.keys().next().value ?? '');
    await this.#pool.query({
      name: 'poll-note',
      text: `INSERT INTO ledger.polling_agents AS known (session, name, source, heard, server)
             VALUES ($1, $2, $3, $4, current_setting('application_name'))
             ON CONFLICT (session) DO UPDATE SET heard = greatest(known.heard, $4), server = EXCLUDED.server`,
      values: [session, user, source, at],
    });
  }

  /** Whether a server that runs has heard of this session before. */
  async isKnown(session: string): Promise<boolean> {
    if (this.#noted.has(session)) return true;
    const { rowCount } = await this.#pool.query({
      name: 'poll-known',
      text: `SELECT 1 FROM ledger.polling_agents WHERE session = $1 AND ${ALIVE}`,
      values: [session],
    });
    return rowCount === 1;
  }

  /** What others have heard from this time on, the earliest first. */
  async heardElsewhere(from: number): Promise<readonly HeardOf[]> {
    const { rows } = await this.#pool.query<{ session: string; name: string; source: string; heard: string }>({
      name: 'poll-heard',
      text: `SELECT session, name, source, heard FROM ledger.polling_agents
             WHERE heard >= $1 AND server <> current_setting('application_name') ORDER BY heard LIMIT ${MAX_READ}`,
      values: [from],
    });
    return rows.map(({ session, name: user, source, heard }) => ({
      holder: { user, source, session },
      at: Number(heard),
    }));
  }

  /** Whether other servers are connected to the database. */
  async othersRun(): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'servers',
      text: `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'contractor %'
             AND application_name <> current_setting('application_name') LIMIT 1`,
    });
    return rowCount === 1;
  }

  /** Forgets sessions nothing was heard of for long. */
  async prune(now: number): Promise<void> {
    await this.#pool.query('DELETE FROM ledger.polling_agents WHERE heard < $1', [now - this.#keepMs]);
  }
}
