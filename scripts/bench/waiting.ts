import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { manualFoundation, until } from '#testing';
import type { HostKind, Hosts } from './jobs/job-server.ts';
import { createJobs, makeFoundations, prepare, SERVED, stepsOf } from './jobs/job-server.ts';
import { withSubcontractor } from './jobs/with-subcontractor.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';
import { residentMemory } from './resident-memory.ts';

const SITE = '/api/v1/Site/Site';

const blueprint = (name: string) => ({ blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}:` });

/**
 * What jobs cost that do not move: `waiting [--waiting 10000] [--queued 5000] [--moving 200] [--seconds 20] [--node-options '...']`. The memory of a
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
      'node-options': { type: 'string', default: '' },
    },
  });
  const { 'node-options': nodeOptions, ...counts } = values;
  const { waiting, queued, moving, seconds } = Object.fromEntries(
    Object.entries(counts).map(([name, value]) => [name, Number(value)]),
  ) as Readonly<Record<'waiting' | 'queued' | 'moving' | 'seconds', number>>;
  await limit.step('jobs waited', () => waitingJobs(waiting, nodeOptions));
  await limit.step('jobs moved beside queued ones', () => queuedJobs(queued, moving, seconds));
}

/** Makes foundations and their create jobs. */
async function makeJobs(server: LoadedServer, hosts: Hosts, kind: HostKind): Promise<void> {
  await makeFoundations(server, hosts, kind);
  await createJobs(server, hosts);
}

async function waitingJobs(count: number, nodeOptions: string): Promise<void> {
  const server = await loadedServer(undefined, { NODE_OPTIONS: nodeOptions });
  try {
    const { client } = server;
    await client.create(SITE, { name: SERVED, description: 'of the jobs' });
    const name = 'carried';
    await client.create('/api/v1/BluePrint/FoundationBluePrint', {
      name,
      description: 'x',
      foundation_type_list: ['TestComplex'],
    });
    await client.create('/api/v1/Test/TestComplex', {
      name,
      site: `${SITE}:${SERVED}:`,
      description: 'x',
      members: [],
    });
    const before = await residentMemory(server.pid);
    const values = { ...blueprint(name), complex_host: `/api/v1/Test/TestComplex:${name}:` };
    await makeJobs(server, { prefix: 'w', count }, { model: 'Test/TestComplexedFoundation', values });
    const after = await residentMemory(server.pid);
    // What was only needed to make them is given back.
    await sleep(20_000);
    const rested = await residentMemory(server.pid);
    console.log(
      `${count} waiting jobs: the server has ${rested.toFixed(0)} MB (${after.toFixed(0)} when they were made, ${before.toFixed(0)} before)`,
    );
  } finally {
    await server.stop();
  }
}

const queuedJobs = (queued: number, moving: number, seconds: number): Promise<void> =>
  withSubcontractor({ module: 'test' }, async ({ server }) => {
    await prepare(server, 'test.act_again( name="one", delay_ms=100 )');
    // Nobody serves this module.
    await manualFoundation(server.client, SERVED, 'stuck', 'received = iputils.ping( target="127.0.0.1" )\n');
    await makeJobs(server, { prefix: 'm', count: moving }, { values: blueprint('endless') });
    const alone = await stepsWithin(server, seconds);
    console.log(`${moving} jobs move: ${shown(alone, moving)}`);
    await makeJobs(server, { prefix: 'q', count: queued }, { values: blueprint('stuck') });
    await until(async () => {
      const stats = await server.client.call<{ running: number }>('/api/v1/Foreman/BaseJob(jobStats)', {
        site: `${SITE}:${SERVED}:`,
      });
      return stats.running >= queued + moving;
    });
    const beside = await stepsWithin(server, seconds);
    const more = (100 * median(alone)) / median(beside) - 100;
    console.log(`beside ${queued} queued ones: ${shown(beside, moving)}, ${more.toFixed(0)} % longer`);
  });

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
