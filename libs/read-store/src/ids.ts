import type { Pool } from 'pg';
import { makeLedger } from './ledger.ts';

/**
 * Hands out whole numbers, each at most once; gaps are normal. A ledger: never rebuilt. The guarantee that an id is new
 * lies in the log (its stream must not exist yet); this is the hint that makes it come true the first time.
 */
export class Ids {
  readonly #pool: Pool;
  readonly #made = new Map<string, Promise<void>>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The next ids of a kind, so many of them. */
  async take(kind: string, count: number): Promise<number[]> {
    const name = `ledger.ids_${kind.toLowerCase()}`;
    await this.#make(name);
    const text = `SELECT nextval('${name}') AS id FROM generate_series(1, $1)`;
    const { rows } = await this.#pool.query<{ id: string }>({ name: `take-${kind}`, text, values: [count] });
    return rows.map(({ id }) => Number(id));
  }

  /** The next id of a kind (letters only). */
  async next(kind: string): Promise<number> {
    const name = `ledger.ids_${kind.toLowerCase()}`;
    await this.#make(name);
    const { rows } = await this.#pool.query<{ id: string }>({
      name: `next-${kind}`,
      text: `SELECT nextval('${name}') AS id`,
    });
    return Number(rows[0]?.id);
  }

  #make(name: string): Promise<void> {
    const known = this.#made.get(name);
    if (known) return known;
    const making = makeLedger(this.#pool, `CREATE SEQUENCE IF NOT EXISTS ${name}`);
    this.#made.set(name, making);
    making.catch(() => this.#made.delete(name));
    return making;
  }
}
