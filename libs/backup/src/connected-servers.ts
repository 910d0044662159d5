import type { Pool, PoolClient } from 'pg';

/** How many servers of contractor are connected to a database: the connections of each have a name of its own. */
export async function connectedServers(db: Pool | PoolClient): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `SELECT count(DISTINCT application_name)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'contractor %'`,
  );
  return rows[0]?.n ?? 0;
}
