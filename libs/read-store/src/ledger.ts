import type { Pool } from 'pg';
import { lockKey } from '#event-store';

/**
 * Makes what a ledger needs in the schema `ledger`, where it is not there yet; several servers may do so at once. A
 * ledger holds what was done to the outside and what cannot be derived from the log: it is never rebuilt.
 * @param statement `CREATE … IF NOT EXISTS ledger.…`
 */
export async function makeLedger(pool: Pool, statement: string): Promise<void> {
  // Sent as one text it is one transaction.
  await pool.query(
    `SELECT pg_advisory_xact_lock(${lockKey('ledger')}); CREATE SCHEMA IF NOT EXISTS ledger; ${statement}`,
  );
}
