import { Client, Pool, type ClientConfig, type PoolConfig } from 'pg';
import type { Logger } from '#kernel';

/** How long the database may take to answer a connection that is made, in milliseconds. */
const CONNECT_MS = 10_000;
/** After which silence it is asked whether the other end of a connection is still there, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Connections to PostgreSQL. One that breaks while it is in use is told by the query under way, or by the next one; one
 * that breaks while nobody uses it is logged. Neither ends the process, whoever has taken it out of the pool. One that has
 * died unheard while nothing was asked of it breaks within half a minute; what is asked of one that has died needs a limit
 * of its own (`query_timeout`).
 * @param connectMs within which time a connection has to be made; for one that is free it is waited as long as it takes
 */
export function databasePool(config: PoolConfig, log: Pick<Logger, 'error'>, connectMs = CONNECT_MS): Pool {
  // The limit of the pool itself would also end the waiting for a connection that is free: load would become errors.
  class TimelyClient extends Client {
    constructor(one: ClientConfig = {}) {
      const { password } = one;
      // The pool hides the password from whoever copies its settings.
      super({ ...one, ...(password === undefined ? {} : { password }), connectionTimeoutMillis: connectMs });
    }
  }
  const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS };
  const pool = new Pool({ ...keepAlive, ...config, Client: TimelyClient });
  pool.on('error', (error) => log.error('a connection to PostgreSQL was lost', error));
  // Between two queries of somebody who has taken it out nobody else listens.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
