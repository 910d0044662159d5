import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, LoadedServer } from './loaded-server.ts';
import type { Limit } from './limit.ts';
import { loadedServer } from './loaded-server.ts';
import { processorTime } from './processor-time.ts';
import { residentMemory } from './resident-memory.ts';

const SMALL = 1000;
const LARGE = 100_000;
/** Seconds a server is left alone before it is looked at, and how long that takes. */
const REST = 30;
const LOOK = 20;
const ROUNDS = 9;

const SITE = '/api/v1/Site/Site';

/** What is asked of a server with so many sites. */
const LOADS: Readonly<Record<string, (sites: number) => Load>> = {
  'GET of one': (sites) => ({ verb: 'GET', uri: `${SITE}:s{${sites}}:`, clients: 8 }),
  'LIST of 50, page after page': (sites) => ({
    verb: 'LIST',
    uri: SITE,
    clients: 8,
    body: '{}',
    headers: ['Count: 50', `Position: {+50<${sites}}`],
  }),
  'LIST of 50 at random positions': (sites) => ({
    verb: 'LIST',
    uri: SITE,
    clients: 8,
    body: '{}',
    headers: ['Count: 50', `Position: {${sites - 50}}`],
  }),
  CREATE: () => ({ verb: 'CREATE', uri: SITE, clients: 8, body: '{"name":"c#","description":"a site"}' }),
};

/**
 * Measures what a server takes that has nothing to do, and whether one with a hundred times the objects is slower. The two
 * are asked in turns, so that what else happens on the machine hits both.
 */
export async function run(_: string[], limit: Limit): Promise<void> {
  const few = await loadedServer();
  try {
    await limit.step('looking at a server that has nothing to do', () => idle(few));
    const many = await loadedServer();
    try {
      await limit.step(`making ${SMALL} sites`, () => few.makeSites(0, SMALL));
      await limit.step(`making ${LARGE} sites`, () => many.makeSites(0, LARGE));
      for (const [what, load] of Object.entries(LOADS)) {
        const [less = Number.NaN, more = Number.NaN] = await limit.step(`measuring ${what}`, () =>
          inTurns([few, load(SMALL)], [many, load(LARGE)]),
        );
        process.stdout.write(
          `${what}: ${less.toFixed(0)}/s with ${SMALL} objects, ${more.toFixed(0)}/s with ${LARGE}: ` +
            `${((100 * more) / less).toFixed(0)} %\n`,
        );
      }
    } finally {
      await many.stop();
    }
  } finally {
    await few.stop();
  }
}

/** The rate of each load, the median of some rounds: neither a lucky nor an unlucky one counts. */
async function inTurns(...loads: readonly (readonly [LoadedServer, Load])[]): Promise<number[]> {
  const rates = loads.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [n, [server, load]] of loads.entries()) {
      const { rate, failed } = await server.load(load);
      if (failed > 0) throw new Error(`${load.verb}: ${failed} requests failed`);
      rates[n]?.push(rate);
    }
  }
  return rates.map((all) => all.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? Number.NaN);
}

async function idle({ pid }: LoadedServer): Promise<void> {
  await sleep(REST * 1000);
  const before = await processorTime(pid);
  await sleep(LOOK * 1000);
  const share = (await processorTime(pid)) - before;
  const resident = await residentMemory(pid);
  process.stdout.write(`idle: ${((100 * share) / LOOK).toFixed(2)} % of a core, ${resident.toFixed(0)} MB resident\n`);
}
