import type { Pool } from 'pg';
import type { SettingDifference } from '#platform';
import { makeLedger } from '#read-store';

/** What was found when the settings of a machine were last looked at. */
export interface SettingsLook {
  /** ISO 8601, by the clock of the log. */
  readonly at: string;
  /** Why that did not succeed; null: it did. */
  readonly fault: string | null;
  /** Whether its configuration declares any. */
  readonly declared: boolean;
  /** Those that are not as declared. */
  readonly differences: readonly SettingDifference[];
}

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.settings_looks (
  foundation text PRIMARY KEY, look jsonb, wanted boolean NOT NULL DEFAULT false)`;

/** The most looks that somebody can wait for at a time. */
export const MAX_WANTED = 100;
/** How many looks are kept; the oldest are forgotten beyond. */
export const MAX_KEPT = 10_000;

/** What machines were last found to be set to, by foundation: it was seen outside, and cannot be derived from the log. */
export class SettingsLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /** The last look at a machine, and whether somebody waits for another one; undefined: there was none. */
  async of(foundation: string): Promise<{ readonly look: SettingsLook | null; readonly wanted: boolean } | undefined> {
    const { rows } = await this.#pool.query<{ readonly look: SettingsLook | null; readonly wanted: boolean }>({
      name: 'settings-look',
      text: 'SELECT look, wanted FROM ledger.settings_looks WHERE foundation = $1',
      values: [foundation],
    });
    return rows[0];
  }

  /** The foundations whose settings somebody wants looked at, so many at most. */
  async wanted(count: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ readonly foundation: string }>({
      name: 'settings-looks-wanted',
      text: 'SELECT foundation FROM ledger.settings_looks WHERE wanted ORDER BY foundation LIMIT $1',
      values: [count],
    });
    return rows.map(({ foundation }) => foundation);
  }

  /** Somebody wants the settings of a machine looked at. @returns whether there is room for that */
  async want(foundation: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'settings-look-want',
      text: `INSERT INTO ledger.settings_looks (foundation, wanted)
             SELECT $1, true WHERE (SELECT count(*) FROM ledger.settings_looks WHERE wanted) < $2
             ON CONFLICT (foundation) DO UPDATE SET wanted = true`,
      values: [foundation, MAX_WANTED],
    });
    return rowCount === 1;
  }

  /** Notes a look, which is wanted no more. */
  async note(foundation: string, look: SettingsLook): Promise<void> {
    await this.#pool.query({
      name: 'settings-look-note',
      text: `INSERT INTO ledger.settings_looks (foundation, look) VALUES ($1, $2)
             ON CONFLICT (foundation) DO UPDATE SET look = EXCLUDED.look, wanted = false`,
      values: [foundation, JSON.stringify(look)],
    });
    await this.#pool.query({
      name: 'settings-looks-keep',
      text: `DELETE FROM ledger.settings_looks WHERE NOT wanted AND foundation IN (
               SELECT foundation FROM ledger.settings_looks ORDER BY look ->> 'at' DESC NULLS LAST OFFSET $1)`,
      values: [MAX_KEPT],
    });
  }
}
