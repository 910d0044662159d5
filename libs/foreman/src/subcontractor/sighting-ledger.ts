import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import type { ServedModules, Transport } from './subcontractor.ts';

/** That a subcontractor was heard of. */
export interface Sighting {
  /** Its id. */
  readonly id: string;
  /** By what it was heard of: its name on the wire, or the session by which it polls; several may be one subcontractor. */
  readonly source: string;
  /** Null: it serves every site. */
  readonly site: string | null;
  readonly agent: string;
  readonly transport: Transport;
  readonly modules: ServedModules;
}

/** A subcontractor that polls, as it was last heard of by whichever server. */
export interface PolledSighting extends Omit<Sighting, 'id' | 'source' | 'transport'> {
  /** When, milliseconds since 1970 by the clock of the database. */
  readonly heard: number;
}

/** At most this many that poll are read at a time, those heard of last. */
const MAX_READ = 10_000;

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.sightings (
  source text NOT NULL, id text NOT NULL, site text, agent text NOT NULL, transport text NOT NULL, modules jsonb NOT NULL,
  heard bigint NOT NULL, PRIMARY KEY (source, id));
  CREATE INDEX IF NOT EXISTS sightings_id ON ledger.sightings (id);
  CREATE INDEX IF NOT EXISTS sightings_heard ON ledger.sightings (transport, heard)`;

/** The time of the database: servers may have clocks of their own. */
const NOW = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

/** When subcontractors were last heard of, by whichever server: nothing the log would have to hold. */
export class SightingLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /** Notes that these were heard of just now. */
  async note(sightings: readonly Sighting[]): Promise<void> {
    if (sightings.length === 0) return;
    await this.#pool.query({
      name: 'sightings-note',
      text: `INSERT INTO ledger.sightings AS known (source, id, site, agent, transport, modules, heard)
             SELECT source, id, site, agent, transport, modules, ${NOW}
             FROM jsonb_to_recordset($1::jsonb) AS r(source text, id text, site text, agent text, transport text, modules jsonb)
             ON CONFLICT (source, id) DO UPDATE SET transport = EXCLUDED.transport, modules = EXCLUDED.modules,
             heard = greatest(known.heard, EXCLUDED.heard)`,
      values: [JSON.stringify(sightings)],
    });
  }

  /** Those that poll, and were heard of within so many milliseconds. */
  async polled(withinMs: number): Promise<readonly PolledSighting[]> {
    const { rows } = await this.#pool.query<Omit<PolledSighting, 'heard'> & { readonly heard: string }>({
      name: 'sightings-polled',
      text: `SELECT site, agent, modules, heard FROM ledger.sightings
             WHERE transport = 'poll' AND heard > ${NOW} - $1::bigint ORDER BY heard DESC LIMIT ${MAX_READ}`,
      values: [withinMs],
    });
    return rows.map(({ heard, ...row }) => ({ ...row, heard: Number(heard) }));
  }

  /** When they were last heard of, ISO 8601, by id. */
  async lastSeen(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.#pool.query<{ readonly id: string; readonly heard: string }>({
      name: 'sightings-last',
      text: 'SELECT id, max(heard) AS heard FROM ledger.sightings WHERE id = ANY ($1) GROUP BY id',
      values: [ids],
    });
    return new Map(rows.map(({ id, heard }) => [id, new Date(Number(heard)).toISOString()]));
  }

  /** Forgets those nothing was heard of for so many milliseconds. */
  async prune(afterMs: number): Promise<void> {
    await this.#pool.query(`DELETE FROM ledger.sightings WHERE heard < ${NOW} - $1::bigint`, [afterMs]);
  }
}
