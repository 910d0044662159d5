import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import type { RunningProgram } from './running-program.ts';
import { startProgram } from './running-program.ts';

/** A server of ours that tests drive over HTTP, kill and start again. It keeps its port. */
export interface TestContractor {
  readonly url: string;
  /** Of the process, while it runs. */
  readonly pid: number;
  /** What it has written since it was last started. */
  readonly lines: readonly string[];
  start(): Promise<void>;
  /** Ends it the hard way, as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The key of the secrets of servers that are started so. */
export const SECRET_KEY = Buffer.alloc(32, 'test').toString('base64');
/** The password of the administrator of test servers. */
export const ADMIN_PASSWORD = 'a test needs no secrets';

/** With a key in the settings, no file is made for it. PostgreSQL takes as long for a connection as for much of a test. */
const SETTINGS = {
  CONTRACTOR_ADMIN_PASSWORD: ADMIN_PASSWORD,
  CONTRACTOR_SECRET_KEY: SECRET_KEY,
  DATABASE_CONNECTIONS: '10',
};

/** Below the ports that outgoing connections get, one of which could take a port while its server is down. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

/** A port on loopback nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false);
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/**
 * Starts a server with these settings.
 * @param build folder of the build it is started from; this one unless said
 */
export async function startContractor(
  environment: Readonly<Record<string, string>>,
  build = '',
): Promise<TestContractor> {
  const program = path.resolve(build, 'dist', 'apps/contractor/src/main');
  const port = String(await freePort());
  let running: RunningProgram | undefined;
  const start = async (): Promise<void> => {
    const settings = { CONTRACTOR_PORT: port, ...SETTINGS, ...environment };
    running = await startProgram(program, settings, 'contractor listens');
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return running?.pid ?? 0;
    },
    get lines() {
      return running?.lines ?? [];
    },
    start,
    kill: async () => running?.kill(),
    stop: async () => void (await running?.stop()),
  };
}
