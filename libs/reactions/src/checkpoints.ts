import type { Pool } from 'pg';
import type { Position } from '#event-store';
import { makeLedger } from '#read-store';

/** A checkpoint is not where this process left it: another one handles the events, or an answer of the database was lost. */
export class Superseded extends Error {
  constructor(name: string) {
    super(`the checkpoint of ${name} is not where this process left it`);
    this.name = 'Superseded';
  }
}

/** How far each reaction has come: a ledger, because what was done to the outside cannot be derived from the log. */
export class Checkpoints {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      `CREATE TABLE IF NOT EXISTS ledger.checkpoints (
         name text PRIMARY KEY, position bigint NOT NULL, at timestamptz NOT NULL DEFAULT now()
       )`,
    );
  }

  /** Where a reaction has come to; `first` where it has none yet. */
  async open(name: string, first: () => Promise<Position>): Promise<Position> {
    const known = (await this.all()).get(name);
    if (known !== undefined) return known;
    await this.#pool.query('INSERT INTO ledger.checkpoints (name, position) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      name,
      (await first()).toString(),
    ]);
    return (await this.all()).get(name) ?? 0n;
  }

  /** Moves a checkpoint on. @throws Superseded where it is not at `from` any more; it stays then */
  async move(name: string, from: Position, to: Position): Promise<void> {
    const { rowCount } = await this.#pool.query({
      name: 'move-checkpoint',
      text: 'UPDATE ledger.checkpoints SET position = $3, at = now() WHERE name = $1 AND position = $2',
      values: [name, from.toString(), to.toString()],
    });
    if (rowCount !== 1) throw new Superseded(name);
  }

  /** All of them by name, also those of reactions that are no more. */
  async all(): Promise<Map<string, Position>> {
    const { rows } = await this.#pool.query<{ name: string; position: string }>({
      name: 'checkpoints',
      text: 'SELECT name, position FROM ledger.checkpoints',
    });
    return new Map(rows.map(({ name, position }) => [name, BigInt(position)]));
  }
}
