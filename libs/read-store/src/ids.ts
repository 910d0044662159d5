import type { Pool } from 'pg';
import { makeLedger } from './ledger.ts';

interface Waiting {
  readonly resolve: (id: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Hands out whole numbers, each at most once; gaps are normal. A ledger: never rebuilt. The guarantee that an id is new
 * lies in the log (its stream must not exist yet); this is the hint that makes it come true the first time.
 */
export class Ids {
  readonly #pool: Pool;
  readonly #made = new Map<string, Promise<void>>();
  /** Who waits for ids, by their kind; none while nothing is under way. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The next ids of a kind (letters only), so many of them. */
  async take(kind: string, count: number): Promise<number[]> {
    const name = `ledger.ids_${kind.toLowerCase()}`;
    await this.#make(name);
    const text = `SELECT nextval('${name}') AS id FROM generate_series(1, $1)`;
    const { rows } = await this.#pool.query<{ id: string }>({ name: `take-${kind}`, text, values: [count] });
    return rows.map(({ id }) => Number(id));
  }

  /** The next id of a kind. Those that are asked for while others are under way are fetched together. */
  next(kind: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(kind);
      if (waiting) {
        waiting.push({ resolve, reject });
        return;
      }
      const first = [{ resolve, reject }];
      this.#waiting.set(kind, first);
      void this.#fetch(kind, first);
    });
  }

  async #fetch(kind: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const served = waiting.splice(0);
      try {
        const ids = await this.take(kind, served.length);
        for (const [n, { resolve }] of served.entries()) resolve(ids[n] as number);
      } catch (error) {
        for (const { reject } of served) reject(error);
      }
    }
    this.#waiting.delete(kind);
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
