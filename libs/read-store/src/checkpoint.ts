import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Position } from '#event-store';
import { inTime } from '#event-store';
import type { ReadDatabase } from './tables.ts';

/** Name of the checkpoint of the read models. */
export const CHECKPOINT = 'api';
/** What PostgreSQL says of a table that is not there. */
const UNDEFINED_TABLE = '42P01';

/**
 * The checkpoint is not where this process left it: another one projects, an answer of the database was lost, or a crash
 * of the database has taken it back.
 */
export class Superseded extends Error {
  constructor() {
    super('the read models are not where this process left them');
  }
}

/** How far the rows have come. */
export async function readCheckpoint(pool: Pool): Promise<Position> {
  const text = 'SELECT position FROM read.checkpoint WHERE name = $1';
  try {
    const { rows } = await pool.query<{ position: string }>(inTime({ name: 'checkpoint', text, values: [CHECKPOINT] }));
    return BigInt(rows[0]?.position ?? 0);
  } catch (error) {
    // The process that projects is still making the tables.
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return 0n;
    throw error;
  }
}

/** Keeps the checkpoint where it is until the transaction is over. @throws Superseded where it is elsewhere */
export async function holdCheckpoint(tx: Kysely<ReadDatabase>, reached: Position): Promise<void> {
  const { rows } = await sql<{ position: string }>`
    SELECT position FROM read.checkpoint WHERE name = ${CHECKPOINT} FOR UPDATE`.execute(tx);
  if (BigInt(rows[0]?.position ?? 0) !== reached) throw new Superseded();
}
