import { manualFoundation, until } from '#testing';
import { countOf } from '../count-of.ts';
import type { LoadedServer } from '../loaded-server.ts';

/** Clients of the API. */
export const CLIENTS = 8;
/** The site that agents serve. */
export const SERVED = 'site1';
const SITE = '/api/v1/Site/Site';
/** How long making foundations or jobs may take, in seconds. */
const MAX_S = 900;

/** Makes the site that is served, and a blueprint whose script does a step again and again. */
export async function prepare({ client }: LoadedServer, step: string): Promise<void> {
  await client.create(SITE, { name: SERVED, description: 'of the jobs' });
  const script = `begin()\n  while True do\n  begin()\n    ${step}\n  end\nend\n`;
  await manualFoundation(client, SERVED, 'endless', script);
}

/** Foundations by their locators: a prefix with a number behind it. */
export interface Hosts {
  /** `h` unless said. */
  readonly prefix?: string;
  /** The first number; 0 unless said. */
  readonly from?: number;
  readonly count: number;
}

/** What foundations are. */
export interface HostKind {
  /** Path of their model; `Manual/ManualFoundation` unless said. */
  readonly model?: string;
  /** The site that is served unless said. */
  readonly site?: string;
  /** Further values; the blueprint with the endless script unless said. */
  readonly values?: object;
}

const ENDLESS = { blueprint: '/api/v1/BluePrint/FoundationBluePrint:endless:' };

/** Makes foundations. */
export async function makeFoundations(
  server: LoadedServer,
  { prefix = 'h', from = 0, count }: Hosts,
  { model = 'Manual/ManualFoundation', site = SERVED, values = ENDLESS }: HostKind = {},
): Promise<void> {
  const { failed } = await server.load({
    verb: 'CREATE',
    uri: `/api/v1/${model}`,
    clients: CLIENTS,
    seconds: MAX_S,
    from,
    count,
    body: JSON.stringify({ locator: `${prefix}{n}`, site: `${SITE}:${site}:`, ...values }),
  });
  if (failed > 0) throw new Error(`${failed} foundations could not be made`);
}

/** Creates the jobs of foundations. @returns how many per second */
export async function createJobs(server: LoadedServer, { prefix = 'h', from = 0, count }: Hosts): Promise<number> {
  const { rate, failed } = await server.load({
    verb: 'CALL',
    uri: `/api/v1/Building/Foundation:${prefix}{n}:(doCreate)`,
    clients: CLIENTS,
    seconds: MAX_S,
    from,
    count,
    body: '{}',
  });
  if (failed > 0) throw new Error(`${failed} jobs could not be made`);
  return rate;
}

/** How many steps have been completed. */
export const stepsOf = (server: LoadedServer): Promise<number> =>
  countOf(server.databaseUrl, `SELECT count(*) AS n FROM log.events WHERE type = 'JobStepCompleted'`);

/** Resolves when so many jobs are at a step. */
export const allQueued = ({ databaseUrl }: LoadedServer, jobs: number): Promise<void> => {
  const text = `SELECT count(DISTINCT stream) AS n FROM log.events WHERE type = 'JobStepRequested'`;
  return until(async () => (await countOf(databaseUrl, text)) >= jobs, 120_000);
};
