import { Client } from 'pg';
import type { LoadResult } from './api-load.ts';
import type { Load } from './loaded-server.ts';
import type { Limit } from './limit.ts';
import { loadedServer } from './loaded-server.ts';
import type { Bare } from './postgres-load.ts';
import { BARE_TABLE, bareInsert, pgbench } from './postgres-load.ts';

const OBJECTS = 10_000;
const EVENT = JSON.stringify({
  description: 'x'.repeat(120),
  zone: null,
  parent: null,
  configValues: [['key', 'value']],
});
const SELECT = String.raw`\set n random(0, ${OBJECTS - 1})
SELECT row FROM read.sites WHERE key = 's' || :n AND to_pos IS NULL;`;

const SITE = '/api/v1/Site/Site';

/** Measures requests over HTTP against what the same database does by itself. */
export async function run(_: string[], limit: Limit): Promise<void> {
  const server = await loadedServer();
  const { databaseUrl, directory } = server;
  const measure = async (what: string, load: Load, bare: Bare) =>
    report(what, await limit.step(`measuring ${what}`, () => server.load(load)), bare);
  try {
    await query(databaseUrl, BARE_TABLE);
    for (const clients of [8, 32]) {
      const bare = await limit.step('measuring bare inserts', () =>
        pgbench(databaseUrl, directory, bareInsert(EVENT, EVENT), clients),
      );
      const body = '{"name":"c#","description":"a site"}';
      await measure(`CREATE, ${clients} clients`, { verb: 'CREATE', uri: SITE, clients, body }, bare);
    }
    await limit.step(`making ${OBJECTS} sites`, () => server.makeSites(0, OBJECTS));
    const select = await limit.step('measuring bare reads', () => pgbench(databaseUrl, directory, SELECT, 8));
    const page = { body: '{}', headers: ['Count: 50', 'Position: 100'] };
    const fifty = Array.from({ length: 50 }, (_, n) => `s${n}`).join(':');
    await measure('GET of one', { verb: 'GET', uri: `${SITE}:s{${OBJECTS}}:`, clients: 8 }, select);
    await measure('LIST of 50', { verb: 'LIST', uri: SITE, clients: 8, ...page }, select);
    await measure('GET of 50 in one', { verb: 'GET', uri: `${SITE}:${fifty}:`, clients: 8 }, select);
  } finally {
    await server.stop();
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

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
