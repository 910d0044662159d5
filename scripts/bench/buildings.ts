import { Pool } from 'pg';
import type { Limit } from './limit.ts';
import type { Load, LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';
import { pgbench } from './postgres-load.ts';

const SMALL = 1000;
const LARGE = 10_000;
/** Structures that are made between two looks at how fast that goes. */
const STEP = 1000;
const ROUNDS = 5;
/** Structures whose configurations are asked for. */
const CONFIGURED = 2000;
/** Time enough for a load that ends by its count. */
const AMPLE_S = 600;

const SITE = '/api/v1/Site/Site';
const STRUCTURE = '/api/v1/Building/Structure';
const FOUNDATION = '/api/v1/Building/Foundation';
const BLUEPRINT = '/api/v1/BluePrint/StructureBluePrint';

const LOADS: Readonly<Record<string, (ids: readonly string[]) => Load>> = {
  'GET of one': (ids) => ({ verb: 'GET', uri: `${STRUCTURE}:{id}:`, clients: 8, ids }),
  'LIST of 50': ({ length }) => ({
    verb: 'LIST',
    uri: STRUCTURE,
    clients: 8,
    body: '{}',
    headers: ['Count: 50', `Position: {${length - 50}}`],
  }),
};

/** Ids of the first structures; there may be gaps between them. */
async function structureIds({ databaseUrl }: LoadedServer, count: number): Promise<readonly string[]> {
  const pool = new Pool({ connectionString: databaseUrl });
  try {
    const text = 'SELECT key FROM read.structures WHERE to_pos IS NULL ORDER BY key LIMIT $1';
    return (await pool.query<{ key: string }>(text, [count])).rows.map(({ key }) => key);
  } finally {
    await pool.end();
  }
}

/**
 * Measures structures: their configuration against a bare SELECT by key; making 10,000 of them against making sites, and
 * whether that stays as fast to the end; reading one, a page and fifty at once with 10,000 of them and with 1,000.
 */
export async function run(_: string[], limit: Limit): Promise<void> {
  const many = await loadedServer();
  try {
    await limit.step('making sites and blueprints', () => prepare(many));
    await limit.step(`making ${LARGE} foundations`, () => makeFoundations(many, LARGE));
    await limit.step(`making ${LARGE} structures`, () => create(many));
    await limit.step('measuring getConfig', () => getConfig(many));
    await limit.step('measuring GET of 50 in one', () => fiftyAtOnce(many));
    const few = await loadedServer();
    try {
      await limit.step('making sites and blueprints', () => prepare(few));
      await limit.step(`making ${SMALL} foundations`, () => makeFoundations(few, SMALL));
      await limit.step(`making ${SMALL} structures`, () => makeStructures(few, 0, SMALL));
      for (const [what, load] of Object.entries(LOADS)) {
        await limit.step(`measuring ${what}`, () => inTurns(what, few, many, load));
      }
    } finally {
      await few.stop();
    }
  } finally {
    await many.stop();
  }
}

const values = (level: string): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`${level}_${n}`, `value ${n} of ${level}`])),
  [`${level}_url`]: `http://{{ _hostname }}.${level}/{{ ${level}_0 }}`,
  '>dns_servers': ['10.0.0.1'],
  ntp: level,
});

/** Sites and blueprints of three levels with eleven values each. */
export async function prepare({ client }: LoadedServer): Promise<void> {
  await client.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'a base',
    foundation_type_list: ['Test'],
  });
  const base = ['/api/v1/BluePrint/FoundationBluePrint:base:'];
  for (const [n, level] of ['top', 'middle', 'own'].entries()) {
    const above = ['top', 'middle'][n - 1];
    await client.create(SITE, {
      name: level,
      description: 'a site',
      parent: above === undefined ? null : `${SITE}:${above}:`,
      config_values: values(`site_${level}`),
    });
    await client.create(BLUEPRINT, {
      name: level,
      description: 'a blueprint',
      parent_list: above === undefined ? [] : [`${BLUEPRINT}:${above}:`],
      foundation_blueprint_list: base,
      config_values: values(`blueprint_${level}`),
    });
  }
}

async function counted(server: LoadedServer, load: Omit<Load, 'seconds' | 'clients'>): Promise<number> {
  const { rate, failed } = await server.load({ ...load, clients: 8, seconds: AMPLE_S });
  if (failed > 0) throw new Error(`${load.verb} ${load.uri}: ${failed} requests failed`);
  return rate;
}

export const makeFoundations = (server: LoadedServer, count: number): Promise<number> =>
  counted(server, {
    verb: 'CREATE',
    uri: '/api/v1/Test/TestFoundation',
    body: JSON.stringify({
      locator: 'h{n}',
      site: `${SITE}:own:`,
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:base:',
    }),
    count,
  });

export const makeStructures = (server: LoadedServer, from: number, count: number): Promise<number> =>
  counted(server, {
    verb: 'CREATE',
    uri: STRUCTURE,
    body: JSON.stringify({
      hostname: 'w{n}',
      site: `${SITE}:own:`,
      blueprint: `${BLUEPRINT}:own:`,
      foundation: `${FOUNDATION}:h{n}:`,
    }),
    from,
    count,
  });

async function create(server: LoadedServer): Promise<void> {
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let made = 0; made < LARGE; made += STEP) {
    const sites = await counted(server, {
      verb: 'CREATE',
      uri: SITE,
      body: '{"name":"c#","description":"a site"}',
      count: STEP,
    });
    const rate = await makeStructures(server, made, STEP);
    rates.push(rate);
    ratios.push(rate / sites);
  }
  const [first = Number.NaN, last = Number.NaN] = [rates.slice(0, 3), rates.slice(-3)].map(median);
  process.stdout.write(
    `CREATE of structures: ${median(rates).toFixed(0)}/s, ${percent(median(ratios))} of that of sites; ` +
      `the last 3,000 ${last.toFixed(0)}/s, ${percent(last / first)} of the first 3,000\n`,
  );
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`;

async function getConfig(server: LoadedServer): Promise<void> {
  const { databaseUrl, directory } = server;
  const select = String.raw`\set n random(1, ${LARGE})
SELECT row FROM read.structures WHERE key = :n AND to_pos IS NULL;`;
  const call = { verb: 'CALL', body: '{}', ids: await structureIds(server, CONFIGURED) };
  const first = await counted(server, { ...call, uri: `${STRUCTURE}:{id:n}:(getConfig)`, count: CONFIGURED });
  const load: Load = { ...call, uri: `${STRUCTURE}:{id}:(getConfig)`, clients: 8 };
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await pgbench(databaseUrl, directory, select, 8);
    const { rate, failed } = await server.load(load);
    if (failed > 0) throw new Error(`getConfig: ${failed} requests failed`);
    rates.push(rate);
    ratios.push(rate / bare.rate);
  }
  process.stdout.write(
    `getConfig: ${first.toFixed(0)}/s each for the first time, ${median(rates).toFixed(0)}/s again, ` +
      `${percent(median(ratios))} of a bare SELECT by key\n`,
  );
}

async function fiftyAtOnce(server: LoadedServer): Promise<void> {
  const fifty = (await structureIds(server, 50)).join(':');
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.push((await server.load({ verb: 'GET', uri: `${STRUCTURE}:${fifty}:`, clients: 8 })).rate);
  }
  process.stdout.write(`GET of 50 in one: ${median(rates).toFixed(0)}/s\n`);
}

/** The two servers are asked in turns, so that what else happens on the machine hits both. */
async function inTurns(what: string, few: LoadedServer, many: LoadedServer, load: (ids: readonly string[]) => Load) {
  const [lessIds, moreIds] = [await structureIds(few, SMALL), await structureIds(many, LARGE)];
  const [less, more]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [server, ids, rates] of [
      [few, lessIds, less],
      [many, moreIds, more],
    ] as const) {
      const { rate, failed } = await server.load(load(ids));
      if (failed > 0) throw new Error(`${what}: ${failed} requests failed`);
      rates.push(rate);
    }
  }
  const [one, other] = [median(less), median(more)];
  process.stdout.write(
    `${what}: ${one.toFixed(0)}/s with ${SMALL} structures, ${other.toFixed(0)}/s with ${LARGE}: ${percent(other / one)}\n`,
  );
}
