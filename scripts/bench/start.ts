import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Pool } from 'pg';
import { ApiService, Catalogue } from '#api';
import { cinpAdapter } from '#cinp';
import { postgresEventStore, systemClock } from '#event-store';
import { acceptCustomVerbs, nodeListener, verbOf } from '#http';
import { openReadStore, PostgresIdempotencyStore } from '#read-store';
import { restAdapter } from '#rest';
import { startEmbeddedPostgres } from '#runtime';
import { manyModels } from './many-models.ts';

const NAMESPACES = 24;
const MODELS_EACH = 64;
/** Asks in a process of its own: what it reads is none of the server's time. */
const CLIENT = 'fetch(process.argv[1]).then((answer) => answer.text().then(() => process.exit(answer.ok ? 0 : 1)))';

/**
 * The first start of a server with many models: `start [namespaces] [models of each]`. From an empty database to a
 * server that listens, then the OpenAPI documents, each with the longest time the event loop stood still.
 */
export async function run(args: string[]): Promise<void> {
  const [namespaces = NAMESPACES, each = MODELS_EACH] = args.map(Number);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  try {
    const first = await start(postgres.url, namespaces, each);
    console.log(`${namespaces * each} models, first start: ${shown(first)}`);
    console.log(`${namespaces * each} models, later start: ${shown(await start(postgres.url, namespaces, each))}`);
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

const shown = (times: Readonly<Record<string, string>>): string =>
  Object.entries(times)
    .map(([what, time]) => `${what} ${time}`)
    .join(', ');

/** Starts a server, asks it for its documents and stops it; gives back how long each took. */
async function start(url: string, namespaces: number, each: number): Promise<Readonly<Record<string, string>>> {
  const times: Record<string, string> = {};
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const timed = async <T>(what: string, task: () => Promise<T>): Promise<T> => {
    loop.reset();
    const begun = performance.now();
    const done = await task();
    times[what] = `${(performance.now() - begun).toFixed(0)} ms (blocked ${(loop.max / 1e6).toFixed(0)} ms)`;
    return done;
  };
  const pool = new Pool({ connectionString: url, max: 10 });
  const models = manyModels(namespaces, each);
  const begun = performance.now();
  const store = await timed('log', () => postgresEventStore(pool));
  const rows = models.flatMap((model) => model.rows ?? []);
  const onError = (error: unknown): void => console.error(error);
  const reads = openReadStore({ store, pool, models: rows, onError });
  await timed('read models', async () => {
    await reads.projector.start();
    await reads.projector.caughtUp(await store.head(), Number.POSITIVE_INFINITY);
  });
  const server = await timed('API', async () => {
    const catalogue = new Catalogue(models);
    const apiFor = (protocol: 'cinp' | 'rest'): ApiService =>
      new ApiService({
        catalogue: catalogue.forProtocol(protocol),
        reads,
        clock: systemClock(),
        head: () => store.head(),
        commands: { execute: () => Promise.reject(new Error('nothing is changed here')) },
      });
    const log = { error: onError };
    const identify = (): Promise<undefined> => Promise.resolve(undefined);
    const kept = new PostgresIdempotencyStore(pool);
    await kept.start();
    const cinp = cinpAdapter({ api: apiFor('cinp'), log, identify });
    const rest = restAdapter({
      api: apiFor('rest'),
      log,
      identify,
      kept,
      positionAt: () => Promise.resolve(0n),
      mark: (text) => text,
    });
    const handle = nodeListener((request) => (request.target.startsWith('/api/rest/') ? rest(request) : cinp(request)));
    const http = createServer((request, response) => void handle(request, response, verbOf(request)));
    acceptCustomVerbs(http);
    await once(http.listen(0, '127.0.0.1'), 'listening');
    return http;
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (target: string): Promise<void> => {
    const client = spawn(process.execPath, ['-e', CLIENT, origin + target], { stdio: 'inherit' });
    const [code] = (await once(client, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${target}: not answered`);
  };
  times['in all'] = `${(performance.now() - begun).toFixed(0)} ms`;
  await timed('first answer', () => get('/api/rest/problems/conflict'));
  await timed('OpenAPI of a namespace', () => get('/api/rest/Bench0/openapi.json'));
  await timed('OpenAPI', () => get('/api/rest/openapi.json'));
  await timed('OpenAPI again', () => get('/api/rest/openapi.json'));
  await once(server.close(), 'close');
  await reads.projector.stop();
  await store.close();
  await pool.end();
  return times;
}
