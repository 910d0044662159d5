import { parseArgs } from 'node:util';
import type { Load, LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median, timeLimit } from './median.ts';

/** Sites that are there before anything is measured. */
const SITES = 1000;
const SITE = '/api/v1/Site/Site';

const fifty = Array.from({ length: 50 }, (_, n) => `s${n}`).join(':');
const CREATE = { verb: 'CREATE', uri: SITE, body: '{"name":"c#","description":"a site"}' };
const UPDATE = { verb: 'UPDATE', uri: `${SITE}:s{${SITES}}:`, body: '{"description":"changed #"}' };

/** What both servers are asked, in this order. */
const LOADS: Readonly<Record<string, Load>> = {
  'GET, 8 clients': { verb: 'GET', uri: `${SITE}:s{${SITES}}:`, clients: 8 },
  'LIST of 50, 8 clients': {
    verb: 'LIST',
    uri: SITE,
    clients: 8,
    body: '{}',
    headers: ['Count: 50', `Position: {+50<${SITES}}`],
  },
  'GET of 50, 8 clients': { verb: 'GET', uri: `${SITE}:${fifty}:`, clients: 8 },
  'CREATE, 1 client': { ...CREATE, clients: 1 },
  'UPDATE, 1 client': { ...UPDATE, clients: 1 },
  'CREATE, 8 clients': { ...CREATE, clients: 8 },
  'UPDATE, 8 clients': { ...UPDATE, clients: 8 },
};

/**
 * Measures writes and reads over HTTP: `writes [--against <folder>] [--rounds 9] [--seconds 2] [--only CREATE]
 * [--minutes 20]`. With `--against`, the build in that folder runs beside this one, each on a database of its own; they
 * are asked in turns, and the median of the rounds' ratios is printed.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      against: { type: 'string' },
      rounds: { type: 'string', default: '9' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '20' },
    },
  });
  const loads = Object.entries(LOADS).filter(([what]) => what.includes(values.only));
  const limit = timeLimit(Number(values.minutes));
  const servers: LoadedServer[] = [];
  try {
    servers.push(await loadedServer());
    if (values.against !== undefined) servers.push(await loadedServer(values.against));
    for (const server of servers) await server.makeSites(0, SITES);
    for (const [what, load] of loads) {
      const timed = { ...load, seconds: Number(values.seconds) };
      report(what, await inTurns(servers, timed, Number(values.rounds), limit.check));
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** The rates of every round, server by server; who begins a round changes. */
async function inTurns(
  servers: readonly LoadedServer[],
  load: Load,
  rounds: number,
  check: () => void,
): Promise<number[][]> {
  const rates: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const found: number[] = [];
    const order = [...servers.keys()];
    if (round % 2 === 1) order.reverse();
    for (const n of order) {
      check();
      const { rate, failed } = await (servers[n] as LoadedServer).load(load);
      if (failed > 0) throw new Error(`${load.verb}: ${failed} requests failed`);
      found[n] = rate;
    }
    rates.push(found);
  }
  return rates;
}

function report(what: string, rates: readonly (readonly number[])[]): void {
  const of = (n: number) => median(rates.map((round) => round[n] ?? Number.NaN));
  const compared = rates[0]?.length === 2;
  const ratio = median(rates.map(([ours = Number.NaN, theirs = Number.NaN]) => ours / theirs));
  process.stdout.write(
    `${what}: ${of(0).toFixed(0)}/s${compared ? `, against ${of(1).toFixed(0)}/s: ${ratio.toFixed(2)} times` : ''}\n`,
  );
}
