import type { Pool } from 'pg';
import type { HealthIndicator } from './health-registry.ts';
import { reasonOf } from './reason-of.ts';

/** How long the database may take over the probe, in milliseconds. */
const STATEMENT_MS = 2500;

/** Key of the lock that servers take in turn when they make the table; any number nobody else uses. */
const LOCK = 0x70726f62;

/** Sent as one text it is one transaction. */
const TABLE = `SELECT pg_advisory_xact_lock(${LOCK});
CREATE SCHEMA IF NOT EXISTS runtime;
CREATE TABLE IF NOT EXISTS runtime.write_probe (filling text)`;

/** Takes space on the disk that was not taken before, and gives the former back: so a full disk is noticed. */
const PROBE = `BEGIN;
SET LOCAL statement_timeout = ${STATEMENT_MS};
SET LOCAL synchronous_commit = on;
TRUNCATE runtime.write_probe;
INSERT INTO runtime.write_probe SELECT repeat(md5(n::text), 60) FROM generate_series(1, 32) AS n;
COMMIT`;

/** The table is not there, or its schema is not. */
const MISSING = new Set(['42P01', '3F000']);

/**
 * Whether the database takes writes: `down` where it does not answer, `degraded` where it answers and refuses them (its
 * disk is full, it is read-only).
 */
export const databaseIndicator =
  (pool: Pool): HealthIndicator =>
  async () => {
    const client = await pool.connect();
    // A lost connection is told by the query under way as well; unheard here it would end the process.
    const heard = (): void => undefined;
    client.on('error', heard);
    let broken: Error | undefined;
    try {
      await client.query('SELECT 1');
      await probe((sql) => client.query(sql));
      return { status: 'ok' };
    } catch (error) {
      broken = error as Error;
      const answers = await client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
      return answers
        ? { status: 'degraded', reason: `the database takes no writes: ${reasonOf(error)}` }
        : { status: 'down', reason: reasonOf(error) };
    } finally {
      client.off('error', heard);
      client.release(broken);
    }
  };

async function probe(query: (sql: string) => Promise<unknown>): Promise<void> {
  try {
    await query(PROBE);
  } catch (error) {
    if (!MISSING.has((error as { code?: string }).code ?? '')) throw error;
    await query('ROLLBACK');
    await query(TABLE);
    await query(PROBE);
  }
}

/** Whether the log answers. @param head its last position */
export const eventStoreIndicator =
  (head: () => Promise<bigint>): HealthIndicator =>
  async () => ({ status: 'ok', head: String(await head()) });
