import { parseArgs } from 'node:util';
import { until } from '#testing';
import type { SimulatedEngine, SimulatedRound } from './containers/engine-simulator.ts';
import { startSimulatedEngine } from './containers/engine-simulator.ts';
import { transactionsOf } from './count-of.ts';
import { createJobs, makeFoundations, SERVED } from './jobs/job-server.ts';
import { withSubcontractor } from './jobs/with-subcontractor.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { median } from './median.ts';
import { processorTime } from './processor-time.ts';

/** Containers of one round. */
const CONTAINERS = 500;
/** Rounds before those that are measured, until what runs most is compiled, and those. */
const [WARMING, ROUNDS] = [4, 4];
/** How long an engine takes to answer, in milliseconds. */
const ANSWER_MS = 10;
const SITE = `/api/v1/Site/Site:${SERVED}:`;

/**
 * The create jobs of five hundred containers, on an engine whose every answer takes ten milliseconds: `containers [--limits
 * 10,25,50] [--at agent|server]`. They wait for the host, and begin at once when it is built. How many are made a second, and
 * what part that is of what so many tasks at a time would come to if nothing took time besides the engine.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { limits: { type: 'string', default: '10,25,50' }, at: { type: 'string', default: 'agent' } },
  });
  for (const most of values.limits.split(',').map(Number)) {
    await limit.step(`${most} at a time`, () => measure(most, values.at === 'server'));
  }
}

async function measure(most: number, atServer: boolean): Promise<void> {
  const engine = await startSimulatedEngine(ANSWER_MS);
  try {
    const maxTasks = atServer ? undefined : most;
    await withSubcontractor({ module: 'docker', ...(maxTasks ? { maxTasks } : {}) }, async ({ server, agent }) => {
      const host = await prepare(server, engine);
      if (atServer) await server.call('Foreman/Limit', { module: 'docker', max_jobs: most });
      const parts: number[] = [];
      for (let round = 0; round < WARMING + ROUNDS; round += 1) {
        await waiting(server, host, round);
        const busy = async () => [
          await processorTime(server.pid),
          await processorTime(agent.pid),
          await server.processorTime(),
          await transactionsOf(server.databaseUrl),
        ];
        const before = await busy();
        const done = await oneRound(server, host, engine);
        const spent = (await busy()).map((value, n) => (value - (before[n] ?? 0)) / done.made);
        const [own = 0, agents = 0, all = 0, commits = 0] = spent;
        const each = [own, all - own, agents].map((seconds) => (seconds * 1000).toFixed(2)).join(', ');
        const perTask = done.requests / done.made;
        const ideal = most / ((ANSWER_MS / 1000) * perTask);
        const rate = done.made / done.seconds;
        if (round >= WARMING) parts.push(rate / ideal);
        process.stdout.write(
          `  ${round < WARMING ? 'warming up' : `round ${round - WARMING + 1}`}: ${rate.toFixed(0)}/s of ${ideal.toFixed(0)} (${perTask.toFixed(1)} requests each, ` +
            `${done.atOnce} at once); ` +
            `ms of processor time each of server, database, agent: ${each}; ${commits.toFixed(1)} transactions\n`,
        );
      }
      const where = atServer ? 'a limit of the server' : 'the agent';
      process.stdout.write(
        `${most} at a time at ${where}: ${(median(parts) * 100).toFixed(0)} % of what that allows\n`,
      );
    });
  } finally {
    await engine.stop();
  }
}

/** Has the host of a complex there, which is a structure that is not built yet. @returns its id */
async function prepare(server: LoadedServer, engine: SimulatedEngine): Promise<number> {
  const { client } = server;
  await client.create('/api/v1/Site/Site', { name: SERVED, description: 'of the containers' });
  await server.call('BluePrint/ResourceFile/load', {
    shipped: ['base_os', 'manual', 'docker'],
  });
  const file = `sflinks = [['still', 'docker-container-base']]
[structure.still]
description = 'x'
config_values = { docker_image = 'still:1' }
`;
  await server.call('BluePrint/ResourceFile/load', { files: { 'still.toml': file } });
  const blueprint = '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:';
  await client.create('/api/v1/Manual/ManualFoundation', { site: SITE, locator: 'host', blueprint });
  const { uri } = await client.create('/api/v1/Building/Structure', {
    site: SITE,
    hostname: 'host',
    foundation: '/api/v1/Building/Foundation:host:',
    blueprint: '/api/v1/BluePrint/StructureBluePrint:manual-structure-base:',
  });
  const id = Number(uri.split(':')[1]);
  const complex = { name: 'docker', site: SERVED, description: 'x', members: [id] };
  await server.call('Docker/DockerComplex', { ...complex, docker_endpoint: engine.endpoint });
  await server.call('Building/Foundation/host/force', { state: 'built' });
  const block = await client.create('/api/v1/Utilities/AddressBlock', {
    site: SITE,
    name: 'lab',
    subnet: '10.0.0.0',
    prefix: 24,
  });
  await client.create('/api/v1/Utilities/Address', {
    networked: `/api/v1/Utilities/Networked:${id}:`,
    address_block: block.uri,
    offset: 1,
    interface_name: 'eth0',
    is_primary: true,
  });
  return id;
}

const force = (server: LoadedServer, host: number, state: string): Promise<unknown> =>
  server.call(`Building/Structure/${host}/force`, { state });

/** Has the jobs of five hundred containers wait for their host. */
async function waiting(server: LoadedServer, host: number, round: number): Promise<void> {
  if (round > 0) await force(server, host, 'planned');
  const prefix = `r${round}c`;
  const values = {
    docker_complex: '/api/v1/Docker/DockerComplex:docker:',
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:docker-container-base:',
  };
  const hosts = { prefix, count: CONTAINERS };
  await makeFoundations(server, hosts, { model: 'Docker/DockerFoundation', values });
  const made = await server.load({
    verb: 'CREATE',
    uri: '/api/v1/Building/Structure',
    clients: 8,
    seconds: 600,
    count: CONTAINERS,
    body: JSON.stringify({
      site: SITE,
      hostname: `${prefix}{n}`,
      foundation: `/api/v1/Building/Foundation:${prefix}{n}:`,
      blueprint: '/api/v1/BluePrint/StructureBluePrint:still:',
    }),
  });
  if (made.failed > 0) throw new Error(`${made.failed} structures could not be made`);
  await createJobs(server, hosts);
}

/** Has the host built, and waits until all containers are. */
async function oneRound(server: LoadedServer, host: number, engine: SimulatedEngine): Promise<SimulatedRound> {
  await engine.round();
  await force(server, host, 'built');
  await until(async () => (await engine.made()) >= CONTAINERS, 120_000);
  await until(async () => (await server.client.list('/api/v1/Foreman/FoundationJob')).total === 0, 120_000);
  return engine.round();
}
