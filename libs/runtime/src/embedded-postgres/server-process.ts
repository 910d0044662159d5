import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Account } from './account.ts';
import { childEnvironment, dataArgument } from './account.ts';

const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 100,
  shared_buffers: '128MB',
  logging_collector: 'on',
  log_filename: 'postgres.log',
  log_truncate_on_rotation: 'on',
  log_rotation_size: '10MB',
};

/** How long the server may take to come up, in milliseconds; after a crash it reads its log first. */
const READY_MS = 30_000;
/** How often it is tried to connect meanwhile, in milliseconds. */
const TRY_MS = 25;
/** How long one try to connect may take. */
const CONNECT_MS = 5000;
/** How much is kept of what the server says before it writes its log, in characters. */
const MAX_WORDS = 4000;

/** A server that was started. */
export interface LaunchedServer {
  readonly child: ChildProcess;
  /** Why there is no process; undefined where there is one. */
  notStarted(): Error | undefined;
  /** Why it has ended, as it said itself. */
  lastWords(): Promise<string>;
}

/** Starts the server on a data directory. */
export async function launch(
  programs: string,
  account: Account | undefined,
  data: string,
  port: number,
): Promise<LaunchedServer> {
  const settings = Object.entries({ ...SERVER_SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const before = (await stat(logOf(data)).catch(() => undefined))?.size ?? 0;
  const child = spawn(
    path.join(programs, 'postgres'),
    ['-D', dataArgument(data, account), ...settings],
    // A group of its own: a Ctrl-C at the terminal reaches us, and we stop it in order.
    { ...account, cwd: data, env: childEnvironment(), detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  // Not only where the program is missing: also where the machine has no room for another process.
  let failed: Error | undefined;
  child.on('error', (error) => (failed ??= error));
  child.unref();
  // Until the server writes its log it speaks here.
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-MAX_WORDS)));
  (child.stderr as Socket | null)?.unref();
  return {
    child,
    notStarted: () => failed,
    lastWords: async () => {
      const log = await readFile(logOf(data)).catch(() => Buffer.alloc(0));
      const lines = `${said}\n${log.subarray(before).toString()}`.split('\n');
      const reason = lines.toReversed().find((line) => /\b(FATAL|PANIC):/.test(line));
      return reason?.replace(/^.*?\b(?=(FATAL|PANIC):)/, '') ?? '';
    },
  };
}

/**
 * Waits until the server answers, and makes the database where it is not there.
 * @param launched undefined where the server ran already
 * @throws Error saying what became of it and where its log is
 */
export async function ready(
  url: string,
  database: string,
  data: string,
  launched: LaunchedServer | undefined,
): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
    // A server that ends between two steps tells so by itself; what is wrong is told by the next one.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
      if (!rowCount) await client.query(`CREATE DATABASE ${database}`);
      return;
    } catch (error) {
      const none = launched?.notStarted();
      const code = launched?.child.exitCode ?? undefined;
      if (none || code !== undefined || performance.now() > deadline) {
        const words = await launched?.lastWords();
        const end = code === undefined ? 'does not answer' : `ended with ${code}`;
        const what = none ? `cannot be started: ${none.message}` : `${end}${words ? ` (${words})` : ''}`;
        throw new Error(`the embedded PostgreSQL ${what}; its log is ${logOf(data)}`, { cause: error });
      }
      await sleep(TRY_MS);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const logOf = (data: string): string => path.join(data, 'log', 'postgres.log');

/** A port on loopback nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
