import type { Pool, PoolClient } from 'pg';
import { makeLedger } from '#read-store';
import type { SignedCheckpoint } from './checkpoint-record.ts';

/** Name of the table, in the schema `ledger`. */
export const CHECKPOINT_TABLE = 'log_checkpoints';

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.${CHECKPOINT_TABLE} (
  number bigint PRIMARY KEY, record text NOT NULL, signature text NOT NULL, endorsement text, marks bytea NOT NULL
)`;

/** Checkpoints that are read at once. */
const PAGE = 200;

/** A checkpoint with the marks of its events, by which it is told which of them is another one (`segment.ts`). */
export interface KeptCheckpoint extends SignedCheckpoint {
  readonly marks: Buffer;
}

/** Checkpoints one after the other; undefined behind the last one. */
export interface CheckpointSource {
  next(): Promise<KeptCheckpoint | undefined>;
}

const COLUMNS = 'record, signature, endorsement';

/** The checkpoints of a log, in the database. */
export class CheckpointLedger {
  readonly #db: Pool | PoolClient;

  constructor(db: Pool | PoolClient) {
    this.#db = db;
  }

  static async make(pool: Pool): Promise<CheckpointLedger> {
    await makeLedger(pool, TABLE);
    return new CheckpointLedger(pool);
  }

  /** Whether there is a ledger of them; servers before it had none. */
  async isThere(): Promise<boolean> {
    const { rows } = await this.#db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      `ledger.${CHECKPOINT_TABLE}`,
    ]);
    return rows[0]?.there === true;
  }

  /** @returns whether it was kept; not where there is one of that number */
  async keep(number: number, { record, signature, endorsement, marks }: KeptCheckpoint): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      `INSERT INTO ledger.${CHECKPOINT_TABLE} VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [number, record, signature, endorsement, marks],
    );
    return rowCount === 1;
  }

  /** The last one, or the one of a number. */
  async find(number?: number): Promise<SignedCheckpoint | undefined> {
    const where = number === undefined ? '' : 'WHERE number = $1';
    const { rows } = await this.#db.query<SignedCheckpoint>(
      `SELECT ${COLUMNS} FROM ledger.${CHECKPOINT_TABLE} ${where} ORDER BY number DESC LIMIT 1`,
      number === undefined ? [] : [number],
    );
    return rows[0];
  }

  /** Those behind a number, in their order. */
  async after(number: number, limit: number): Promise<readonly SignedCheckpoint[]> {
    const { rows } = await this.#db.query<SignedCheckpoint>(
      `SELECT ${COLUMNS} FROM ledger.${CHECKPOINT_TABLE} WHERE number > $1 ORDER BY number LIMIT $2`,
      [number, limit],
    );
    return rows;
  }

  /** All of them, read a few at a time. */
  source(): CheckpointSource {
    let page: (KeptCheckpoint & { readonly number: string })[] = [];
    let last = '-1';
    return {
      next: async () => {
        if (page.length === 0) {
          const text = `SELECT number, ${COLUMNS}, marks FROM ledger.${CHECKPOINT_TABLE} WHERE number > $1 ORDER BY number LIMIT ${PAGE}`;
          page = (await this.#db.query<KeptCheckpoint & { readonly number: string }>(text, [last])).rows;
          last = page.at(-1)?.number ?? last;
        }
        return page.shift();
      },
    };
  }
}

/** No checkpoints at all. */
export const NO_CHECKPOINTS: CheckpointSource = { next: async () => undefined };
