import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { manualFoundation, startNatsServer, startProgram, until } from '#testing';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

const SITE = '/api/v1/Site/Site';
const FOUNDATION = '/api/v1/Building/Foundation';
const CLIENTS = 8;
/** How many tasks the subcontractor does at a time. */
const LIMIT = 1000;

/**
 * What jobs cost that do not move: `waiting [--waiting 10000] [--queued 5000] [--moving 200] [--seconds 20]`. The memory of a
 * server with so many jobs that wait for a complex; and how long a step takes of jobs that move, from its request to the
 * request of the next one, without and with so many others that wait for an agent.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      waiting: { type: 'string', default: '10000' },
      queued: { type: 'string', default: '5000' },
      moving: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '20' },
    },
  });
  const { waiting, queued, moving, seconds } = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number(value)]),
  ) as Readonly<Record<'waiting' | 'queued' | 'moving' | 'seconds', number>>;
  await limit.step('jobs waited', () => waitingJobs(waiting));
  await limit.step('jobs moved beside queued ones', () => queuedJobs(queued, moving, seconds));
}

const memoryOf = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Makes foundations `<prefix><n>` and their create jobs. */
async function makeJobs(server: LoadedServer, model: string, prefix: string, count: number, values: object) {
  const locators = { locator: `${prefix}{n}`, site: `${SITE}:site1:`, ...values };
  const made = await server.load({
    verb: 'CREATE',
    uri: `/api/v1/${model}`,
    clients: CLIENTS,
    seconds: 900,
    count,
    body: JSON.stringify(locators),
  });
  const uri = `${FOUNDATION}:${prefix}{n}:(doCreate)`;
  const begun = await server.load({ verb: 'CALL', uri, clients: CLIENTS, seconds: 900, count, body: '{}' });
  if (made.failed + begun.failed > 0) throw new Error(`${made.failed + begun.failed} requests failed`);
}

async function waitingJobs(count: number): Promise<void> {
  const server = await loadedServer();
  try {
    const { client } = server;
    await client.create(SITE, { name: 'site1', description: 'of the jobs' });
    const name = 'carried';
    await client.create('/api/v1/BluePrint/FoundationBluePrint', {
      name,
      description: 'x',
      foundation_type_list: ['TestComplex'],
    });
    await client.create('/api/v1/Test/TestComplex', { name, site: `${SITE}:site1:`, description: 'x', members: [] });
    const before = await memoryOf(server.pid);
    await makeJobs(server, 'Test/TestComplexedFoundation', 'w', count, {
      blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}:`,
      complex_host: `/api/v1/Test/TestComplex:${name}:`,
    });
    const after = await memoryOf(server.pid);
    // What was only needed to make them is given back.
    await sleep(20_000);
    const rested = await memoryOf(server.pid);
    console.log(
      `${count} waiting jobs: the server has ${rested.toFixed(0)} MB (${after.toFixed(0)} when they were made, ${before.toFixed(0)} before)`,
    );
  } finally {
    await server.stop();
  }
}

async function queuedJobs(queued: number, moving: number, seconds: number): Promise<void> {
  const nats = await startNatsServer();
  const server = await loadedServer(undefined, { NATS_URL: nats.url });
  try {
    await server.client.create(SITE, { name: 'site1', description: 'of the jobs' });
    const endless = 'begin()\n  while True do\n  begin()\n    test.act_again( name="one", delay_ms=100 )\n  end\nend\n';
    await manualFoundation(server.client, 'site1', 'endless', endless);
    // Nobody serves this module.
    await manualFoundation(server.client, 'site1', 'stuck', 'received = iputils.ping( target="127.0.0.1" )\n');
    const agent = await startProgram(
      'apps/subcontractor/src/main',
      { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'site1', SUBCONTRACTOR_MODULES: `test:${LIMIT}` },
      '"starting"',
    );
    try {
      const blueprint = (name: string) => ({ blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}:` });
      await makeJobs(server, 'Manual/ManualFoundation', 'm', moving, blueprint('endless'));
      const alone = await stepsWithin(server, seconds);
      console.log(`${moving} jobs move: ${shown(alone, moving)}`);
      await makeJobs(server, 'Manual/ManualFoundation', 'q', queued, blueprint('stuck'));
      await until(async () => {
        const stats = await server.client.call<{ running: number }>('/api/v1/Foreman/BaseJob(jobStats)', {
          site: `${SITE}:site1:`,
        });
        return stats.running >= queued + moving;
      });
      const beside = await stepsWithin(server, seconds);
      const more = (100 * median(alone)) / median(beside) - 100;
      console.log(`beside ${queued} queued ones: ${shown(beside, moving)}, ${more.toFixed(0)} % longer`);
    } finally {
      await agent.kill();
    }
  } finally {
    await server.stop();
    await nats.stop();
  }
}

const shown = (rates: readonly number[], moving: number): string =>
  `${median(rates).toFixed(0)} steps/s, a step takes ${((1000 * moving) / median(rates)).toFixed(0)} ms, of which its task takes 100`;

/** Steps per second, in each of five parts of this time. */
async function stepsWithin(server: LoadedServer, seconds: number): Promise<readonly number[]> {
  const rates: number[] = [];
  await sleep(3000);
  for (let part = 0; part < 5; part += 1) {
    const before = await stepsOf(server);
    const begun = performance.now();
    await sleep((seconds * 1000) / 5);
    rates.push(((await stepsOf(server)) - before) / ((performance.now() - begun) / 1000));
  }
  return rates;
}

async function stepsOf({ databaseUrl }: LoadedServer): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const text = `SELECT count(*) AS n FROM log.events WHERE type = 'JobStepCompleted'`;
    return Number((await client.query<{ n: string }>(text)).rows[0]?.n);
  } finally {
    await client.end();
  }
}
