import { randomBytes } from 'node:crypto';
import { silentLogger } from '#kernel';
import type { Environment } from '#runtime/settings';
import { startServer } from './server.ts';
import { serverSettings } from './settings.ts';

/** Where it listens: nobody knows the port. */
const LOOPBACK = { host: '127.0.0.1', port: 0 };

/**
 * Starts a server on the data its settings name, does something with it, and stops it. Another server on the same data may
 * not run, where that is embedded.
 * @param password of the administrator, where one is made; a generated one unless given
 */
export async function withTemporaryServer<R>(
  env: Environment,
  password: string | undefined,
  task: (url: string) => Promise<R>,
): Promise<R> {
  const settings = serverSettings(env);
  const chosen = password ?? settings.auth.adminPassword ?? randomBytes(15).toString('base64url');
  const server = await startServer(
    { ...settings, http: { ...settings.http, ...LOOPBACK }, auth: { ...settings.auth, adminPassword: chosen } },
    silentLogger,
  );
  try {
    return await task(server.url);
  } finally {
    await server.stop();
  }
}
