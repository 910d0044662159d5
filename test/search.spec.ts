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

const search = async (q: string, more = ''): Promise<Json> => {
  const { status, body } = await rest('GET', `search?q=${encodeURIComponent(q)}${more}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
};
/** What is found, shortly. */
const found = async (q: string): Promise<string[]> =>
  ((await search(q))['results'] as Values[]).map(
    ({ model, name, by, value }) => `${model.split('/')[1]} ${name}: ${by} ${value}`,
  );

describe('a search', () => {
  it.each([
    ['web', ['StructureBluePrint web: name web', 'Structure web1: host name web1', 'Structure web2: host name web2']],
    ['WEB1', ['Structure web1: host name web1']],
    ['web1.te', ['Structure web1: FQDN web1.test']],
    [
      '52-54-00-77-00-02',
      ['RealNetworkInterface f-web2 eth0: MAC 52:54:00:77:00:02', 'Foundation f-web2: MAC', 'Structure web2: MAC'],
    ],
    ['525400770002', ['RealNetworkInterface f-web2 eth0: MAC 52:54:00:77:00:02']],
    ['5254.0077.0002', ['RealNetworkInterface f-web2 eth0: MAC 52:54:00:77:00:02']],
    ['52:54:00:77:00:0', ['RealNetworkInterface f-web1 eth0: MAC 52:54:00:77:00:01', 'Structure web1: MAC']],
    [
      '10.7.0.13',
      ['Structure db1: address 10.7.0.13', 'Address eth0: address 10.7.0.13', 'AddressBlock lan: block 10.7.0.0/24'],
    ],
    ['10.7.0.200', ['AddressBlock lan: block 10.7.0.0/24']],
    ['10.7.0.0/24', ['AddressBlock lan: block 10.7.0.0/24']],
    ['10.7.', ['AddressBlock lan: subnet 10.7.0.0']],
    ['sn-4711', ['Foundation f-web1: serial number sn-4711-a']],
    ['A00012', ['Foundation f-web1: hardware report hardware.dmi.System.asset_tag=A00012']],
    ['f-d', ['Foundation f-db1: name f-db1']],
    ['rack=r2', ['Structure web2: label rack=r2']],
    ['r1', ['Structure web1: label r1']],
    ['ntp=ntp1', ['Site campus: configuration ntp=ntp1']],
    ['node', ['StructureBluePrint web: configuration monitoring=node']],
    ['nested.b=2', ['Structure web1: configuration nested.b=2']],
    ['lin', ['StructureBluePrint linux: name linux']],
    ['hal', ['Site hall: name hall']],
  ])('finds %s', async (q, wanted) => {
    const all = await found(q);
    for (const one of wanted) expect(all).toContainEqual(expect.stringContaining(one));
    expect(all[0]).toContain(wanted[0]);
  });

  it('finds a structure by its id and its config_uuid', async () => {
    const { body } = await rest('GET', `Building/Structure/${ids['web1']}`);
    expect(await found(String(ids['web1']))).toContain(`Structure web1: id ${ids['web1']}`);
    expect(await found(String(body['config_uuid']).slice(0, 13))).toEqual([
      `Structure web1: config_uuid ${String(body['config_uuid'])}`,
    ]);
  });

  it.each(['p-very-secret', 'root_password=p-very-secret', 'k-very-secret', 'api_key', 'nested.a_token=x'])(
    'finds no secret: %s',
    async (q) => expect(await found(q)).toEqual([]),
  );

  it('leads to what it found, and says where there is more', async () => {
    const { results, more } = await search('web1', '&count=1');
    expect([results.length, more]).toEqual([1, false]);
    expect((await search('web', '&count=2')).more).toBe(true);
    expect(results[0]).toMatchObject({ site: 'hall', link: `/api/rest/Building/Structure/${ids['web1']}` });
    expect((await rest('GET', results[0].link.replace('/api/rest/', ''))).body['hostname']).toBe('web1');
  });

  it('tells nobody of what they may not see', async () => {
    await made('Auth/Account', { name: 'clerk', permissions: ['Site.view_site'] });
    await called('Auth/Account/clerk/setPassword', { password: 'clerk-password' });
    const { body } = await rest('POST', 'Auth/User/login', { username: 'clerk', password: 'clerk-password' });
    const as = async (q: string) => {
      const response = await fetch(`${server.url}/api/rest/search?q=${q}`, {
        headers: { Authorization: `Bearer clerk:${String(body['value'])}` },
      });
      return ((await response.json()) as Values)['results'];
    };
    expect(await as('web')).toEqual([]);
    expect(await as('hal')).toMatchObject([{ model: 'Site/Site', id: 'hall' }]);
  });

  it.each([
    ['q=', 'q', 'must be a text of 1 to 200 characters'],
    ['q=a&count=101', 'count', 'must be from 1 to 100'],
    ['q=a&x=1', 'x', 'is not taken here'],
  ])('%s is refused', async (query, field, text) => {
    const { body } = await rest('GET', `search?${query}`);
    expect(body['errors']).toMatchObject([{ field, text: expect.stringContaining(text) }]);
  });
});

/** A page as it is polled. */
const polled = async (path: string, headers: Readonly<Record<string, string>> = {}, as = `root:${token}`) => {
  const response = await fetch(`${server.url}/api/rest/discovery/${path}`, {
    headers: { Authorization: `Bearer ${as}`, ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    etag: response.headers.get('etag') ?? '',
    text,
  };
};
const discovered = async (path: string): Promise<Json> => JSON.parse((await polled(path)).text);

describe('hosts are discovered', () => {
  it('by Prometheus, with labels', async () => {
    const { type, text } = await polled(
      'prometheus?blueprint=web&port=9100&key=monitoring&key=ports&key=root_password',
    );
    expect(type).toBe('application/json');
    const [first, ...others] = JSON.parse(text) as Values[];
    expect(first).toEqual({
      targets: ['10.7.0.11:9100'],
      labels: {
        __meta_contractor_id: String(ids['web1']),
        __meta_contractor_hostname: 'web1',
        __meta_contractor_fqdn: 'web1.test',
        __meta_contractor_site: 'hall',
        __meta_contractor_blueprint: 'web',
        __meta_contractor_state: 'planned',
        __meta_contractor_foundation: 'f-web1',
        __meta_contractor_owner: '',
        __meta_contractor_address: '10.7.0.11',
        __meta_contractor_label_rack: 'r1',
        __meta_contractor_label_service: 'shop',
        __meta_contractor_value_monitoring: 'node',
        __meta_contractor_value_ports: ',22,443,',
      },
    });
    expect(others.map(({ targets }) => targets)).toEqual([['10.7.0.12:9100']]);
    const byPort: Values[] = await discovered('prometheus?label=rack%3Dr1&port_key=ports&target=fqdn');
    expect(byPort.map(({ targets }) => targets)).toEqual([['web1.test:22', 'web1.test:443']]);
    expect(await discovered('prometheus?label=nobody')).toEqual([]);
  });

  it('by Ansible, in groups', async () => {
    const inventory = await discovered('ansible?key=greet&key=tier');
    expect(inventory.all.children).toEqual(expect.arrayContaining(['site_campus', 'label_rack_r1', 'ungrouped']));
    expect(inventory.site_campus).toEqual({ hosts: [], children: ['site_hall'] });
    expect(inventory.site_hall.hosts).toEqual(['web1.test', 'web2.test', 'db1.test']);
    expect(inventory.blueprint_linux).toEqual({ hosts: ['db1.test'], children: ['blueprint_web'] });
    expect(inventory.label_rack_r2.hosts).toEqual(['web2.test']);
    expect(inventory._meta.hostvars['web1.test']).toMatchObject({
      ansible_host: '10.7.0.11',
      greet: 'hi web1',
      tier: 'gold',
      contractor_id: ids['web1'],
      contractor_labels: { rack: 'r1', service: 'shop' },
    });
  });

  it('as a list, as JSON and as text', async () => {
    const [web1] = await discovered('hosts?label=rack&key=tier&key=root_password');
    expect(web1).toMatchObject({ hostname: 'web1', addresses: ['10.7.0.11'], values: { tier: 'gold' } });
    const { type, text } = await polled('hosts?format=text&blueprint=web&key=monitoring');
    expect(type).toBe('text/plain; charset=utf-8');
    expect(text).toBe('web1.test\t10.7.0.11\tmonitoring=node\nweb2.test\t10.7.0.12\tmonitoring=node\n');
  });

  it('with nothing secret, whatever is asked for', async () => {
    for (const page of ['hosts?key=*', 'prometheus?key=*', 'ansible?key=*', 'hosts?format=text&key=*']) {
      const { status, text } = await polled(page);
      expect(status).toBe(200);
      expect(text).toContain('greet');
      expect(text).not.toMatch(/very-secret|root_password|a_token|api_key/);
    }
  });

  it('again only where something has changed', async () => {
    const { etag } = await polled('hosts?key=tier');
    expect(await polled('hosts?key=tier', { 'If-None-Match': etag })).toMatchObject({ status: 304, text: '' });
    await rest('PATCH', `Building/Structure/${ids['db1']}`, { config_values: { tier: 'iron' } });
    const { status, text } = await polled('hosts?key=tier', { 'If-None-Match': etag });
    expect([status, text.includes('iron')]).toEqual([200, true]);
    expect((await polled(`hosts?key=tier&at=${then}`)).text).not.toContain('iron');
  });

  it('by services at their own sites', async () => {
    await made('Site/Site', { name: 'abroad', description: 'far away' });
    const token = async (name: string, sites: readonly string[]): Promise<string> => {
      await made('Auth/Service', { name, sites, modules: ['*'], permissions: ['Building.view_structure'] });
      return `${name}:${await called(`Auth/Service/${name}/renewToken`)}`;
    };
    expect(JSON.parse((await polled('hosts', {}, await token('of-hall', ['hall']))).text)).toHaveLength(3);
    expect(JSON.parse((await polled('hosts', {}, await token('of-abroad', ['abroad']))).text)).toEqual([]);
  });

  it.each([
    ['hosts?format=xml', 'format', 'must be one of json, text, not "xml"'],
    ['prometheus?port=0', 'port', 'must be from 1 to 65535'],
    ['prometheus?target=mac', 'target', 'must be one of address, fqdn'],
    ['ansible?key=a%20b', 'key', '"a b" is no name'],
    ['hosts?state=lost', 'state', 'lost'],
  ])('%s is refused', async (path, field, text) => {
    const { errors } = await discovered(path);
    expect(errors).toMatchObject([{ field, text: expect.stringContaining(text) }]);
  });
});
