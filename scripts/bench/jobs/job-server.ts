import { Client } from 'pg';
import { manualFoundation, until } from '#testing';
import type { LoadedServer } from '../loaded-server.ts';

/** Clients of the API. */
export const CLIENTS = 8;
/** The site that agents serve. */
export const SERVED = 'site1';
const SITE = '/api/v1/Site/Site';

/** Makes the site that is served, and a blueprint whose script does a step again and again. */
export async function prepare({ client }: LoadedServer, step: string): Promise<void> {
  await client.create(SITE, { name: SERVED, description: 'of the jobs' });
  const script = `begin()\n  while True do\n  begin()\n    ${step}\n  end\nend\n`;
  await manualFoundation(client, SERVED, 'endless', script);
}

/** Makes foundations of a site with the endless script, from `h<from>` on. */
export async function makeFoundations(server: LoadedServer, site: string, from: number, count: number): Promise<void> {
  const made = await server.load({
    verb: 'CREATE',
    uri: '/api/v1/Manual/ManualFoundation',
    clients: CLIENTS,
    seconds: 600,
    from,
    count,
    body: JSON.stringify({
      locator: 'h{n}',
      site: `${SITE}:${site}:`,
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:endless:',
    }),
  });
  if (made.failed > 0) throw new Error(`${made.failed} foundations could not be made`);
}

/** Creates the jobs of foundations. @returns how many per second */
export async function createJobs(server: LoadedServer, from: number, count: number): Promise<number> {
  const { rate, failed } = await server.load({
    verb: 'CALL',
    uri: '/api/v1/Building/Foundation:h{n}:(doCreate)',
    clients: CLIENTS,
    seconds: 600,
    from,
    count,
    body: '{}',
  });
  if (failed > 0) throw new Error(`${failed} jobs could not be made`);
  return rate;
}

async function query<Row>({ databaseUrl }: LoadedServer, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** A number that an expression of SQL comes to. */
export const countOf = async (server: LoadedServer, text: string): Promise<number> =>
  Number((await query<{ n: string }>(server, `SELECT ${text} AS n`))[0]?.n);

/** How many steps have been completed. */
export const stepsOf = (server: LoadedServer): Promise<number> =>
  countOf(server, `(SELECT count(*) FROM log.events WHERE type = 'JobStepCompleted')`);

/** Resolves when so many jobs are at a step. */
export const allQueued = (server: LoadedServer, jobs: number): Promise<void> =>
  until(
    async () =>
      (await countOf(server, `(SELECT count(DISTINCT stream) FROM log.events WHERE type = 'JobStepRequested')`)) >=
      jobs,
    120_000,
  );

/** How many transactions the database has had. */
export const transactions = (server: LoadedServer): Promise<number> =>
  countOf(server, `(SELECT sum(xact_commit) FROM pg_stat_database WHERE datname = current_database())`);
