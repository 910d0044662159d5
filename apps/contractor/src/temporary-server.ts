import { randomBytes } from 'node:crypto';
import { silentLogger } from '#kernel';
import type { Environment } from '#runtime/settings';
import { startServer } from './server.ts';
import { serverSettings } from './settings.ts';

/** Where it listens: nobody knows the port. */
const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** A server that runs only while something is done on its data. */
export interface TemporaryServer {
  readonly url: string;
  /** The administrator, where this start has made one. */
  readonly made: { readonly name: string; readonly password: string } | undefined;
}

/**
 * Starts a server on the data its settings name, does something with it, and stops it. Another server on the same data may
 * not run, where that is embedded.
 * @param password of the administrator, where one is made; a generated one unless given
 */
export async function withTemporaryServer<R>(
  env: Environment,
  password: string | undefined,
  task: (server: TemporaryServer) => Promise<R>,
): Promise<R> {
  const settings = serverSettings(env);
  const chosen = password ?? settings.auth.adminPassword ?? randomBytes(15).toString('base64url');
  let made: TemporaryServer['made'];
  const server = await startServer(
    { ...settings, http: { ...settings.http, ...LOOPBACK }, auth: { ...settings.auth, adminPassword: chosen } },
    silentLogger,
    (administrator) => void (made = administrator),
  );
  try {
    return await task({ url: server.url, made });
  } finally {
    await server.stop();
  }
}
