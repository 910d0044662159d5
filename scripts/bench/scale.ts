import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from './api-load.ts';
import type { Load, LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';

const SMALL = 1000;
const LARGE = 100_000;
/** Seconds a server is left alone before it is looked at, and how long that takes. */
const REST = 30;
const LOOK = 20;
const ROUNDS = 6;
/** Clock ticks of Linux per second. */
const TICKS = 100;

const SITE = '/api/v1/Site/Site';

const loads = (objects: number): Readonly<Record<string, Load>> => ({
  'GET of one': { verb: 'GET', uri: `${SITE}:s{${objects}}:`, clients: 8 },
  'LIST of 50, page after page': {
    verb: 'LIST',
    uri: SITE,
    clients: 8,
    body: '{}',
    headers: ['Count: 50', `Position: {+50<${objects}}`],
  },
  CREATE: { verb: 'CREATE', uri: SITE, clients: 8, body: '{"name":"c#","description":"a site"}' },
});

/** Measures what a server takes that has nothing to do, and whether it gets slower with a hundred times the objects. */
export async function run(): Promise<void> {
  const server = await loadedServer();
  try {
    await idle(server);
    await server.makeSites(0, SMALL);
    const before = await rates(server, SMALL);
    await server.makeSites(SMALL, LARGE);
    const after = await rates(server, LARGE);
    for (const [what, rate] of before) {
      const later = after.get(what) ?? Number.NaN;
      process.stdout.write(
        `${what}: ${rate.toFixed(0)}/s with ${SMALL} objects, ${later.toFixed(0)}/s with ${LARGE}: ` +
          `${((100 * later) / rate).toFixed(0)} %\n`,
      );
    }
  } finally {
    await server.stop();
  }
}

/** Each rate is the best of some, since machines are noisy and everything has to be warm. */
async function rates(server: LoadedServer, objects: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [what, load] of Object.entries(loads(objects))) {
    const measured: LoadResult[] = [];
    for (let round = 0; round < ROUNDS; round += 1) measured.push(await server.load(load));
    const failed = measured.reduce((sum, one) => sum + one.failed, 0);
    if (failed > 0) throw new Error(`${what}: ${failed} requests failed`);
    found.set(what, Math.max(...measured.map(({ rate }) => rate)));
  }
  return found;
}

async function idle({ pid }: LoadedServer): Promise<void> {
  await sleep(REST * 1000);
  const before = await ticksOf(pid);
  await sleep(LOOK * 1000);
  const share = (await ticksOf(pid)) - before;
  const resident = Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  process.stdout.write(
    `idle: ${((100 * share) / TICKS / LOOK).toFixed(2)} % of a core, ${resident.toFixed(0)} MB resident\n`,
  );
}

/** Processor time a process has had. */
async function ticksOf(pid: number): Promise<number> {
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return (user ?? 0) + (system ?? 0);
}
