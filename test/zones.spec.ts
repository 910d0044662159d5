import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

// Networked have their ids in the order they are made in; the first one is to be the name server.
const { client, rest } = await startJourney({
  CONTRACTOR_SUBCONTRACTOR: 'none',
  BIND_NS_NETWORKED_LIST: '1',
  BIND_SOA_EMAIL: 'hostmaster@site.test',
});

const made = async (path: string, body: Values): Promise<number> => {
  const answer = await rest('POST', path, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body['id'] as number;
};
const changed = async (path: string, body: Values): Promise<void> => {
  expect(await rest('PATCH', path, body)).toMatchObject({ status: 200 });
};

interface ZoneFile {
  readonly name: string;
  readonly text: string;
  readonly hash: string;
  readonly left_out: readonly Values[];
  readonly left_out_count: number;
}

const asked = async (path: string, body: Values = {}): Promise<unknown> =>
  (await rest('POST', path, body)).body['value'];
const zoneFile = async (id: number, query = '', body: Values = {}) =>
  (await asked(`Directory/Zone/${id}/zoneFile${query}`, body)) as ZoneFile;
const reverseFile = async (name: string, query = '') =>
  (await asked(`Directory/Zone/reverseZoneFile${query}`, { name })) as ZoneFile | undefined;

/** Records without the blanks between their parts. */
const records = (text: string): readonly string[] =>
  text
    .split('\n')
    .slice(3)
    .filter((line) => line !== '')
    .map((line) => line.replaceAll(/ +/g, ' '));

let top = 0;
let zone = 0;
let main = 0;
let network = 0;
let web = 0;

/** A structure on a foundation of its own with interfaces on the network. */
async function newHost(hostname: string, ...interfaces: readonly string[]): Promise<number> {
  await made('Test/TestFoundation', { locator: `f-${hostname}`, site: 'site1', blueprint: 'base' }).catch(() => 0);
  for (const name of interfaces) {
    await made('Utilities/RealNetworkInterface', {
      foundation: `f-${hostname}`,
      name,
      physical_location: name,
      network,
    });
  }
  return made('Building/Structure', { hostname, site: 'site1', blueprint: 'web', foundation: `f-${hostname}` });
}

const newAddress = (networked: number, interface_name: string, values: Values): Promise<number> =>
  made('Utilities/Address', { networked, interface_name, address_block: main, ...values });

beforeAll(async () => {
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
  top = await made('Directory/Zone', { name: 'test' });
  zone = await made('Directory/Zone', { name: 'site', parent: top });
  await rest('POST', 'Site/Site', { name: 'site1', description: 'x', zone });
  main = await made('Utilities/AddressBlock', { site: 'site1', name: 'main', subnet: '10.0.0.0', prefix: 24 });
  network = await made('Utilities/Network', { site: 'site1', name: 'internal', address_block_list: [main] });
  const ns = await newHost('ns', 'eth0');
  expect(ns).toBe(1);
  await newAddress(ns, 'eth0', { offset: 2, is_primary: true });
  web = await newHost('web1', 'eth0');
  await newAddress(web, 'eth0', { offset: 11, is_primary: true });
});

describe('a zone', () => {
  it('is served as a name server reads it', async () => {
    const file = await zoneFile(zone, '', { serial: 7 });
    expect(file.text.split('\n').slice(0, 3)).toEqual([
      '$TTL 3600',
      '$ORIGIN site.test.',
      '@  IN SOA eth0.ns.site.test. hostmaster.site.test. ( 7 86400 7200 36000 172800 )',
    ]);
    expect(records(file.text)).toEqual([
      '@ IN NS eth0.ns.site.test.',
      'eth0.ns IN A 10.0.0.2',
      'ns IN A 10.0.0.2',
      'eth0.web1 IN A 10.0.0.11',
      'web1 IN A 10.0.0.11',
      'eth0.ns IN TXT "f-ns"',
      'eth0.web1 IN TXT "f-web1"',
    ]);
    expect(file).toMatchObject({ name: 'site.test', kind: 'forward', left_out: [], left_out_count: 0 });
    expect(records((await zoneFile(top)).text)).toEqual([
      '@ IN NS eth0.ns.site.test.',
      'site IN NS eth0.ns.site.test.',
      'eth0.ns.site IN A 10.0.0.2',
    ]);
  });

  it('follows every change at once, and is told as of the past', async () => {
    const { position } = await rest('GET', 'Directory/Zone');
    const before = await zoneFile(zone);
    await changed(`Building/Structure/${web}`, { hostname: 'web2' });
    const tagged = await made('Utilities/AddressBlock', {
      site: 'site1',
      name: 'six',
      subnet: '2001:db8::',
      prefix: 64,
    });
    await made('Utilities/NetworkAddressBlock', { network, address_block: tagged, vlan: 30 });
    await newAddress(web, 'eth0', { offset: 5, address_block: tagged, alias_index: 1 });
    const bond = await made('Utilities/AbstractNetworkInterface', { structure: web, name: 'br0', network });
    await newAddress(web, 'br0', { offset: 12 });
    await made('Directory/Entry', { zone, type: 'MX', name: 'mail', priority: 10, target: 'web2' });
    await made('Directory/Entry', { type: 'CNAME', name: 'static', target: 'web2.site.test.' });
    const after = await zoneFile(zone);
    expect(records(after.text)).toEqual([
      '@ IN NS eth0.ns.site.test.',
      'mail IN MX 10 web2.site.test.',
      'eth0.ns IN A 10.0.0.2',
      'ns IN A 10.0.0.2',
      'br0.web2 IN A 10.0.0.12',
      'eth0.web2 IN A 10.0.0.11',
      'web2 IN A 10.0.0.11',
      'v30.eth0-1.web2 IN AAAA 2001:db8::5',
      'static IN CNAME web2.site.test.',
      'eth0.ns IN TXT "f-ns"',
      'br0.web2 IN TXT "f-web1"',
      'eth0.web2 IN TXT "f-web1"',
      'v30.eth0-1.web2 IN TXT "f-web1"',
    ]);
    expect(await asked('Directory/Zone/reverseZones')).toEqual([
      {
        name: '0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
        kind: 'reverse',
        hash: expect.any(String),
        left_out_count: 0,
      },
      { name: '0.0.10.in-addr.arpa', kind: 'reverse', hash: expect.any(String), left_out_count: 0 },
    ]);
    expect(records((await reverseFile('0.0.10.IN-ADDR.ARPA.'))?.text ?? '')).toEqual([
      '@ IN NS eth0.ns.site.test.',
      '2 IN PTR ns.site.test.',
      '11 IN PTR web2.site.test.',
      '12 IN PTR br0.web2.site.test.',
      '2 IN TXT "eth0.ns.site.test"',
      '11 IN TXT "eth0.web2.site.test"',
      '12 IN TXT "br0.web2.site.test"',
    ]);
    expect(await zoneFile(zone, `?at=${position}`)).toEqual(before);
    expect((await reverseFile('0.0.10.in-addr.arpa', `?at=${position}`))?.text).toContain('web1.site.test');
    const six = '0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';
    expect(await reverseFile(six, `?at=${position}`)).toBeUndefined();

    expect((await rest('DELETE', `Utilities/AbstractNetworkInterface/${bond}`)).status).toBe(204);
    expect((await zoneFile(zone)).left_out).toEqual([
      { host: 'web2', what: expect.stringMatching(/^Address \d+$/), reason: 'it has no interface br0' },
    ]);
  });

  it('is only made where it is asked for in a way that can be answered', async () => {
    expect(await rest('POST', `Directory/Zone/${zone}/zoneFile`, { serial: 0 })).toMatchObject({ status: 422 });
    expect(await rest('POST', 'Directory/Zone/999/zoneFile', {})).toMatchObject({ status: 404 });
    expect(await rest('POST', 'Directory/Zone/reverseZoneFile', { name: 'site.test' })).toMatchObject({ status: 422 });
    const long = await made('Directory/Zone', { name: `a${'b'.repeat(64)}` });
    expect(await rest('POST', `Directory/Zone/${long}/zoneFile`, {})).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is longer than 63 characters') },
    });
    expect(await client.describe('/api/v1/Directory/Zone')).toMatchObject({ data: { actions: [] } });
  });
});
