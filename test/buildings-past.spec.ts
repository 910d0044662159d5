import { randomInt } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site';
const FOUNDATION = '/api/v1/Building/Foundation';
const STRUCTURE = '/api/v1/Building/Structure';
const COMPLEX = '/api/v1/Test/TestComplex';
const MEMBERSHIP = '/api/v1/Building/ComplexStructure';
const DEPENDENCY = '/api/v1/Building/Dependency';
const FOUNDATION_BLUEPRINT = '/api/v1/BluePrint/FoundationBluePrint';
const STRUCTURE_BLUEPRINT = '/api/v1/BluePrint/StructureBluePrint';
/** How many commands are sent at random. */
const COMMANDS = 120;

const { database, server, client, token } = await startJourney();

const rest = async (path: string, body?: Values, method = 'POST'): Promise<Values> => {
  const response = await fetch(`${server.url}/api/rest/${path}`, {
    method,
    headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return (text === '' ? {} : JSON.parse(text)) as Values;
};

/** Random numbers that can be had again by their seed. */
function randomFrom(seed: number): <T>(choices: readonly T[]) => T {
  let state = seed;
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return choices[Math.floor((state / 2 ** 32) * choices.length)]!;
  };
}

const SITES = ['top', 'low'];
const HOSTS = ['h1', 'h2', 'h3', 'h4'];
const NAMES = ['web', 'db'];
const VALUES: readonly Values[] = [
  {},
  { a: '{{ b }}', b: 1 },
  { '>l': ['x'], b: 'of {{ _site }}' },
  { '9': 1, '10': 2.5, pin: 'text', db_password: 'hush' },
  { a: '{{ broken', '~b': null },
];

/** One command at random; many are refused, as they should be. */
async function command(pick: <T>(choices: readonly T[]) => T): Promise<void> {
  const structures = (await client.list(STRUCTURE, { count: 50 })).uris;
  const some = structures.length > 0 ? pick(structures) : `${STRUCTURE}:1:`;
  const site = `${SITE}:${pick(SITES)}:`;
  const host = `${FOUNDATION}:${pick(HOSTS)}:`;
  const blueprint = pick(NAMES);
  const commands: readonly (() => Promise<unknown>)[] = [
    () => client.update(site, { config_values: pick(VALUES) }),
    () => client.update(`${SITE}:low:`, { parent: pick([null, `${SITE}:top:`]) }),
    () => client.update(`${STRUCTURE_BLUEPRINT}:${blueprint}:`, { config_values: pick(VALUES) }),
    () => client.update(`${STRUCTURE_BLUEPRINT}:web:`, { parent_list: pick([[], [`${STRUCTURE_BLUEPRINT}:db:`]]) }),
    () =>
      rest(
        `BluePrint/StructureBluePrint/${blueprint}`,
        {
          config_schema: pick<Values>([
            {},
            { port: { type: 'integer', default: 80 } },
            { a: { type: 'text', default: 'd' } },
          ]),
        },
        'PATCH',
      ),
    () => client.update(`${FOUNDATION_BLUEPRINT}:base:`, { config_values: pick(VALUES) }),
    () =>
      client.create('/api/v1/Test/TestFoundation', {
        locator: pick(HOSTS),
        site,
        blueprint: `${FOUNDATION_BLUEPRINT}:base:`,
      }),
    () => client.update(host, { site }),
    () => client.call(`${host}(setIdMap)`, { id_map: pick<Values>([{}, { cpu: { count: 4 } }]) }),
    () => client.delete(host),
    () =>
      client.create(STRUCTURE, {
        hostname: pick(['one', 'two', 'three', 'four']),
        site,
        foundation: host,
        blueprint: `${STRUCTURE_BLUEPRINT}:${blueprint}:`,
        config_values: pick(VALUES),
      }),
    () => client.update(some, { config_values: pick(VALUES) }),
    () => client.update(some, { site, hostname: pick(['one', 'two', 'three', 'four']) }),
    () => client.call(`${some}(updateConfig)`, { config_value_map: pick(VALUES) }),
    () => client.delete(some),
    () => rest(`Building/Structure/${some.split(':')[1]}/force`, { state: pick(['built', 'planned']) }),
    () => rest(`Building/Foundation/${host.split(':')[1]}/force`, { state: pick(['built', 'located', 'planned']) }),
    () => client.create(COMPLEX, { name: pick(['c1', 'c2']), site, description: 'x', members: [some] }),
    () => client.update(`${COMPLEX}:${pick(['c1', 'c2'])}:`, { built_percentage: pick([10, 90]) }),
    () => client.delete(`${COMPLEX}:${pick(['c1', 'c2'])}:`),
    () => client.create(DEPENDENCY, { structure: some, foundation: pick([null, host]), link: pick(['soft', 'hard']) }),
  ];
  await pick(commands)().catch((error: unknown) => {
    // Refused, or not there any more; anything else is a fault of the server.
    expect(error).toMatchObject({ status: expect.any(Number) });
    expect((error as { status: number }).status).toBeLessThan(500);
  });
}

/** Everything there is of blueprints and buildings, as it is shown, and the configurations that come of it. */
async function everything(): Promise<Readonly<Record<string, unknown>>> {
  const all: Record<string, unknown> = {};
  for (const model of [
    SITE,
    FOUNDATION_BLUEPRINT,
    STRUCTURE_BLUEPRINT,
    FOUNDATION,
    STRUCTURE,
    COMPLEX,
    MEMBERSHIP,
    DEPENDENCY,
  ]) {
    const { uris } = await client.list(model, { count: 100 });
    for (const uri of uris) all[uri] = await client.get(uri);
    if (![SITE, FOUNDATION_BLUEPRINT, STRUCTURE_BLUEPRINT, FOUNDATION, STRUCTURE].includes(model)) continue;
    for (const uri of uris) all[`${uri}(getConfig)`] = timeless(await client.call(`${uri}(getConfig)`, {}));
  }
  for (const uri of (await client.list(STRUCTURE, { count: 100 })).uris) {
    const { config_uuid: uuid } = await client.get(uri);
    const response = await fetch(`${server.url}/config/config/c/${String(uuid)}`);
    all[`${uri} document`] = timeless(await response.json());
  }
  return all;
}

interface Told {
  readonly change: string;
  readonly differences: readonly {
    readonly path: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
}

/** What an object has to be by its history: each difference begins with what the one before has left. */
async function byHistory(path: string): Promise<Values> {
  const { items } = (await rest(`${path}/history?order=oldest&count=200`, undefined, 'GET')) as unknown as {
    readonly items: readonly Told[];
  };
  let object: Record<string, unknown> = {};
  for (const { change, differences } of items) {
    for (const { path: names, ...sides } of differences) {
      const name = names.at(-1) ?? '';
      let place = object;
      for (const outer of names.slice(0, -1)) place = place[outer] as Record<string, unknown>;
      // What is worked out from other objects changes with them.
      if (name !== 'state') expect([path, names, place[name]]).toEqual([path, names, sides.before]);
      if ('after' in sides) place[name] = sides.after;
      else delete place[name];
    }
    if (change === 'deleted') object = {};
  }
  return object;
}

/** The objects there are, as REST shows them, by path. */
async function objects(query = ''): Promise<Map<string, Values>> {
  const found = new Map<string, Values>();
  for (const model of ['Site/Site', 'BluePrint/StructureBluePrint', 'Building/Foundation', 'Building/Structure']) {
    const { items } = (await rest(`${model}?count=100${query}`, undefined, 'GET')) as unknown as {
      readonly items: readonly (Values & { readonly _links: { readonly self: { readonly href: string } } })[];
    };
    for (const { _links, ...values } of items) found.set(_links.self.href.replace('/api/rest/', ''), values);
  }
  return found;
}

const timeless = (configuration: unknown): unknown => ({ ...(configuration as Values), __timestamp: undefined });
const head = async (): Promise<string> => {
  const { rows } = await database.pool.query<{ head: string }>('SELECT max(position) AS head FROM log.events');
  return String(rows[0]?.head);
};

describe('blueprints and buildings', () => {
  const seed = randomInt(2 ** 31);

  it(`come out the same when they are made anew, and as of the past are what they were (seed ${seed})`, async () => {
    const pick = randomFrom(seed);
    for (const name of SITES) await client.create(SITE, { name, description: 'x' });
    await client.create(FOUNDATION_BLUEPRINT, {
      name: 'base',
      description: 'x',
      foundation_type_list: ['Test', 'TestComplex'],
    });
    const base = [`${FOUNDATION_BLUEPRINT}:base:`];
    for (const name of NAMES)
      await client.create(STRUCTURE_BLUEPRINT, { name, description: 'x', foundation_blueprint_list: base });

    /** What was told of configurations, by position of the log. */
    const told = new Map<string, Readonly<Record<string, unknown>>>();
    const shown = new Map<string, ReadonlyMap<string, Values>>();
    for (let sent = 0; sent < COMMANDS; sent += 1) {
      await command(pick);
      if (sent % 20 !== 19) continue;
      const then: Record<string, unknown> = {};
      for (const [path, model] of [
        ['Building/Structure', STRUCTURE],
        ['Building/Foundation', FOUNDATION],
        ['BluePrint/StructureBluePrint', STRUCTURE_BLUEPRINT],
      ] as const) {
        for (const uri of (await client.list(model, { count: 50 })).uris) {
          const action = `${path}/${uri.split(':')[1]}/getConfig`;
          then[action] = timeless((await rest(action))['value']);
        }
      }
      told.set(await head(), then);
      shown.set(await head(), await objects());
    }
    const before = await everything();

    const { value: id } = await rest('Records/ReadModel/rebuild', { models: [] });
    await until(async () => {
      const { value } = await rest('Records/ReadModel/state');
      const last = (value as { last: { id: string; error?: unknown } | null }).last;
      return last?.id === id;
    });
    expect(await everything()).toEqual(before);

    for (const [path, values] of await objects()) expect([path, await byHistory(path)]).toEqual([path, values]);
    for (const [position, then] of shown) expect(await objects(`&at=${position}`)).toEqual(then);
    for (const [position, then] of told) {
      for (const [action, configuration] of Object.entries(then)) {
        expect([position, action, timeless((await rest(`${action}?at=${position}`))['value'])]).toEqual([
          position,
          action,
          configuration,
        ]);
      }
    }
  });
});

describe('the place-holder host of the tutorial', () => {
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  const site = `${SITE}:site1:`;

  it('is defined, taken as built, and carries machines by a complex', async () => {
    await client.create(SITE, { name: 'site1', description: 'x' });
    const manual = `${FOUNDATION_BLUEPRINT}:tutorial-foundation:`;
    await client.create(FOUNDATION_BLUEPRINT, {
      name: 'tutorial-foundation',
      description: 'x',
      foundation_type_list: ['Manual'],
    });
    const placed = `${STRUCTURE_BLUEPRINT}:tutorial-structure:`;
    await client.create(STRUCTURE_BLUEPRINT, {
      name: 'tutorial-structure',
      description: 'x',
      foundation_blueprint_list: [manual, `${FOUNDATION_BLUEPRINT}:base:`],
    });

    // 7.1, step 1
    const host = await client.create('/api/v1/Manual/ManualFoundation', { site, locator: 'host', blueprint: manual });
    expect(host.uri).toBe('/api/v1/Manual/ManualFoundation:host:');
    expect(host.object).toEqual({
      locator: 'host',
      site,
      blueprint: manual,
      id_map: null,
      located_at: null,
      built_at: null,
      updated: moment,
      created: moment,
      state: 'planned',
      type: 'Manual',
      class_list: "['Metal', 'VM', 'Container', 'Switch', 'Manual']",
    });
    // step 3
    const foundation = `${FOUNDATION}:host:`;
    const structure = await client.create(STRUCTURE, { site, foundation, hostname: 'host', blueprint: placed });
    const id = Number(structure.uri.split(':')[1]);
    expect(structure.object).toEqual({
      hostname: 'host',
      site,
      blueprint: placed,
      foundation,
      config_uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      config_values: {},
      built_at: null,
      updated: moment,
      created: moment,
      id,
      state: 'planned',
    });
    // step 4
    await rest('Building/Foundation/host/force', { state: 'built' });
    await rest(`Building/Structure/${id}/force`, { state: 'built' });
    expect(await client.get(foundation)).toMatchObject({ state: 'built' });
    expect(await client.get(structure.uri)).toMatchObject({ state: 'built', built_at: moment });

    // 7.2, with the complexes of the platform `test`
    const complex = await client.create(COMPLEX, { site, name: 'demo', description: 'Demo Host/Complex' });
    expect(complex.object).toEqual({
      name: 'demo',
      site,
      description: 'Demo Host/Complex',
      built_percentage: 90,
      updated: moment,
      created: moment,
      members: [],
      state: 'planned',
      type: 'Test',
    });
    const member = { complex: '/api/v1/Building/Complex:demo:', structure: structure.uri };
    const membership = await client.create(MEMBERSHIP, member);
    const membershipId = Number(membership.uri.split(':')[1]);
    expect(membership.object).toEqual({ ...member, updated: moment, created: moment, id: membershipId });
    expect(await client.get(complex.uri)).toMatchObject({ state: 'built', members: [structure.uri] });

    // 8, steps 1 and 3
    const machine = await client.create('/api/v1/Test/TestComplexedFoundation', {
      site,
      locator: 'testvm01',
      blueprint: `${FOUNDATION_BLUEPRINT}:base:`,
      complex_host: complex.uri,
    });
    expect(machine.uri).toBe('/api/v1/Test/TestComplexedFoundation:testvm01:');
    expect(machine.object).toMatchObject({ locator: 'testvm01', complex_host: complex.uri, type: 'TestComplex' });
    const on = await client.create(STRUCTURE, {
      site,
      foundation: `${FOUNDATION}:testvm01:`,
      hostname: 'testvm01',
      blueprint: placed,
    });
    expect(on.object).toMatchObject({ hostname: 'testvm01', state: 'planned' });
  });
});

describe('a configuration', () => {
  it('is another one at once when anything changes that it comes from', async () => {
    const level = (name: string, parent: Values, key: string) => ({
      name,
      description: 'x',
      ...parent,
      config_values: { [key]: 1 },
    });
    await client.create(SITE, level('outer', {}, 'outer'));
    await client.create(SITE, level('inner', { parent: `${SITE}:outer:` }, 'inner'));
    await client.create(FOUNDATION_BLUEPRINT, { name: 'under', description: 'x', foundation_type_list: ['Test'] });
    const under = [`${FOUNDATION_BLUEPRINT}:under:`];
    await client.create(STRUCTURE_BLUEPRINT, { ...level('above', {}, 'above'), foundation_blueprint_list: under });
    await client.create(
      STRUCTURE_BLUEPRINT,
      level('below', { parent_list: [`${STRUCTURE_BLUEPRINT}:above:`] }, 'below'),
    );
    await client.create('/api/v1/Test/TestFoundation', {
      locator: 'layered',
      site: `${SITE}:inner:`,
      blueprint: under[0],
    });
    const { uri } = await client.create(STRUCTURE, {
      hostname: 'layered',
      site: `${SITE}:inner:`,
      blueprint: `${STRUCTURE_BLUEPRINT}:below:`,
      foundation: `${FOUNDATION}:layered:`,
      config_values: { own: 1 },
    });
    const config = async () => (await client.call(`${uri}(getConfig)`, {})) as Values;
    expect(await config()).toMatchObject({ outer: 1, inner: 1, above: 1, below: 1, own: 1 });
    for (const [of, key] of [
      [`${SITE}:outer:`, 'outer'],
      [`${SITE}:inner:`, 'inner'],
      [`${STRUCTURE_BLUEPRINT}:above:`, 'above'],
      [`${STRUCTURE_BLUEPRINT}:below:`, 'below'],
      [uri, 'own'],
    ] as const) {
      const { __last_modified: before } = await config();
      await client.update(of, { config_values: { [key]: 2 } });
      const after = await config();
      expect(after).toMatchObject({ [key]: 2 });
      expect(String(after['__last_modified']) > String(before)).toBe(true);
    }
    await client.call(`${FOUNDATION}:layered:(setIdMap)`, { id_map: { cpu: 4 } });
    expect(await config()).toMatchObject({ _foundation_id_map: { cpu: 4 } });
    const zone = await client.create('/api/v1/Directory/Zone', { name: 'example' });
    await client.update(`${SITE}:inner:`, { zone: zone.uri });
    expect(await config()).toMatchObject({ _fqdn: 'layered.example' });
    await client.update(zone.uri, { name: 'other' });
    expect(await config()).toMatchObject({ _fqdn: 'layered.other' });
    await client.update(`${STRUCTURE_BLUEPRINT}:below:`, { parent_list: [] });
    expect(await config()).not.toHaveProperty('above');
    const [one, two] = [await config(), await config()];
    expect(String(two['__timestamp']) >= String(one['__timestamp'])).toBe(true);
  });
});
