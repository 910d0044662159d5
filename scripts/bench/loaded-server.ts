import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CinpClient } from '#cinp';
import { startEmbeddedPostgres } from '#runtime';
import { ADMIN_PASSWORD, startContractor } from '#testing';
import type { LoadResult } from './api-load.ts';
import { familyProcessorTime, processorTime } from './processor-time.ts';
import { SECONDS } from './postgres-load.ts';

/** One kind of request under load; `#`, `{1000}` and the others as in `api-load.ts`. */
export interface Load {
  readonly verb: string;
  readonly uri: string;
  readonly clients: number;
  readonly body?: string;
  readonly headers?: readonly string[];
  /** How long it goes on; {@link SECONDS} unless said. */
  readonly seconds?: number;
  /** How many requests are sent, where that is what ends it, and the number of the first one (0). */
  readonly count?: number;
  readonly from?: number;
  /** What `{id}` stands for one of. */
  readonly ids?: readonly (number | string)[];
}

/** A server over a database of its own, for benches. */
export interface LoadedServer {
  readonly url: string;
  readonly databaseUrl: string;
  /** Of the server. */
  readonly pid: number;
  /** Session token of root. */
  readonly token: string;
  /** Logged in as root. */
  readonly client: CinpClient;
  /** For files of the bench. */
  readonly directory: string;
  load(load: Load): Promise<LoadResult>;
  /** Calls an action over REST. @throws Error where it is refused */
  call(path: string, parameters: object): Promise<unknown>;
  /** Processor time the server and its database have had, in seconds. */
  processorTime(): Promise<number>;
  /** Makes the sites from `s<from>` to the one before `s<to>`. */
  makeSites(from: number, to: number): Promise<void>;
  stop(): Promise<void>;
}

/** How much longer than it should a load may take before it is ended, in milliseconds. */
const MAX_OVERRUN_MS = 20_000;

/**
 * @param build folder of the build the server is started from; this one unless said
 * @param settings of the server, besides where its database is
 */
export async function loadedServer(
  build?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<LoadedServer> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  const server = await startContractor({ DATABASE_URL: postgres.url, ...settings }, build).catch(
    async (error: unknown) => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
      throw error;
    },
  );
  const client = new CinpClient(server.url);
  const token = await client.login('root', ADMIN_PASSWORD);
  const { port } = new URL(server.url);
  return {
    url: server.url,
    databaseUrl: postgres.url,
    pid: server.pid,
    token,
    client,
    directory,
    load: async ({
      verb,
      uri,
      clients,
      body = '',
      headers = [],
      seconds = SECONDS,
      from = 0,
      count = Infinity,
      ids = [],
    }) => {
      const head = [
        `${verb} ${uri} HTTP/1.1`,
        'Host: 127.0.0.1',
        'CInP-Version: 1.0',
        'Content-Type: application/json',
        'Auth-Id: root',
        `Auth-Token: ${token}`,
        ...headers,
      ].join('\r\n');
      const script = fileURLToPath(new URL('api-load.ts', import.meta.url));
      const sent = [String(from), String(count), ids.join(',')];
      const args = [...process.execArgv, script, port, String(clients), String(seconds), head, body, ...sent];
      const child = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: seconds * 1000 + MAX_OVERRUN_MS,
      });
      let text = '';
      child.stdout.on('data', (part: Buffer) => (text += part.toString()));
      await once(child, 'close');
      if (text === '') throw new Error(`${verb} ${uri} did not end within ${seconds} s and ${MAX_OVERRUN_MS} ms`);
      return JSON.parse(text) as LoadResult;
    },
    call: async (path, parameters) => {
      const response = await fetch(`${server.url}/api/rest/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer root:${token}` },
        body: JSON.stringify(parameters),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 1000)}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
    processorTime: async () => {
      const [postmaster] = (await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
      return (await processorTime(server.pid)) + (await familyProcessorTime(Number(postmaster)));
    },
    makeSites: async (from, to) => {
      let next = from;
      const worker = async (): Promise<void> => {
        while (next < to) {
          const name = `s${next}`;
          next += 1;
          await client.create('/api/v1/Site/Site', { name, description: 'a site' });
        }
      };
      await Promise.all(Array.from({ length: 32 }, worker));
    },
    stop: async () => {
      await server.stop();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
