import { Pool, type PoolConfig } from 'pg';
import type { Logger } from '#kernel';

/**
 * Connections to PostgreSQL. One that breaks while it is in use is told by the query under way, or by the next one; one
 * that breaks while nobody uses it is logged. Neither ends the process, whoever has taken it out of the pool.
 */
export function databasePool(config: PoolConfig, log: Pick<Logger, 'error'>): Pool {
  const pool = new Pool(config);
  pool.on('error', (error) => log.error('a connection to PostgreSQL was lost', error));
  // Between two queries of somebody who has taken it out nobody else listens.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
