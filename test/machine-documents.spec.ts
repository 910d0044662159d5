import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startContractor } from '#testing';
import type { TestContractor } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

/** Callers are told apart by what a proxy forwards: all requests of a test come from this machine. */
const SETTINGS = { CONTRACTOR_TRUSTED_PROXIES: '127.0.0.1', CONTRACTOR_SUBCONTRACTOR: 'none' };

const { server, client, database, token } = await startJourney(SETTINGS);
const session = { 'Auth-Id': 'root', 'Auth-Token': token };

const SITE = '/api/v1/Site/Site:site1:';
const PXE = '/api/v1/BluePrint/PXE';
const UTILITIES = '/api/v1/Utilities';

const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await client.create(model, values)).uri;
const idOf = (uri: string): number => Number(uri.split(':')[1]);

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly length: string | null;
  readonly text: string;
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}, at = server.url): Promise<Answer> {
  const response = await fetch(`${at}/config/${path}`, { headers });
  const { status } = response;
  const [type, length] = [response.headers.get('Content-Type'), response.headers.get('Content-Length')];
  return { status, type, length, text: await response.text() };
}
/** What a machine gets that asks from an address. */
const from = (address: string, path: string, headers: Readonly<Record<string, string>> = {}, at = server.url) =>
  get(path, { 'X-Forwarded-For': address, ...headers }, at);
const configFrom = async (address: string, at = server.url): Promise<Record<string, unknown>> => {
  const { text } = await from(address, 'config/', {}, at);
  return JSON.parse(text) as Record<string, unknown>;
};

const IPXE = { 'User-Agent': 'iPXE/1.0.0+git-20190125' };
const TEXT = 'text/plain;charset=utf-8';
const BOOT = 'kernel {{ __pxe_location }}vmlinuz mac={{ _provisioning_interface_mac }} host={{ _hostname }}';

let block: string;
let network: string;
let link: string;
let eth0: string;
let structure: string;
let uuid: string;

beforeAll(async () => {
  await created('/api/v1/Site/Site', {
    name: 'site1',
    description: 'a site',
    config_values: { db_password: 'hush', dns_servers: ['10.0.0.2'] },
  });
  const base = await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'a base',
    foundation_type_list: ['Manual'],
  });
  const web = await created('/api/v1/BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'a server',
    foundation_blueprint_list: [base],
  });
  await created(PXE, { name: 'disk', boot_script: `${BOOT}\n`, template: 'pass={{ db_password }}\n' });
  await created(PXE, {
    name: 'bootstrap',
    boot_script: 'echo hello "{{ _hostname }}" of {{ _site }}',
    template: '# x',
  });
  await created(PXE, { name: 'broken', boot_script: 'echo {{ nothing.at_all }}', template: 'a {{ 1 / 0 }}' });
  network = await created(`${UTILITIES}/Network`, { site: SITE, name: 'net1', mtu: 9000 });
  block = await created(`${UTILITIES}/AddressBlock`, {
    site: SITE,
    name: 'main',
    subnet: '10.0.0.0',
    prefix: 24,
    gateway_offset: 1,
  });
  link = await created(`${UTILITIES}/NetworkAddressBlock`, { network, address_block: block, vlan: 30 });
  await created('/api/v1/Manual/ManualFoundation', { locator: 'Host1', site: SITE, blueprint: base });
  eth0 = await created(`${UTILITIES}/RealNetworkInterface`, {
    foundation: '/api/v1/Building/Foundation:Host1:',
    name: 'eth0',
    physical_location: 'pci0',
    network,
    mac: '0011.2233.4401',
    is_provisioning: true,
  });
  structure = await created('/api/v1/Building/Structure', {
    hostname: 'web1',
    site: SITE,
    blueprint: web,
    foundation: '/api/v1/Building/Foundation:Host1:',
  });
  uuid = String((await client.get(structure))['config_uuid']);
  await created(`${UTILITIES}/Address`, {
    networked: `${UTILITIES}/Networked:${idOf(structure)}:`,
    address_block: block,
    offset: 11,
    interface_name: 'eth0',
    is_primary: true,
  });
  await created(`${UTILITIES}/DynamicAddress`, { address_block: block, offset: 40, pxe: `${PXE}:bootstrap:` });
  await created(`${UTILITIES}/ReservedAddress`, { address_block: block, offset: 50, reason: 'a printer' });
});

const ADDRESS = {
  address: '10.0.0.11',
  netmask: '255.255.255.0',
  prefix: 24,
  subnet: '10.0.0.0',
  gateway: '10.0.0.1',
  auto: true,
  alias_index: null,
  primary: true,
};

describe('the configuration of a machine', () => {
  it('says everything of its interfaces and addresses, over both protocols', async () => {
    const wanted = {
      _provisioning_interface: 'eth0',
      _provisioning_interface_mac: '00:11:22:33:44:01',
      _provisioning_address: ADDRESS,
      _primary_interface: 'eth0',
      _primary_interface_mac: '00:11:22:33:44:01',
      _primary_address: ADDRESS,
      _interface_map: {
        eth0: {
          name: 'eth0',
          network: 'net1',
          mtu: 9000,
          mac: '00:11:22:33:44:01',
          physical_location: 'pci0',
          link_name: null,
          address_list: [{ ...ADDRESS, vlan: 30 }],
        },
      },
    };
    expect(await client.call(`${structure}(getConfig)`)).toMatchObject(wanted);
    const rest = await fetch(`${server.url}/api/rest/Building/Structure/${idOf(structure)}/getConfig`, {
      method: 'POST',
      headers: session,
    });
    expect(await rest.json()).toMatchObject({ value: wanted });
    expect(await client.call('/api/v1/Building/Foundation:Host1:(getConfig)')).toMatchObject({
      _provisioning_interface: 'pci0',
      _provisioning_interface_mac: '00:11:22:33:44:01',
    });
  });

  it('can be asked as of the past, and each value explained', async () => {
    const rest = async (action: string, query = '') => {
      const response = await fetch(`${server.url}/api/rest/Building/Structure/${idOf(structure)}/${action}${query}`, {
        method: 'POST',
        headers: session,
      });
      return ((await response.json()) as { value: Record<string, unknown> }).value;
    };
    const changed = await fetch(`${server.url}/api/rest/Utilities/RealNetworkInterface/${idOf(eth0)}`, {
      method: 'PATCH',
      headers: { ...session, 'Content-Type': 'application/merge-patch+json' },
      body: JSON.stringify({ link_name: 'sw-1' }),
    });
    const position = Number(changed.headers.get('Contractor-Position'));
    const linkAt = async (query: string) => {
      const { _interface_map: map } = (await rest('getConfig', query)) as {
        _interface_map: Record<string, { link_name: string | null }>;
      };
      return map['eth0']?.link_name;
    };
    expect(await linkAt('')).toBe('sw-1');
    expect(await linkAt(`?at=${position - 1}`)).toBe(null);
    const { names } = (await rest('explain')) as unknown as { names: { name: string; steps: { source: object }[] }[] };
    const sourceOf = (wanted: string) => names.find(({ name }) => name === wanted)?.steps.at(-1)?.source;
    expect(sourceOf('_primary_interface')).toMatchObject({ kind: 'RealNetworkInterface', id: idOf(eth0) });
    expect(sourceOf('_primary_address')).toMatchObject({ kind: 'Address', actor: 'root' });
  });
});

describe('whoever asks from an address', () => {
  it.each(['10.0.0.11', '::ffff:10.0.0.11'])('that is of a structure is that machine: %s', async (address) => {
    expect(await configFrom(address)).toMatchObject({ _hostname: 'web1', db_password: 'hush' });
    expect(await from(address, 'config/a/10.0.0.11')).toMatchObject({ status: 200 });
  });

  it('of the DHCP pool gets what its site says, with secrets masked, and boots what the pool says', async () => {
    const config = await configFrom('10.0.0.40');
    expect(config).toMatchObject({ _site: 'site1', dns_servers: ['10.0.0.2'], db_password: '********' });
    expect(config).not.toHaveProperty('_hostname');
    expect(await from('10.0.0.40', 'boot_script/')).toEqual({
      status: 200,
      type: TEXT,
      length: '30',
      text: '#!ipxe\n\necho hello "" of site1',
    });
  });

  it('that is reserved gets what its site says, and boots nothing', async () => {
    expect(await configFrom('10.0.0.50')).toMatchObject({ _site: 'site1' });
    expect(await from('10.0.0.50', 'boot_script/')).toMatchObject({ status: 200, type: TEXT, text: '' });
  });

  it.each(['10.0.0.1', '10.0.0.77', '192.0.2.1', 'fe80::1%eth0', 'unknown'])(
    'that nobody has finds nothing: %s',
    async (address) =>
      expect(await from(address, 'config/')).toMatchObject({ status: 404, text: 'Address Not Found or is Duplicate' }),
  );

  it('that two have finds nothing', async () => {
    await created('/api/v1/Site/Site', { name: 'site2', description: 'another site' });
    const other = await created(`${UTILITIES}/AddressBlock`, {
      site: '/api/v1/Site/Site:site2:',
      name: 'main',
      subnet: '10.0.0.0',
      prefix: 24,
    });
    const twin = await created(`${UTILITIES}/ReservedAddress`, { address_block: other, offset: 11, reason: 'a twin' });
    expect(await from('10.0.0.11', 'config/')).toMatchObject({ status: 404 });
    await client.delete(twin);
    expect(await from('10.0.0.11', 'config/')).toMatchObject({ status: 200 });
  });

  it('needs a session for that of another one, and is shown it masked', async () => {
    for (const address of ['10.0.0.11', '10.0.0.77']) {
      expect(await from('10.0.0.40', `config/a/${address}`)).toMatchObject({ status: 401 });
    }
    const { status, text } = await from('10.0.0.40', 'config/a/10.0.0.11', session);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ _hostname: 'web1', db_password: '********' });
    expect(await get('config/a/10.0.0.77', session)).toMatchObject({ status: 404 });
    expect(await get('boot_script/a/10.0.0.40', session)).toMatchObject({ status: 200 });
  });

  it('and has a name alone is told what its site says', async () => {
    const networked = await created(`${UTILITIES}/Networked`, { hostname: 'printer', site: SITE });
    await created(`${UTILITIES}/Address`, { networked, address_block: block, offset: 60, interface_name: 'eth0' });
    expect(await configFrom('10.0.0.60')).toMatchObject({ _site: 'site1', db_password: '********' });
    expect(await from('10.0.0.60', 'pxe_template/')).toMatchObject({ status: 200, text: '' });
  });
});

describe('what a machine boots', () => {
  const boots = (pxe: string | null) => client.update(eth0, { pxe: pxe === null ? null : `${PXE}:${pxe}:` });

  it('is the PXE of the interface it is installed over, rendered with its configuration', async () => {
    await boots('disk');
    const script = '#!ipxe\n\nkernel http://static/pxe/vmlinuz mac=00:11:22:33:44:01 host=web1';
    for (const path of ['boot_script/', `boot_script/c/${uuid}`]) {
      expect(await from('10.0.0.11', path)).toEqual({
        status: 200,
        type: TEXT,
        length: String(script.length),
        text: script,
      });
    }
    expect(await from('10.0.0.11', 'pxe_template/')).toMatchObject({ status: 200, type: TEXT, text: 'pass=hush' });
    for (const path of [`s/${idOf(structure)}`, 'f/Host1', 'a/10.0.0.11']) {
      expect((await get(`boot_script/${path}`, session)).text).toContain('mac=00:11:22:33:44:01');
    }
    expect((await get(`pxe_template/s/${idOf(structure)}`, session)).text).toBe('pass=********');
  });

  it('is told to be at fault where it can not be rendered, in words that iPXE shows', async () => {
    await boots('broken');
    expect(await from('10.0.0.11', 'boot_script/')).toMatchObject({
      status: 500,
      type: TEXT,
      text: '#!ipxe\n\necho Error rendering template: nothing is undefined\n',
    });
    const template = await from('10.0.0.11', 'pxe_template/');
    expect(template.status).toBe(500);
    expect(template.text).toMatch(/^# Error rendering template: .*\n$/);
    expect(await from('10.0.0.11', 'boot_script/', IPXE)).toMatchObject({
      status: 200,
      text: '#!ipxe\n\necho Error rendering template: nothing is undefined\nsleep 10\nexit 1\n',
    });
  });

  it('is nothing where none is set; iPXE is always given a script that it can run', async () => {
    await boots(null);
    expect(await from('10.0.0.11', 'boot_script/')).toMatchObject({ status: 200, text: '' });
    for (const [address, path, words, at] of [
      ['10.0.0.11', 'boot_script/', 'Nothing is to be booted'],
      ['10.0.0.77', 'boot_script/', 'Address Not Found or is Duplicate'],
      ['10.0.0.77', 'boot_script/c/0e2c1d5e-6c0f-4a53-9d2b-6f3c1a7f0d11', 'Config UUID Not Found'],
      ['10.0.0.77', 'boot_script/a/10.0.0.11', 'Invalid Session'],
      ['10.0.0.11', 'boot_script', 'Invalid config uri'],
      ['10.0.0.11', '/boot_script/x?y', 'Invalid config uri'],
      ['10.0.0.11', 'boot_script/', 'Invalid config uri', `${server.url}/`],
    ] as const) {
      const { status, type, length, text } = await from(address, path, IPXE, at);
      expect([status, type, text]).toEqual([200, TEXT, `#!ipxe\n\necho ${words}\nsleep 10\nexit 1\n`]);
      expect(length).toBe(String(text.length));
    }
    expect(await from('10.0.0.77', 'config/', IPXE)).toMatchObject({ status: 404 });
  });
});

describe('several servers on one database', () => {
  let other: TestContractor;
  beforeAll(async () => {
    other = await startContractor({ DATABASE_URL: database.url, ...SETTINGS });
  });
  afterAll(() => other.stop());

  const call = async (url: string, method: string, path: string, body: object, position?: string) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await fetch(`${url}/api/rest/${path}`, {
      method,
      headers: {
        ...session,
        'Content-Type': type,
        ...(position === undefined ? {} : { 'Contractor-Position': position }),
      },
      ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      position: response.headers.get('Contractor-Position') ?? '0',
      body: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
    };
  };
  /** What getConfig says at both servers, which is what is made anew for a document at each of them. */
  const seen = async (position: string): Promise<string> => {
    const path = `Building/Structure/${idOf(structure)}/getConfig`;
    const all: string[] = [];
    for (const url of [server.url, other.url]) {
      const { body } = await call(url, 'POST', path, {}, position);
      const document = await get(`config/s/${idOf(structure)}`, session, url);
      const [{ __timestamp: _, ...said }, { __timestamp: __, ...fresh }] = [
        body['value'] as Record<string, unknown>,
        JSON.parse(document.text) as Record<string, unknown>,
      ];
      expect({ ...said, _structure_config_uuid: '' }).toEqual({ ...fresh, _structure_config_uuid: '' });
      all.push(JSON.stringify(said));
    }
    expect(all[1]).toBe(all[0]);
    return all[0] ?? '';
  };
  let asked = 0;
  const change = async (method: string, path: string, body: object = {}) => {
    asked += 1;
    const answer = await call(asked % 2 === 0 ? server.url : other.url, method, path, body);
    expect([method, path, answer.status < 300, answer.body]).toEqual([method, path, true, answer.body]);
    return answer;
  };
  const idIn = ({ body }: { readonly body: Record<string, unknown> }): string => String(body['id']);

  it('show a change of any row at once, whichever of them took it and whichever is asked', async () => {
    let shown = await seen('0');
    const sees = async ({ position }: { readonly position: string }) => {
      const now = await seen(position);
      expect(now).not.toBe(shown);
      shown = now;
    };
    const address = { networked: idOf(structure), address_block: idOf(block), interface_name: 'eth1' };
    for (let round = 0; round < 2; round += 1) {
      const eth1 = await change('POST', 'Utilities/RealNetworkInterface', {
        foundation: 'Host1',
        name: 'eth1',
        physical_location: 'pci1',
        network: idOf(network),
      });
      await sees(eth1);
      const one = await change('POST', 'Utilities/Address', { ...address, offset: 100 + round });
      await sees(one);
      await sees(await change('PATCH', `Utilities/Address/${idIn(one)}`, { offset: 120 + round }));
      await sees(await change('PATCH', `Utilities/Network/${idOf(network)}`, { mtu: 1500 + round }));
      await sees(await change('PATCH', `Utilities/AddressBlock/${idOf(block)}`, { gateway_offset: 200 + round }));
      await sees(await change('PATCH', `Utilities/NetworkAddressBlock/${idOf(link)}`, { vlan: 40 + round }));
      await sees(await change('DELETE', `Utilities/Address/${idIn(one)}`));
      await sees(await change('DELETE', `Utilities/RealNetworkInterface/${idIn(eth1)}`));
    }
  });

  it('never show what is out of date, whatever was commanded', async () => {
    let state = 7;
    const upTo = (count: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * count);
    };
    const interfaces = [`${idOf(eth0)}`];
    const own: string[] = [];
    let allowed = 0;
    for (let step = 0; step < 60; step += 1) {
      const [one, name] = [upTo(2) === 0, `eth${upTo(3)}`];
      const commands: readonly (readonly [string, string, object])[] = [
        [
          'POST',
          'Utilities/RealNetworkInterface',
          { foundation: 'Host1', name, physical_location: name, network: idOf(network) },
        ],
        [
          'PATCH',
          `Utilities/RealNetworkInterface/${interfaces[upTo(interfaces.length)]}`,
          { name, is_provisioning: one },
        ],
        ['DELETE', `Utilities/RealNetworkInterface/${interfaces[upTo(interfaces.length)]}`, {}],
        [
          'POST',
          'Utilities/Address',
          { networked: idOf(structure), address_block: idOf(block), interface_name: name, offset: 70 + upTo(20) },
        ],
        ['PATCH', `Utilities/Address/${own[upTo(own.length)]}`, { alias_index: upTo(4), interface_name: name }],
        ['PATCH', `Utilities/Address/${own[upTo(own.length)]}`, { is_primary: one }],
        ['DELETE', `Utilities/Address/${own[upTo(own.length)]}`, {}],
        ['PATCH', `Utilities/Network/${idOf(network)}`, { name: `net${upTo(4)}`, mtu: one ? null : 1400 + upTo(9) }],
        ['PATCH', `Utilities/AddressBlock/${idOf(block)}`, { prefix: 23 + upTo(2), gateway_offset: 210 + upTo(9) }],
        ['PATCH', `Utilities/NetworkAddressBlock/${idOf(link)}`, { vlan: upTo(5) }],
      ];
      const [method, path, body] = commands[upTo(commands.length)] ?? commands[0]!;
      const answer = await call(one ? server.url : other.url, method, path, body);
      if (answer.status < 300) allowed += 1;
      if (answer.status === 201) (path.endsWith('Address') ? own : interfaces).push(idIn(answer));
      await seen(answer.position);
    }
    expect(allowed).toBeGreaterThan(15);
  });
});
