import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** Which installation this is. */
export interface Installation {
  /** Tells it apart from others beside it; made up at the first start, or named by the operator. */
  readonly id: string;
  /** Of the data it stands on: made with the database, and the same for all servers on it. */
  readonly data: string;
}

/** Key of the lock that servers take in turn when they start at once; any number nobody else uses. */
const LOCK = 0x696e7374;

const TABLE = `CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.installation (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), id text NOT NULL, data uuid NOT NULL
)`;

/** The installation this database belongs to; made when it is asked for first. @param named its id from now on */
export async function openInstallation(pool: Pool, named?: string): Promise<Installation> {
  // Sent as one text it is one transaction.
  await pool.query(`SELECT pg_advisory_xact_lock(${LOCK}); ${TABLE}`);
  const { rows } = await pool.query<Installation>(
    `INSERT INTO ledger.installation AS known (id, data) VALUES (coalesce($1, $2), $3)
     ON CONFLICT (only_one) DO UPDATE SET id = coalesce($1, known.id)
     RETURNING id, data::text AS data`,
    [named ?? null, randomBytes(4).toString('hex'), randomUUID()],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database does not tell which installation it belongs to');
  return row;
}
