import type { Pool, PoolClient } from 'pg';

/** Does something in a transaction of its own, all of it or nothing. */
export async function inTransaction<R>(pool: Pool, task: (client: PoolClient) => Promise<R>): Promise<R> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await task(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // A connection on which this fails too is given up.
    const clean = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.release(!clean);
    throw error;
  }
}
