import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { CinpClient } from '#cinp';
import { startEmbeddedPostgres } from '#runtime';
import { ADMIN_PASSWORD, startContractor } from '#testing';
import type { LoadResult } from './api-load.ts';
import type { Bare } from './postgres-load.ts';
import { BARE_TABLE, bareInsert, pgbench, SECONDS } from './postgres-load.ts';

const OBJECTS = 10_000;
const EVENT = JSON.stringify({
  description: 'x'.repeat(120),
  zone: null,
  parent: null,
  configValues: [['key', 'value']],
});
const SELECT = String.raw`\set n random(0, ${OBJECTS - 1})
SELECT row FROM read.sites WHERE key = 's' || :n AND to_pos IS NULL;`;

/** Measures requests over HTTP against what the same database does by itself. */
export async function run(): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  const server = await startContractor({ DATABASE_URL: postgres.url });
  try {
    const client = new CinpClient(server.url);
    const token = await client.login('root', ADMIN_PASSWORD);
    const send = (verb: string, uri: string, clients: number, body = '', more = '') =>
      load(new URL(server.url).port, clients, verb, uri, token, body, more);
    await query(postgres.url, BARE_TABLE);

    for (const clients of [8, 32]) {
      const bare = await pgbench(postgres.url, directory, bareInsert(EVENT, EVENT), clients);
      const ours = await send('CREATE', '/api/v1/Site/Site', clients, '{"name":"c#","description":"a site"}');
      report(`CREATE, ${clients} clients`, ours, bare);
    }
    await fill(client);
    const select = await pgbench(postgres.url, directory, SELECT, 8);
    report('GET of one', await send('GET', '/api/v1/Site/Site:s4711:', 8), select);
    report('LIST of 50', await send('LIST', '/api/v1/Site/Site', 8, '{}', '\r\nCount: 50\r\nPosition: 100'), select);
    const fifty = Array.from({ length: 50 }, (_, n) => `s${n}`).join(':');
    report('GET of 50 in one', await send('GET', `/api/v1/Site/Site:${fifty}:`, 8), select);
  } finally {
    await server.stop();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function report(what: string, { rate, p95, failed }: LoadResult, bare: Bare): void {
  const share = ((100 * rate) / bare.rate).toFixed(0);
  const slower = (p95 / bare.latency).toFixed(1);
  process.stdout.write(
    `${what}: ${rate.toFixed(0)}/s, ${share} % of ${bare.rate.toFixed(0)} bare; p95 ${p95.toFixed(2)} ms, ` +
      `${slower} times the bare ${bare.latency.toFixed(2)}${failed > 0 ? `; ${failed} FAILED` : ''}\n`,
  );
}

async function load(
  port: string,
  clients: number,
  verb: string,
  uri: string,
  token: string,
  body: string,
  more: string,
): Promise<LoadResult> {
  const head = [
    `${verb} ${uri} HTTP/1.1`,
    'Host: 127.0.0.1',
    'CInP-Version: 1.0',
    'Content-Type: application/json',
    'Auth-Id: root',
    `Auth-Token: ${token}${more}`,
  ].join('\r\n');
  const script = fileURLToPath(new URL('api-load.js', import.meta.url));
  const child = spawn(process.execPath, [script, port, String(clients), String(SECONDS), head, body], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  await once(child, 'close');
  return JSON.parse(text) as LoadResult;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function fill(client: CinpClient): Promise<void> {
  let n = 0;
  const worker = async (): Promise<void> => {
    while (n < OBJECTS) {
      const name = `s${n}`;
      n += 1;
      await client.create('/api/v1/Site/Site', { name, description: 'a site' });
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}
