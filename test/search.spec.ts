import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { startJourney } from './start-journey.ts';

jest.setTimeout(120_000);

/** JSON of an answer. */
type Json = ReturnType<typeof JSON.parse>;
type Values = Readonly<Record<string, Json>>;

const { client, rest, server, token } = await startJourney();

const made = async (model: string, values: Values): Promise<Values> => {
  const { status, body } = await rest('POST', model, values);
  if (status !== 201) throw new Error(`${model}: ${JSON.stringify(body)}`);
  return body as Values;
};
const called = async (path: string, body: Values = {}): Promise<Json> => {
  const { status, body: answer } = await rest('POST', path, body);
  return status === 200 ? answer['value'] : (answer['errors'] ?? answer['detail']);
};

const ids: Record<string, number> = {};
/** The position of the log before anything was changed. */
let then = '';

/** A structure on a foundation of its own, with a network interface and an address. */
async function host(hostname: string, offset: number, values: Values, below: Values = {}): Promise<void> {
  const locator = `f-${hostname}`;
  await made('Test/TestFoundation', { locator, site: 'hall', blueprint: 'base', ...below });
  const { id } = await made('Building/Structure', {
    hostname,
    site: 'hall',
    blueprint: 'web',
    foundation: locator,
    ...values,
  });
  ids[hostname] = id;
  await made('Utilities/RealNetworkInterface', {
    name: 'eth0',
    foundation: locator,
    network: ids['net'],
    is_provisioning: true,
    physical_location: 'eth0',
    mac: `52:54:00:77:00:0${offset % 10}`,
  });
  await made('Utilities/Address', {
    networked: id,
    address_block: ids['block'],
    offset,
    interface_name: 'eth0',
    is_primary: true,
  });
}

beforeAll(async () => {
  const zone = await made('Directory/Zone', { name: 'test' });
  await made('Site/Site', {
    name: 'campus',
    description: 'all of it',
    zone: zone['id'],
    config_values: { ntp: ['ntp1'], contact: 'noc', api_key: 'k-very-secret' },
  });
  await made('Site/Site', { name: 'hall', description: 'a hall', parent: 'campus', zone: zone['id'] });
  await made('BluePrint/FoundationBluePrint', { name: 'base', description: 'x', foundation_type_list: ['Test'] });
  await made('BluePrint/StructureBluePrint', {
    name: 'linux',
    description: 'x',
    foundation_blueprint_list: ['base'],
    config_values: { greet: 'hi {{ _hostname }}', ports: [22] },
  });
  await made('BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: ['base'],
    parent_list: ['linux'],
    config_values: { '>ports': [443], monitoring: 'node' },
  });
  ids['block'] = (
    await made('Utilities/AddressBlock', {
      site: 'hall',
      name: 'lan',
      subnet: '10.7.0.0',
      prefix: 24,
      gateway_offset: 1,
    })
  )['id'];
  ids['net'] = (await made('Utilities/Network', { name: 'net', site: 'hall', mtu: 1500 }))['id'];
  await made('Utilities/NetworkAddressBlock', { network: ids['net'], address_block: ids['block'] });
  await host('web1', 11, {
    labels: { rack: 'r1', service: 'shop' },
    config_values: { root_password: 'p-very-secret', tier: 'gold', nested: { a_token: 'x', b: 2 } },
  });
  await host('web2', 12, { labels: { rack: 'r2' } });
  await host('db1', 13, { blueprint: 'linux' });
  const identified = await called('Building/Foundation/f-web1/setIdMap', {
    id_map: { hardware: { dmi: { System: [{ serial_number: 'SN-4711-A', asset_tag: 'A00012' }] } } },
  });
  expect(identified).toBeNull();
  then = (await rest('GET', 'Building/Structure/' + ids['web1'])).position;
});

const find = (group: string, query: Values, more: Values = {}) =>
  called('Records/Recorder/query', { group, query: JSON.stringify(query), ...more });

describe('a query of the recorder', () => {
  it('finds structures by what their configurations come to', async () => {
    const found = await find('Structure', { greet: { $regex: '^hi web' }, ports: 443, ntp: 'ntp1' });
    expect(found.map((one: Values) => one['_hostname'])).toEqual(['web1', 'web2']);
    expect(found[0]).toMatchObject({ _id: ids['web1'], greet: 'hi web1', ports: [22, 443], tier: 'gold' });
  });

  it('shows no secret, and is found by none', async () => {
    const [document] = await find('Structure', { tier: 'gold' });
    expect(Object.keys(document)).toContain('_structure_config_uuid');
    expect(Object.keys(document)).not.toContain('root_password');
    expect(Object.keys(document)).not.toContain('__contractor_host');
    expect(Object.keys(document)).not.toContain('__pxe_location');
    expect(document.nested).toEqual({ b: 2 });
    expect(JSON.stringify(document)).not.toContain('very-secret');
    expect(await find('Structure', { root_password: { $exists: true } })).toEqual([]);
    expect(await find('Site', { api_key: { $exists: true } })).toEqual([]);
  });

  it('covers foundations of platforms, sites and blueprints', async () => {
    expect(await find('Foundation', { _foundation_type: 'Test' }, { fields: '{"_foundation_locator": 1}' })).toEqual([
      { _foundation_locator: 'f-db1', _id: 'f-db1' },
      { _foundation_locator: 'f-web1', _id: 'f-web1' },
      { _foundation_locator: 'f-web2', _id: 'f-web2' },
    ]);
    expect(await find('Site', { ntp: 'ntp1' }, { fields: '{"_id": 1}' })).toEqual([{ _id: 'campus' }, { _id: 'hall' }]);
    const [blueprint] = await find('BluePrint', { _id: 'web' });
    expect(blueprint).toMatchObject({ greet: 'hi {{ _hostname }}', ports: [22, 443] });
    expect((await find('FoundationBluePrint', {})).map((one: Values) => one['_id'])).toContain('base');
  });

  it('is answered at most so many times, in the order of ids', async () => {
    const found = await find('Structure', {}, { max_results: 2, fields: '{"_id": 1}' });
    expect(found).toEqual([{ _id: ids['web1'] }, { _id: ids['web2'] }]);
  });

  it('can be asked of the past', async () => {
    await rest('PATCH', `Building/Structure/${ids['web2']}`, { config_values: { tier: 'gold' } });
    expect(await find('Structure', { tier: 'gold' }, { fields: '{"_id": 1}' })).toHaveLength(2);
    const query = { group: 'Structure', query: '{"tier": "gold"}', fields: '{"_id": 1}' };
    const { body } = await rest('POST', `Records/Recorder/query?at=${then}`, query);
    expect(body['value']).toEqual([{ _id: ids['web1'] }]);
  });

  it('tells objects by their URIs', async () => {
    expect(
      await called('Records/Recorder/queryObjects', { group: 'Structure', query: '{"_hostname": "db1"}' }),
    ).toEqual([`/api/rest/Building/Structure/${ids['db1']}`]);
    expect(
      await called('Records/Recorder/queryObjects', { group: 'BluePrint', query: '{"_id": {"$in": ["web", "base"]}}' }),
    ).toEqual(
      expect.arrayContaining([
        '/api/rest/BluePrint/StructureBluePrint/web',
        '/api/rest/BluePrint/FoundationBluePrint/base',
      ]),
    );
  });

  it('answers old clients as they know it: texts, and one URI', async () => {
    const query = { group: 'Structure', query: '{"_hostname": "web1"}', fields: '{"greet": 1, "_hostname": 1}' };
    const texts = await client.call('/api/v1/Records/Recorder(query)', query);
    expect(texts).toEqual([expect.stringMatching(new RegExp(`^\\{.*'greet': 'hi web1'.*'_id': ${ids['web1']}\\}$`))]);
    const asked = { group: 'Structure', query: '{"_blueprint": "web"}' };
    expect(await client.call('/api/v1/Records/Recorder(queryObjects)', asked)).toBe(
      `/api/v1/Building/Structure:${ids['web1']}:${ids['web2']}:`,
    );
    expect(await client.call('/api/v1/Records/Recorder(queryObjects)', { ...asked, query: '{"a": 1}' })).toBe(
      '/api/v1/Building/Structure::',
    );
  });

  it('is described to old clients as it was recorded', async () => {
    const all = JSON.parse(readFileSync('test/cases/describe.json', 'utf8')) as Values;
    const recorded = all['/api/v1/Records/'].models.Recorder.actions as Values;
    for (const [name, action] of Object.entries<Values>(recorded)) {
      const { data } = await client.describe(`/api/v1/Records/Recorder(${name})`);
      expect(data).toMatchObject({ 'return-type': action['return-type'], static: true });
      expect((data['paramaters'] as Values[]).map(({ doc: _, ...one }) => one)).toEqual(action['paramaters']);
    }
  });

  it.each([
    ['query', { query: '{"$where": "1"}' }, 'the operator "$where" is not taken'],
    ['query', { query: '{' }, 'query is not valid JSON: "'],
    ['fields', { fields: 'x' }, 'fields is not valid JSON: "'],
    ['max_results', { max_results: 10_001 }, 'max_results must be from 0 to 10000'],
    ['group', { group: 'Rack' }, 'Unknown Collection type "Rack"'],
    ['query', { query: `${'['.repeat(100)}${']'.repeat(100)}` }, 'nested at most'],
  ])('is refused with what is wrong: %s', async (field, wrong, text) => {
    const [fault] = await called('Records/Recorder/query', { group: 'Structure', query: '{}', ...wrong });
    expect(fault).toMatchObject({ field, text: expect.stringContaining(text) });
  });
});

void [server, token];
