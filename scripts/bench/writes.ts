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

/** What one round of a load came to. */
interface Round {
  /** Answers per second. */
  readonly rate: number;
  /** Processor time of server and database for one answer, in milliseconds. */
  readonly work: number;
}

/** The rounds, each server by server; who begins a round changes. */
async function inTurns(
  servers: readonly LoadedServer[],
  load: Load,
  rounds: number,
  check: () => void,
): Promise<Round[][]> {
  const all: Round[][] = [];
  for (let n = 0; n < rounds; n += 1) {
    const found: Round[] = [];
    const order = [...servers.entries()];
    if (n % 2 === 1) order.reverse();
    for (const [index, server] of order) {
      check();
      const before = await server.processorTime();
      const { rate, answers, failed } = await server.load(load);
      if (failed > 0) throw new Error(`${load.verb}: ${failed} requests failed`);
      found[index] = { rate, work: (1000 * ((await server.processorTime()) - before)) / answers };
    }
    all.push(found);
  }
  return all;
}

function report(what: string, rounds: readonly (readonly Round[])[]): void {
  const medianOf = (of: (round: readonly Round[]) => number | undefined) =>
    median(rounds.map((round) => of(round) ?? Number.NaN));
  const side = (n: number) =>
    `${medianOf((round) => round[n]?.rate).toFixed(0)}/s (${medianOf((round) => round[n]?.work).toFixed(2)} ms of processor time each)`;
  const ratio = (of: (round: Round) => number) =>
    medianOf(([ours, theirs]) => (ours && theirs ? of(ours) / of(theirs) : undefined)).toFixed(2);
  const compared =
    rounds[0]?.length === 2
      ? `, against ${side(1)}: ${ratio(({ rate }) => rate)} times as fast, ${ratio(({ work }) => work)} times the work`
      : '';
  process.stdout.write(`${what}: ${side(0)}${compared}\n`);
}
