import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#kernel';
import { silentLogger } from '#kernel';
import { USER } from './data-folder.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { DATABASE, startEmbeddedPostgres } from './embedded-postgres.ts';
import { runningServer } from './lock-file.ts';

/**
 * The embedded PostgreSQL of a data directory for a program that only looks into it: the one that runs, whose owner goes
 * on with it, or else one that is started and stopped again.
 * @param directory absolute path
 * @throws Error where no server was ever started on that directory
 */
export async function reachEmbeddedPostgres(
  directory: string,
  log: Logger = silentLogger,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const data = await realpath(path.join(directory, 'postgres')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${directory} holds no database: no server was ever started on it`);
  });
  const running = await runningServer(data);
  if (!running) return startEmbeddedPostgres(directory, log);
  const password = await readFile(path.join(path.dirname(data), 'postgres.password'), 'utf8');
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${running.port}/${DATABASE}`,
    stop: () => Promise.resolve(),
  };
}
