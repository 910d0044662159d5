import { expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(600_000);

type Values = Readonly<Record<string, unknown>>;

const { rest } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none', BIND_NS_NETWORKED_LIST: '1,4' });

/** Models with objects that come, change and go, and fields of theirs that are references, by the model they refer to. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Directory/Zone': { parent: 'Directory/Zone' },
  'Directory/Entry': { zone: 'Directory/Zone' },
  'Site/Site': { zone: 'Directory/Zone' },
  'Utilities/AddressBlock': { site: 'Site/Site' },
  'Utilities/Network': { site: 'Site/Site' },
  'Utilities/NetworkAddressBlock': { network: 'Utilities/Network', address_block: 'Utilities/AddressBlock' },
  'Utilities/Networked': { site: 'Site/Site' },
  'Test/TestFoundation': { site: 'Site/Site' },
  'Building/Structure': { site: 'Site/Site', foundation: 'Test/TestFoundation' },
  'Utilities/RealNetworkInterface': { network: 'Utilities/Network', foundation: 'Test/TestFoundation' },
  'Utilities/AbstractNetworkInterface': { network: 'Utilities/Network', structure: 'Building/Structure' },
  'Utilities/Address': { networked: 'host', address_block: 'Utilities/AddressBlock', pointer: 'Utilities/Address' },
};
type ModelName = keyof typeof REFERENCES;

/** Ids of what there is. */
const there = new Map<string, (string | number)[]>();
const oneOf = (model: string, n: number): string | number | undefined => {
  const ids =
    model === 'host'
      ? [...(there.get('Building/Structure') ?? []), ...(there.get('Utilities/Networked') ?? [])]
      : (there.get(model) ?? []);
  return ids[n % Math.max(ids.length, 1)];
};

const small = fc.integer({ min: 0, max: 1000 });
const hostname = fc.constantFrom('web1', 'web2', 'ns', 'inner', 'mail');
const on = fc.constantFrom('eth0', 'eth1', 'br0', 'eth_1');
const zoneName = fc.constantFrom('test', 'inner', 'web1', 'other');
const name = fc.constantFrom('a', 'b', 'c', 'd');

/** The other fields of what may be asked for. */
const VALUES: Readonly<Record<ModelName, fc.Arbitrary<Values>>> = {
  'Directory/Zone': fc.record({ name: zoneName, ttl: fc.constantFrom(60, 3600) }),
  'Directory/Entry': fc.record({
    type: fc.constantFrom('MX', 'SRV', 'CNAME', 'TXT'),
    name: fc.constantFrom('www', 'mail', 'web1', 'inner', 'static'),
    priority: fc.constant(1),
    weight: fc.constant(2),
    port: fc.constant(3),
    target: fc.constantFrom('web1', 'www', 'www.test.', 'ns.example.', 'a "text"'),
  }),
  'Site/Site': fc.record({ name: fc.constantFrom('site1', 'site2', 'site3'), description: fc.constant('x') }),
  'Utilities/AddressBlock': fc.oneof(
    fc.record({
      name,
      subnet: fc.constantFrom('10.0.0.0', '10.0.0.64', '10.0.1.128'),
      prefix: fc.constantFrom(16, 24, 26, 28),
    }),
    fc.record({ name, subnet: fc.constantFrom('2001:db8::', '2001:db8:0:1::'), prefix: fc.constantFrom(48, 64, 120) }),
  ),
  'Utilities/Network': fc.record({ name }),
  'Utilities/NetworkAddressBlock': fc.record({ vlan: fc.constantFrom(null, 30, 4095) }),
  'Utilities/Networked': fc.record({ hostname }),
  'Test/TestFoundation': fc.record({
    locator: fc.constantFrom('f1', 'f2', 'f3', 'f4'),
    blueprint: fc.constant('base'),
  }),
  'Building/Structure': fc.record({ hostname, blueprint: fc.constant('web') }),
  'Utilities/RealNetworkInterface': fc.record({ name: on, physical_location: on }),
  'Utilities/AbstractNetworkInterface': fc.record({ name: on }),
  'Utilities/Address': fc.record({
    interface_name: on,
    offset: fc.integer({ min: 1, max: 14 }),
    alias_index: fc.constantFrom(null, null, 1),
    is_primary: fc.boolean(),
    points: fc.constantFrom(false, false, false, true),
  }),
};

/** What is done to an object of a model. */
const step = fc
  .constantFrom(...Object.keys(REFERENCES), 'Utilities/Address', 'Utilities/Address', 'Utilities/RealNetworkInterface')
  .chain((model) =>
    fc.record({
      model: fc.constant(model),
      does: fc.constantFrom('create', 'create', 'create', 'change', 'change', 'delete'),
      values: VALUES[model]!,
      field: small,
      refers: fc.array(small, { minLength: 3, maxLength: 3 }),
      target: small,
    }),
  );

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The values of a step, with references to what there is. */
function valuesOf({ model, values, refers }: Step): Values {
  const { points, ...plain } = values;
  const references = Object.entries(REFERENCES[model] ?? {}).map(([field, of], n) => [
    field,
    oneOf(of, refers[n] ?? 0),
  ]);
  const whole: Record<string, unknown> = { ...plain, ...Object.fromEntries(references) };
  if (model === 'Utilities/Address') {
    if (points === true) Object.assign(whole, { address_block: null, offset: null });
    else whole['pointer'] = null;
  }
  // Some zones and entries are in no zone, some sites too.
  if (/Directory|Site/.test(model) && (refers[2] ?? 0) % 3 === 0) {
    for (const field of Object.keys(REFERENCES[model] ?? {})) whole[field] = null;
  }
  return whole;
}

const outcomes = new Map<string, number>();

async function take(done: Step): Promise<void> {
  const { model, does, target, field } = done;
  const id = does === 'create' ? undefined : oneOf(model, target);
  if (does !== 'create' && id === undefined) return;
  const path = id === undefined ? model : `${model}/${id}`;
  const whole = valuesOf(done);
  const fields = Object.entries(whole).filter(([key]) => !['name', 'locator'].includes(key) || model !== 'Site/Site');
  const [some] = fields.slice(field % fields.length);
  const body = does === 'create' ? whole : does === 'change' ? Object.fromEntries(some ? [some] : []) : undefined;
  const answer = await rest(does === 'create' ? 'POST' : does === 'change' ? 'PATCH' : 'DELETE', path, body);
  if (answer.status >= 500) throw new Error(`${does} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
  if (answer.status >= 300) return;
  const what = `${does} ${model}`;
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  if (does === 'create') {
    const made = (answer.body['id'] ?? answer.body['name'] ?? answer.body['locator']) as string | number;
    there.set(model, [...(there.get(model) ?? []), made]);
  } else if (does === 'delete') {
    await look();
  }
}

/** Notes what there is: things go with what they belong to. */
async function look(): Promise<void> {
  for (const model of Object.keys(REFERENCES)) {
    const { body } = await rest('GET', `${model}?count=100`);
    const items = body['items'] as readonly Values[];
    there.set(
      model,
      items.map((item) => (item['id'] ?? item['name'] ?? item['locator']) as string | number),
    );
  }
  // Structures are hosts too, and are asked for as such.
  const structures = new Set(there.get('Building/Structure'));
  there.set(
    'Utilities/Networked',
    (there.get('Utilities/Networked') ?? []).filter((id) => !structures.has(id)),
  );
}

const value = async (path: string, body: Values = {}): Promise<unknown> => {
  const answer = await rest('POST', path, body);
  return answer.body['value'] ?? answer.body['detail'];
};

/** All zones, with what is left out of them. */
async function allZones(query = ''): Promise<readonly unknown[]> {
  const ids = ((await rest('GET', `Directory/Zone?count=100${query.replace('?', '&')}`)).body['items'] as Values[]).map(
    ({ id }) => Number(id),
  );
  const forward = await Promise.all(ids.map((id) => value(`Directory/Zone/${id}/zoneFile${query}`)));
  const reverse = (await value(`Directory/Zone/reverseZones${query}`)) as readonly Values[];
  const files = await Promise.all(
    reverse.map(({ name: called }) => value(`Directory/Zone/reverseZoneFile${query}`, { name: called })),
  );
  return [...forward, ...files];
}

it('whatever has happened, zones that followed it are as if made from rows that are made anew from the log', async () => {
  await rest('POST', 'BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'x',
    foundation_type_list: ['Test'],
  });
  await rest('POST', 'BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: ['base'],
  });
  const seen: { readonly position: string; readonly zones: readonly unknown[] }[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 20, maxLength: 30 }),
      async (turns) => {
        await look();
        for (const turn of turns) {
          for (const one of turn) await take(one);
          await allZones();
        }
        // Host names follow the zones of their sites by themselves: until nothing happens any more.
        let position = '';
        await until(async () => {
          const before = position;
          position = (await rest('GET', 'Directory/Zone')).position ?? '';
          return position === before;
        });
        seen.push({ position, zones: await allZones() });
        expect(await allZones(`?at=${position}`)).toEqual(seen.at(-1)?.zones);
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
  await rest('POST', 'Records/ReadModel/rebuild', { models: [] });
  await until(async () => {
    const state = (await value('Records/ReadModel/state')) as { readonly last: unknown };
    return state.last !== null;
  });
  for (const { position, zones } of seen) expect(await allZones(`?at=${position}`)).toEqual(zones);
  expect(await allZones()).toEqual(seen.at(-1)?.zones);
  // All of it has really happened; a site and a foundation have something on them nearly always.
  const done = Object.keys(REFERENCES).flatMap((model) =>
    ['create', 'change', 'delete'].map((does) => `${does} ${model}`),
  );
  const rare = ['delete Site/Site', 'delete Test/TestFoundation'];
  expect(done.filter((what) => !outcomes.has(what) && !rare.includes(what))).toEqual([]);
  expect(JSON.stringify(seen).length).toBeGreaterThan(5000);
});
