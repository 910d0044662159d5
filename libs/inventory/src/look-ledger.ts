import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import type { UnknownMachine } from './compare.ts';

/** What was found when the machines of a complex were last looked at. */
export interface MachineLook {
  /** ISO 8601, by the clock of the log. */
  readonly at: string;
  /** Why that did not succeed; what else stands here is of the look before. */
  readonly fault: string | null;
  /** How many machines its host has. */
  readonly machines: number;
  /** How many of them no foundation knows. */
  readonly unknownCount: number;
  readonly unknown: readonly UnknownMachine[];
}

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.machine_looks (
  complex text PRIMARY KEY, look jsonb, wanted boolean NOT NULL DEFAULT false)`;

/** What hosts were last found to have, by complex: it was seen outside, and cannot be derived from the log. */
export class LookLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /** The last look at a complex; undefined: there was none. */
  async of(complex: string): Promise<MachineLook | undefined> {
    const { rows } = await this.#pool.query<{ readonly look: MachineLook | null }>({
      name: 'machine-look',
      text: 'SELECT look FROM ledger.machine_looks WHERE complex = $1',
      values: [complex],
    });
    return rows[0]?.look ?? undefined;
  }

  /** When each complex was last looked at, ISO 8601, or null, and whether somebody wants that to be done at once. */
  async due(): Promise<ReadonlyMap<string, { readonly at: string | null; readonly wanted: boolean }>> {
    const { rows } = await this.#pool.query<{ complex: string; at: string | null; wanted: boolean }>({
      name: 'machine-looks-due',
      text: `SELECT complex, look ->> 'at' AS at, wanted FROM ledger.machine_looks`,
    });
    return new Map(rows.map(({ complex, ...row }) => [complex, row]));
  }

  /** Somebody wants a complex to be looked at at once. */
  async want(complex: string): Promise<void> {
    await this.#pool.query({
      name: 'machine-look-want',
      text: `INSERT INTO ledger.machine_looks (complex, wanted) VALUES ($1, true)
             ON CONFLICT (complex) DO UPDATE SET wanted = true`,
      values: [complex],
    });
  }

  /** Notes a look, which is wanted no more. */
  async note(complex: string, look: MachineLook): Promise<void> {
    await this.#pool.query({
      name: 'machine-look-note',
      text: `INSERT INTO ledger.machine_looks (complex, look) VALUES ($1, $2)
             ON CONFLICT (complex) DO UPDATE SET look = EXCLUDED.look, wanted = false`,
      values: [complex, JSON.stringify(look)],
    });
  }

  /** Forgets complexes that are not there any more. */
  async keepOnly(complexes: readonly string[]): Promise<void> {
    await this.#pool.query({
      name: 'machine-looks-keep',
      text: 'DELETE FROM ledger.machine_looks WHERE complex <> ALL ($1)',
      values: [complexes],
    });
  }
}
