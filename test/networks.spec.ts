import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site';
const BLOCK = '/api/v1/Utilities/AddressBlock';
const NETWORK = '/api/v1/Utilities/Network';
const LINK = '/api/v1/Utilities/NetworkAddressBlock';
const ADDRESS = '/api/v1/Utilities/Address';
const RESERVED = '/api/v1/Utilities/ReservedAddress';
const DYNAMIC = '/api/v1/Utilities/DynamicAddress';
const BASE_ADDRESS = '/api/v1/Utilities/BaseAddress';
const NETWORKED = '/api/v1/Utilities/Networked';
const PXE = '/api/v1/BluePrint/PXE';
const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);

const { server, client, token } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });

beforeAll(async () => {
  await created(PXE, { name: 'bootstrap', boot_script: '#!ipxe', template: 'x' });
});

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: unknown) => expect(task).rejects.toMatchObject({ body });
const idOf = (uri: string): number => Number(uri.split(':')[1]);

let sites = 0;
const newSite = async (): Promise<string> => {
  sites += 1;
  return created(SITE, { name: `site${sites}`, description: 'a site' });
};
const newBlock = (site: string, subnet: string, prefix: number, values: Values = {}): Promise<string> =>
  created(BLOCK, { site, name: `b${subnet.replaceAll(/[.:]/g, '_')}-${prefix}`, subnet, prefix, ...values });
let hosts = 0;
const newHost = async (site: string): Promise<string> => {
  hosts += 1;
  return created(NETWORKED, { hostname: `host${hosts}`, site });
};
const next = (block: string, networked: string, primary = false, name = 'eth0') =>
  client.call(`${block}(nextAddress)`, { networked, interface_name: name, is_primary: primary }) as Promise<string>;

interface Answer {
  readonly status: number;
  readonly body: Values;
  readonly position: string | null;
}

async function rest(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${server.url}/api/rest/${path}`, {
    method,
    headers: {
      Authorization: `Bearer root:${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: Answer = {
    status: response.status,
    body: (text === '' ? {} : JSON.parse(text)) as Values,
    position: response.headers.get('contractor-position'),
  };
  return answer;
}

describe('the tutorial', () => {
  it('configures a network', async () => {
    const site = await newSite();
    const block = await client.create(BLOCK, { site, name: 'main', subnet: '10.0.0.77', prefix: 24 });
    expect(block.object).toEqual({
      name: 'main',
      site,
      subnet: '10.0.0.0',
      prefix: 24,
      gateway_offset: null,
      _max_address: '10.0.0.255',
      updated: MOMENT,
      created: MOMENT,
      id: idOf(block.uri),
      gateway: null,
      netmask: '255.255.255.0',
      size: '254',
      isIpV4: 'True',
    });
    const network = await client.create(NETWORK, { site, name: 'vboxnet0' });
    expect(network.object).toEqual({
      name: 'vboxnet0',
      site,
      mtu: null,
      updated: MOMENT,
      created: MOMENT,
      address_block_list: [],
      id: idOf(network.uri),
    });
    const link = await client.create(LINK, { network: network.uri, address_block: block.uri });
    expect(link.object).toEqual({
      network: network.uri,
      address_block: block.uri,
      vlan: null,
      updated: MOMENT,
      created: MOMENT,
      id: idOf(link.uri),
    });
    expect(await client.get(network.uri)).toMatchObject({ address_block_list: [block.uri] });
    for (const offset of [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]) {
      const values = { address_block: block.uri, offset: String(offset), reason: 'Network Reserved' };
      const reserved = await client.create(RESERVED, values);
      expect(reserved.object).toEqual({
        address_block: block.uri,
        offset,
        updated: MOMENT,
        created: MOMENT,
        reason: 'Network Reserved',
        id: idOf(reserved.uri),
        type: 'ReservedAddress',
        ip_address: `10.0.0.${offset}`,
        subnet: '10.0.0.0',
        netmask: '255.255.255.0',
        prefix: '24',
        gateway: null,
      });
    }
    await refused(client.create(DYNAMIC, { address_block: block.uri, offset: '21', pxe: `${PXE}:nothing:` }), {
      pxe: 'Invalid Value "there is no PXE nothing"',
    });
    for (const offset of [21, 22, 23, 24, 25]) {
      const values = { address_block: block.uri, offset: String(offset), pxe: `${PXE}:bootstrap:` };
      const dynamic = await client.create(DYNAMIC, values);
      expect(dynamic.object).toMatchObject({
        offset,
        pxe: `${PXE}:bootstrap:`,
        type: 'DynamicAddress',
        ip_address: `10.0.0.${offset}`,
        prefix: '24',
      });
    }
    const host = await newHost(site);
    const values = { networked: host, address_block: block.uri, interface_name: 'eth0', offset: 1, is_primary: true };
    const address = await client.create(ADDRESS, values);
    expect(address.object).toEqual({
      address_block: block.uri,
      offset: 1,
      updated: MOMENT,
      created: MOMENT,
      networked: host,
      interface_name: 'eth0',
      alias_index: null,
      pointer: null,
      is_primary: true,
      id: idOf(address.uri),
      type: 'Address',
      ip_address: '10.0.0.1',
      subnet: '10.0.0.0',
      netmask: '255.255.255.0',
      prefix: '24',
      gateway: null,
    });
    expect(await client.call(`${block.uri}(usage)`)).toEqual({ total: 254, static: 1, reserved: 18, dynamic: 5 });
    await client.update(block.uri, { gateway_offset: 254 });
    expect(await client.call(`${block.uri}(usage)`)).toEqual({ total: 254, static: 1, reserved: 19, dynamic: 5 });
    expect(await client.get(address.uri)).toMatchObject({ gateway: '10.0.0.254' });

    const other = await newHost(site);
    const allocated = await next(block.uri, other, true);
    expect(await client.get(allocated)).toMatchObject({ ip_address: '10.0.0.10', networked: other, is_primary: true });
    await refused(next(block.uri, other, true), { is_primary: ['Networked allready has a primary ip'] });
    const lookup = (text: string) => client.call(`${BASE_ADDRESS}(lookup)`, { ip_address: text, site });
    expect(await lookup('10.0.0.10')).toBe(allocated.replace('/Address:', '/BaseAddress:'));
    for (const text of ['10.0.0.26', '10.0.0.254', '10.9.9.9', 'nothing']) expect(await lookup(text)).toBeNull();
    expect(await client.call(`${BLOCK}(getWithNameSite)`, { site, name: 'main' })).toBe(block.uri);
    expect(await client.call(`${NETWORK}(getWithNameSite)`, { site, name: 'vboxnet0' })).toBe(network.uri);
    expect(await client.call(`${BLOCK}(getWithNameSite)`, { site, name: 'none' })).toBeNull();
  });
});

const recorded = JSON.parse(readFileSync('test/cases/describe.json', 'utf8')) as Readonly<
  Record<string, { models?: Readonly<Record<string, Model>> }>
>;

interface Model {
  readonly fields: readonly { readonly name: string }[];
  readonly actions: Readonly<Record<string, unknown>>;
  readonly 'not-allowed-verbs': readonly string[];
  readonly 'list-filters': Readonly<Record<string, unknown>>;
}

describe('the namespace Utilities is described as it was', () => {
  const models = Object.entries(recorded['/api/v1/Utilities/']?.models ?? {});

  it.each(models)('%s', async (name, model) => {
    const path = `/api/v1/Utilities/${name}`;
    const found = (await client.describe(path)).data as unknown as Model;
    const byName = (fields: Model['fields']) =>
      Object.fromEntries(
        fields.map(({ name: key, ...field }) => {
          const { doc: _, ...shown } = field as Values;
          return [key, shown];
        }),
      );
    expect(byName(found.fields)).toEqual(byName(model.fields));
    // Some models without actions once refused CALL, most did not.
    const verbs = model['not-allowed-verbs'].filter((verb) => verb !== 'CALL');
    expect(found['not-allowed-verbs'].toSorted()).toEqual(verbs.toSorted());
    expect(found['list-filters']).toEqual(model['list-filters']);
    expect((found.actions as unknown as string[]).toSorted()).toEqual(
      Object.keys(model.actions)
        .map((action) => `${path}(${action})`)
        .toSorted(),
    );
  });
});

describe('an address block', () => {
  it.each([
    ['subnet', { subnet: 'nothing' }, { subnet: ['Invalid Ip Address "nothing"', 'Invalid Ip Address'] }],
    ['subnet', { subnet: '010.0.0.0' }, { subnet: ['Invalid Ip Address "010.0.0.0"', 'Invalid IPv4 Address'] }],
    ['prefix', { prefix: 0 }, { prefix: ['Min Prefix is 1'] }],
    ['prefix', { prefix: 33 }, { prefix: ['Max Prefix for ipv4 is 32'] }],
    ['prefix', { subnet: 'fd00::', prefix: 129 }, { prefix: ['Max Prefix for ipv6 is 128'] }],
    ['name', { name: 'a b' }, { name: ['invalid'] }],
    ['gateway', { gateway_offset: 255 }, { gateway_offset: ['Must be greater than 1 and less than 254'] }],
    ['gateway', { prefix: 32, gateway_offset: 0 }, { gateway_offset: ['Gateway not possible in single host subnet'] }],
  ])('has a right %s: not %j', async (_, values, body) => {
    const site = await newSite();
    await refused(client.create(BLOCK, { site, name: 'main', subnet: '10.0.0.0', prefix: 24, ...values }), body);
  });

  it('has no address in common with another one of its site, in whichever way', async () => {
    const site = await newSite();
    await newBlock(site, '10.0.1.0', 24);
    const text = 'This subnet/prefix overlaps with an existing Address Block in the same site';
    for (const [subnet, prefix] of [
      ['10.0.1.64', 26],
      ['10.0.0.0', 16],
      ['10.0.1.0', 24],
      ['10.0.1.255', 32],
    ] as const) {
      await refused(client.create(BLOCK, { site, name: 'other', subnet, prefix }), {
        subnet: [`${text}: b10_0_1_0-24, 10.0.1.0/24`],
      });
    }
    const beside = await newBlock(site, '10.0.2.0', 24);
    await refused(client.update(beside, { subnet: '10.0.1.0' }), {
      subnet: [`${text}: b10_0_1_0-24, 10.0.1.0/24`],
    });
    await refused(client.create(BLOCK, { site, name: 'b10_0_2_0-24', subnet: '10.0.3.0', prefix: 24 }), {
      __all__: ['Address block with this Site and Name already exists.'],
    });
    await newBlock(await newSite(), '10.0.1.0', 24);
  });

  it('never overlaps, whoever is faster', async () => {
    const site = await newSite();
    const made = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        client.create(BLOCK, { site, name: `b${n}`, subnet: `10.0.0.${n}`, prefix: 24 + (n % 3) }),
      ),
    );
    const subnets = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.object] : []));
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toHaveProperty('body.subnet');
    expect(subnets).toHaveLength(1);
  });

  it('moves with all of its addresses, or is left where some would fall out', async () => {
    const site = await newSite();
    const block = await newBlock(site, '10.0.0.0', 24);
    const address = await created(RESERVED, { address_block: block, offset: 200, reason: 'x' });
    await client.update(block, { subnet: '2001:db8::', prefix: 64, gateway_offset: '18446744073709551614' });
    expect(await client.get(address)).toMatchObject({
      ip_address: '2001:db8::c8',
      prefix: '64',
      gateway: '2001:db8::ffff:ffff:ffff:fffe',
    });
    expect(await client.get(block)).toMatchObject({
      gateway_offset: '18446744073709551614',
      size: '18446744073709551616',
      isIpV4: 'False',
    });
    await client.update(block, { subnet: '192.168.7.9', prefix: 24, gateway_offset: 1 });
    expect(await client.get(address)).toMatchObject({ ip_address: '192.168.7.200', gateway: '192.168.7.1' });
    await refused(client.update(block, { prefix: 25 }), {
      prefix: ['Prefix excludes existing addresses: 192.168.7.200'],
    });
    await refused(client.update(block, { gateway_offset: 200 }), {
      gateway_offset: ['the address 192.168.7.200 is in use'],
    });
    expect(await client.get(block)).toMatchObject({ subnet: '192.168.7.0', prefix: 24, gateway_offset: 1 });
  });

  it.each([
    [31, [0, 1]],
    [32, [0]],
  ])('of the prefix %i has these offsets for use: %j', async (prefix, offsets) => {
    const block = await newBlock(await newSite(), '10.0.0.8', prefix);
    for (const offset of offsets) {
      const address = await created(RESERVED, { address_block: block, offset, reason: 'x' });
      expect(await client.get(address)).toMatchObject({ ip_address: `10.0.0.${8 + offset}` });
    }
    await refused(client.create(RESERVED, { address_block: block, offset: offsets.length, reason: 'x' }), {
      offset: [`Must be greater than 0 and less than ${offsets.length - 1}`],
    });
  });

  it('is deleted with its addresses and links, unless somebody points to one of them', async () => {
    const site = await newSite();
    const block = await newBlock(site, '10.0.0.0', 24);
    const network = await created(NETWORK, { site, name: 'main', address_block_list: [block] });
    const [host, other] = [await newHost(site), await newHost(site)];
    const address = await next(block, host, true);
    const reserved = await created(RESERVED, { address_block: block, offset: 9, reason: 'x' });
    const pointing = await created(ADDRESS, { networked: other, interface_name: 'eth0', pointer: address });
    const message = `Not Deletable: used by Address ${idOf(pointing)}, which points to Address ${idOf(address)}`;
    await refused(client.delete(block), { message });
    await refused(client.delete(address), { message });
    await refused(client.delete(host), { message });
    await refused(client.delete(site), { message: expect.stringContaining(`AddressBlock ${idOf(block)}`) });
    await client.delete(pointing);
    await client.delete(block);
    await expect(client.get(address)).rejects.toThrow();
    await expect(client.get(reserved)).rejects.toThrow();
    expect(await client.get(network)).toMatchObject({ address_block_list: [] });
    // The host is free of it as well.
    expect(await next(await newBlock(site, '10.0.0.0', 24), host, true)).toBeTruthy();
  });
});

describe('an address', () => {
  let site: string;
  let block: string;
  let host: string;
  beforeAll(async () => {
    site = await newSite();
    block = await newBlock(site, '10.0.0.0', 24, { gateway_offset: 1 });
    host = await newHost(site);
  });

  const address = (values: Values) => client.create(ADDRESS, { networked: host, interface_name: 'eth9', ...values });

  it.each([
    [{ address_block: 'block' }, { address_block: ['Can not be specified without offset'] }],
    [{ offset: 5 }, { offset: ['Can not be specified without address_block'] }],
    [{ address_block: 'block', offset: 0 }, { offset: ['Must be greater than 1 and less than 254'] }],
    [{ address_block: 'block', offset: 255 }, { offset: ['Must be greater than 1 and less than 254'] }],
    [{ address_block: 'block', offset: 1 }, { offset: ['Conflicts with Gateway'] }],
    [{ address_block: 'block', offset: '1e3' }, { offset: 'Invalid Value "Unable to convert to an int"' }],
    [
      { address_block: `${BLOCK}:999999:`, offset: 5 },
      { address_block: 'Invalid Value "there is no address block 999999"' },
    ],
    [{ networked: `${NETWORKED}:999999:` }, { networked: 'Invalid Value "there is no host 999999"' }],
    [{ interface_name: 'eth 0' }, { interface_name: ['invalid'] }],
    [{ alias_index: -1 }, { alias_index: ['If Defined, must be greater than 1'] }],
  ])('is not %j', async (values, body) => {
    await refused(
      address(
        'address_block' in values && values.address_block === 'block' ? { ...values, address_block: block } : values,
      ),
      body,
    );
  });

  it('is there once', async () => {
    await address({ address_block: block, offset: 77, interface_name: 'once' });
    await refused(address({ address_block: block, offset: 77, interface_name: 'twice' }), {
      __all__: ['Base address with this Address block and Offset already exists.'],
    });
    await refused(client.create(RESERVED, { address_block: block, offset: 77, reason: 'x' }), {
      __all__: ['Base address with this Address block and Offset already exists.'],
    });
  });

  it('has an alias index that is there once on its interface', async () => {
    const alias = (networked: string, offset: number, alias_index: number | null) =>
      address({ networked, address_block: block, offset, alias_index, interface_name: 'alias' });
    await alias(host, 80, 0);
    await alias(host, 81, 1);
    const body = { __all__: ['Address with this Networked, Interface name and Alias index already exists.'] };
    await refused(alias(host, 82, 1), body);
    await refused(alias(host, 82, null), body);
    await alias(await newHost(site), 82, 1);
  });

  it('stands beside one of the other family: IPv4 and IPv6 without an alias index on one interface', async () => {
    const place = await newSite();
    const [four, six] = [await newBlock(place, '10.0.0.0', 24), await newBlock(place, '2001:db8::', 64)];
    const more = await newBlock(place, '2001:db8:1::', 64);
    const networked = await newHost(place);
    const taken = { __all__: ['Address with this Networked, Interface name and Alias index already exists.'] };
    await next(four, networked, true);
    const second = await next(six, networked);
    expect(await client.get(second)).toMatchObject({ ip_address: '2001:db8::1', alias_index: null });
    await refused(next(four, networked), taken);
    await refused(next(more, networked), taken);
    await refused(client.update(second, { address_block: four, offset: 9 }), taken);
    await client.update(second, { address_block: more, offset: 9 });
    const values = { networked, interface_name: 'eth0', address_block: six, alias_index: 1 };
    await created(ADDRESS, { ...values, offset: 5 });
    await refused(created(ADDRESS, { ...values, address_block: four, offset: 5 }), taken);
    await refused(client.update(more, { subnet: '10.1.0.0', prefix: 24 }), {
      subnet: ['stays IPv6 while 1 addresses belong to hosts'],
    });
    // What points to another is of the family of that one, which may change: it stands beside nothing.
    await refused(created(ADDRESS, { networked, interface_name: 'eth0', pointer: second }), taken);
  });

  it('is primary in a block of the site of its host only, and the host stays in that site', async () => {
    const elsewhere = await newHost(await newSite());
    await refused(next(block, elsewhere, true), {
      address_block: ['Primary Address is not in the same site as the Networked it belongs to'],
    });
    const secondary = await next(block, elsewhere);
    await refused(client.update(secondary, { is_primary: true }), {
      address_block: ['Primary Address is not in the same site as the Networked it belongs to'],
    });
    const own = await newHost(site);
    await next(block, own, true);
    await refused(client.update(own, { site: await newSite() }), {
      site: [`its primary address is in an address block of the site ${site.split(':')[1]}`],
    });
    await refused(client.update(block, { site: await newSite() }), {
      site: [expect.stringMatching(/^can not be changed while \d+ addresses belong to hosts$/)],
    });
  });

  it('can take everything from another one, and not from itself', async () => {
    const target = await next(block, await newHost(site), true);
    const pointing = await created(ADDRESS, {
      networked: await newHost(site),
      interface_name: 'eth0',
      pointer: target,
    });
    const again = await created(ADDRESS, { networked: await newHost(site), interface_name: 'eth0', pointer: pointing });
    const { ip_address, gateway, prefix } = await client.get(target);
    expect(await client.get(again)).toMatchObject({ ip_address, gateway, prefix, address_block: null, offset: null });
    await refused(address({ address_block: block, offset: 90, pointer: target }), {
      pointer: ['Conflicts with address_block and offset'],
      address_block: ['Conflicts with pointer'],
      offset: ['Conflicts with pointer'],
    });
    await refused(client.update(target, { address_block: null, offset: null, pointer: again }), {
      pointer: ['the address would point to itself'],
    });
    await refused(client.create(ADDRESS, { networked: host, interface_name: 'p', pointer: `${ADDRESS}:999999:` }), {
      pointer: 'Invalid Value "there is no address 999999"',
    });
  });

  it('goes to another host, another interface, another place', async () => {
    const [one, other] = [await newHost(site), await newHost(site)];
    const moved = await next(block, one, true);
    await client.update(moved, { networked: other, interface_name: 'eth1', alias_index: 2, offset: 222 });
    expect(await client.get(moved)).toMatchObject({
      networked: other,
      interface_name: 'eth1',
      alias_index: 2,
      ip_address: '10.0.0.222',
    });
    await refused(next(block, other, true), { is_primary: ['Networked allready has a primary ip'] });
    await client.delete(other);
    await expect(client.get(moved)).rejects.toThrow();
    await created(RESERVED, { address_block: block, offset: 222, reason: 'free again' });
  });
});

describe('the next address', () => {
  it('is the lowest that is free', async () => {
    const site = await newSite();
    const block = await newBlock(site, '10.0.0.0', 24, { gateway_offset: 2 });
    const hosts = await Promise.all(Array.from({ length: 6 }, () => newHost(site)));
    const offsets = async (list: readonly string[]) =>
      Promise.all(list.map(async (uri) => (await client.get<{ offset: number }>(uri)).offset));
    const found: string[] = [];
    for (const host of hosts.slice(0, 4)) found.push(await next(block, host));
    expect(await offsets(found)).toEqual([1, 3, 4, 5]);
    await client.delete(found[1]!);
    await client.delete(found[0]!);
    expect(await offsets([await next(block, hosts[4]!), await next(block, hosts[5]!)])).toEqual([1, 3]);
  });

  it('costs the same in a subnet of any size', async () => {
    const site = await newSite();
    for (const [subnet, prefix] of [
      ['10.0.0.0', 8],
      ['2001:db8::', 64],
    ] as const) {
      const block = await newBlock(site, subnet, prefix);
      expect(await client.get(await next(block, await newHost(site)))).toMatchObject({ offset: 1 });
      const last = prefix === 8 ? 16_777_214 : '18446744073709551614';
      const address = await created(RESERVED, { address_block: block, offset: last, reason: 'the last one' });
      expect(await client.get(address)).toMatchObject({ offset: last });
      const { body } = await rest('GET', `Utilities/ReservedAddress/${idOf(address)}`);
      expect(body['offset']).toBe(last);
    }
  });

  it('is nobody’s where 64 race for the last 10: 10 get one, the others are told that there are none', async () => {
    const site = await newSite();
    const block = await newBlock(site, '10.0.0.0', 28);
    for (const offset of [1, 2, 3, 4]) await created(RESERVED, { address_block: block, offset, reason: 'x' });
    const hosts = await Promise.all(Array.from({ length: 64 }, () => newHost(site)));
    const answers = await Promise.allSettled(hosts.map((host) => next(block, host, true)));
    const won = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const lost = answers.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { readonly body: unknown }).body] : [],
    );
    const objects = await Promise.all(won.map((uri) => client.get<{ offset: number }>(uri)));
    expect(objects.map(({ offset }) => offset).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 10 }, (_, n) => n + 5),
    );
    expect(lost).toEqual(
      Array.from({ length: 54 }, () => ({
        exception: 'UtilitiesException',
        error: 'NO_OFFSETS',
        message: 'No Available Offsets',
      })),
    );
  });

  it('is one for one key, however often it is asked for', async () => {
    const site = await newSite();
    const block = idOf(await newBlock(site, '10.0.0.0', 24));
    const ask = (networked: number, key: string) =>
      rest(
        'POST',
        `Utilities/AddressBlock/${block}/nextAddress`,
        { networked, interface_name: 'eth0', is_primary: false },
        { 'Idempotency-Key': key },
      );
    const host = idOf(await newHost(site));
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(host, 'order-1')));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await server.kill();
    await server.start();
    expect(await ask(host, 'order-1')).toMatchObject({ status: 200, body: answers[0]!.body });
    expect(await client.call(`${BLOCK}:${block}:(usage)`)).toMatchObject({ static: 1 });
  });
});

describe('a hold', () => {
  it('keeps an address for a key, until it is used, released, or its time is over', async () => {
    const site = await newSite();
    const uri = await newBlock(site, '10.0.0.0', 24);
    const block = idOf(uri);
    const act = async (name: string, body: Values) => {
      const { status, body: answer } = await rest('POST', `Utilities/AddressBlock/${block}/${name}`, body);
      return { status, value: answer['value'] as Values };
    };
    const held = await act('holdAddress', { key: 'order-1', seconds: 60, reason: 'a new host' });
    expect(held).toMatchObject({ status: 200, value: { key: 'order-1', offset: '1', address: '10.0.0.1' } });
    const longer = await act('holdAddress', { key: 'order-1', seconds: 600 });
    expect(longer.value).toMatchObject({ address: '10.0.0.1' });
    expect(Date.parse(String(longer.value['until'])) - Date.parse(String(held.value['until']))).toBeGreaterThan(
      500_000,
    );
    expect((await act('holdAddress', { key: 'order-2' })).value).toMatchObject({ address: '10.0.0.2' });
    await refused(client.create(RESERVED, { address_block: uri, offset: 1, reason: 'x' }), {
      __all__: ['Base address with this Address block and Offset already exists.'],
    });
    expect(await client.get(await next(uri, await newHost(site)))).toMatchObject({ offset: 3 });

    const host = await newHost(site);
    const used = { key: 'order-1', networked: idOf(host), interface_name: 'eth0', is_primary: true };
    const address = await act('useHold', used);
    expect(await client.get(`${ADDRESS}:${address.value as unknown as number}:`)).toMatchObject({
      offset: 1,
      networked: host,
    });
    expect((await act('useHold', { ...used, interface_name: 'eth1' })).status).toBe(422);
    expect((await act('releaseHold', { key: 'order-2' })).status).toBeLessThan(300);
    expect(await client.get(await next(uri, await newHost(site)))).toMatchObject({ offset: 2 });
  });

  it.each([
    [{ key: '' }, 'key'],
    [{ key: 'x'.repeat(101) }, 'key'],
    [{ key: 'a', seconds: 0 }, 'seconds'],
    [{ key: 'a', seconds: 86_401 }, 'seconds'],
    [{ key: 'a', reason: 'x'.repeat(51) }, 'reason'],
  ])('is not asked for with %j', async (body, field) => {
    const block = idOf(await newBlock(await newSite(), '10.0.0.0', 24));
    const answer = await rest('POST', `Utilities/AddressBlock/${block}/holdAddress`, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });
});

describe('what is wrong', () => {
  it.each<[string, Values, string, string, string]>([
    [
      'AddressBlock',
      { name: 'a b' },
      'name',
      'invalid',
      '"a b" must be letters, digits, "_" and "-", with a letter or a digit first',
    ],
    [
      'AddressBlock',
      { gateway_offset: 255 },
      'gateway_offset',
      'Must be greater than 1 and less than 254',
      '255 must be from 1 to 254',
    ],
    [
      'AddressBlock',
      { prefix: 32, gateway_offset: 0 },
      'gateway_offset',
      'Gateway not possible in single host subnet',
      'Gateway not possible in single host subnet',
    ],
    [
      'Network',
      { name: 'lab.12345' },
      'name',
      'invalid',
      '"lab.12345" must be letters, digits, "_" and "-", with a letter or a digit first, and a VLAN behind a dot where there is one',
    ],
    [
      'Network',
      { address_block_list: [999_999] },
      'address_block_list',
      'Invalid Value',
      'there is no address block 999999',
    ],
    [
      'Networked',
      { hostname: 'Host' },
      'hostname',
      'invalid',
      '"Host" must be at least two lower-case letters, digits and "-", with a letter or a digit first and last',
    ],
  ])(
    'is said of a %s of %j: to old clients in their words, over REST with the rule and the value',
    async (model, values, field, words, rule) => {
      const site = await newSite();
      const whole = {
        AddressBlock: { name: 'wrong', subnet: '10.0.0.0', prefix: 24 },
        Network: { name: 'wrong' },
        Networked: { hostname: 'wrong' },
      }[model];
      const answer = await rest('POST', `Utilities/${model}`, { ...whole, ...values, site: site.split(':')[1] });
      expect(answer).toMatchObject({
        status: 422,
        body: { detail: `${field}: ${rule}`, errors: [{ field, text: rule }] },
      });
      if (field === 'address_block_list') return;
      await refused(client.create(`/api/v1/Utilities/${model}`, { ...whole, ...values, site }), { [field]: [words] });
    },
  );

  it('is said over REST of addresses that are in use, with the address', async () => {
    const site = await newSite();
    const uri = await newBlock(site, '10.0.0.0', 24, { gateway_offset: 1 });
    const host = await newHost(site);
    const first = idOf(await next(uri, host, true));
    const wrong = async (values: Values) => {
      const whole = { address_block: idOf(uri), networked: idOf(host), interface_name: 'eth1', offset: 9, ...values };
      return (await rest('POST', 'Utilities/Address', whole)).body['detail'];
    };
    expect(await wrong({ offset: 2 })).toBe('__all__: the address 10.0.0.2 is in use');
    expect(await wrong({ offset: 1 })).toBe('offset: 10.0.0.1 is the gateway');
    expect(await wrong({ offset: 255 })).toBe('offset: 255 must be from 1 to 254');
    expect(await wrong({ interface_name: 'eth0' })).toBe(
      `__all__: the address ${first} is on eth0 without an alias_index`,
    );
    expect(await wrong({ is_primary: true })).toBe(`is_primary: the address ${first} is the primary one of this host`);
    expect(await wrong({ alias_index: -1 })).toBe('alias_index: -1 must be at least 1, or 0 or null for none');
  });
});

describe('what people and services see', () => {
  it('is free again when it is held no longer, in every part of a map', async () => {
    const site = await newSite();
    const block = idOf(await newBlock(site, '198.18.7.0', 29));
    const act = async (name: string, body: Values) =>
      (await rest('POST', `Utilities/AddressBlock/${block}/${name}`, body)).body['value'] as {
        readonly used: number;
        readonly runs: readonly Values[];
      };
    const hold = (key: string, seconds: number) => act('holdAddress', { key, seconds });
    for (const key of ['a', 'b']) await hold(key, 1);
    await hold('stays', 600);
    for (const key of ['c', 'd', 'e']) await hold(key, 1);
    await until(async () => (await act('map', {})).used === 1);
    const runs = async (position: number) =>
      (await act('map', { position, count: 2 })).runs.map(({ first, last, use }) => [first, last, use]);
    expect(await runs(0)).toEqual([['198.18.7.1', '198.18.7.2', 'Free']]);
    expect(await runs(2)).toEqual([
      ['198.18.7.3', '198.18.7.3', 'Held'],
      ['198.18.7.4', '198.18.7.4', 'Free'],
    ]);
    expect(await runs(4)).toEqual([['198.18.7.5', '198.18.7.6', 'Free']]);
    const warnings = async () =>
      (await rest('POST', 'Utilities/AddressBlock/warnings', { site: site.split(':')[1] })).body['value'];
    expect(await warnings()).toEqual([]);
  });

  it('is what is used and what is free of a block, of whom, since when', async () => {
    const site = await newSite();
    const uri = await newBlock(site, '10.0.0.0', 24, { gateway_offset: 254 });
    const block = idOf(uri);
    const host = await newHost(site);
    const address = await next(uri, host, true);
    for (const offset of [5, 6, 7]) await created(RESERVED, { address_block: uri, offset, reason: 'printers' });
    for (const offset of [8, 9]) await created(DYNAMIC, { address_block: uri, offset, pxe: `${PXE}:bootstrap:` });
    await rest('POST', `Utilities/AddressBlock/${block}/holdAddress`, { key: 'k', reason: 'soon' });
    const ask = (body: Values) => rest('POST', `Utilities/AddressBlock/${block}/map`, body);
    const whole = (await ask({})).body['value'] as { readonly runs: readonly Values[]; readonly next: number | null };
    expect(whole).toEqual({
      used: 7,
      next: null,
      runs: [
        {
          first: '10.0.0.1',
          last: '10.0.0.1',
          count: 1,
          use: 'Address',
          networked: idOf(host),
          interface_name: 'eth0',
          since: MOMENT,
        },
        {
          first: '10.0.0.2',
          last: '10.0.0.2',
          count: 1,
          use: 'Held',
          key: 'k',
          reason: 'soon',
          since: MOMENT,
          until: MOMENT,
        },
        { first: '10.0.0.3', last: '10.0.0.4', count: 2, use: 'Free' },
        { first: '10.0.0.5', last: '10.0.0.7', count: 3, use: 'ReservedAddress', reason: 'printers', since: MOMENT },
        { first: '10.0.0.8', last: '10.0.0.9', count: 2, use: 'DynamicAddress', pxe: 'bootstrap', since: MOMENT },
        { first: '10.0.0.10', last: '10.0.0.253', count: 244, use: 'Free' },
        { first: '10.0.0.254', last: '10.0.0.254', count: 1, use: 'Gateway' },
      ],
    });
    const parts: unknown[] = [];
    for (let position: number | null = 0; position !== null;) {
      const part: typeof whole = (await ask({ position, count: 2 })).body['value'] as typeof whole;
      parts.push(...part.runs.map(({ first, last, use }) => [first, last, use]));
      position = part.next;
    }
    expect(parts.at(0)).toEqual(['10.0.0.1', '10.0.0.1', 'Address']);
    expect(parts.at(-1)).toEqual(['10.0.0.254', '10.0.0.254', 'Gateway']);
    const counted = parts.map((part) =>
      (part as readonly string[]).slice(0, 2).map((text) => Number(text.split('.')[3])),
    );
    expect(
      counted.flatMap(([first, last]) => Array.from({ length: last! - first! + 1 }, (_, n) => first! + n)),
    ).toEqual(Array.from({ length: 254 }, (_, n) => n + 1));
    const list = (await rest('POST', `Site/Site/${site.split(':')[1]}/addresses`, {})).body['value'] as {
      readonly addresses: readonly Values[];
    };
    expect(list).toMatchObject({ total: 7, next: null });
    expect(list.addresses[0]).toEqual({
      ip_address: '10.0.0.1',
      address_block: block,
      type: 'Address',
      address: idOf(address),
      networked: idOf(host),
      interface_name: 'eth0',
      since: MOMENT,
    });
  });

  it('is who had an address at a moment, and by which event', async () => {
    const site = await newSite();
    const uri = await newBlock(site, '10.0.0.0', 24);
    const [one, other] = [await newHost(site), await newHost(site)];
    const who = async (at?: string) => {
      const path = `Utilities/AddressBlock/${idOf(uri)}/holder${at === undefined ? '' : `?at=${at}`}`;
      return (await rest('POST', path, { ip_address: '10.0.0.1' })).body['value'] as Values | null;
    };
    const now = async () => (await rest('GET', `Utilities/AddressBlock/${idOf(uri)}`)).position ?? '';
    const before = await now();
    const first = await next(uri, one);
    const during = await now();
    await client.delete(first);
    const between = await now();
    const second = await next(uri, other);
    const after = await now();
    await client.update(second, { networked: one, interface_name: 'eth7' });
    const event = { since: MOMENT, position: expect.stringMatching(/^\d+$/), actor: 'root' };
    expect(await who()).toEqual({
      ip_address: '10.0.0.1',
      type: 'Address',
      address: idOf(second),
      networked: idOf(one),
      interface_name: 'eth7',
      alias_index: null,
      reason: null,
      pxe: null,
      ...event,
    });
    expect(await who(after)).toMatchObject({ address: idOf(second), networked: idOf(other), ...event });
    expect(await who(between)).toEqual({});
    expect(await who(during)).toMatchObject({ address: idOf(first), networked: idOf(one), ...event });
    expect(await who(before)).toEqual({});
    const found = async (at: string) =>
      (
        await rest('POST', `Utilities/BaseAddress/lookup?at=${at}`, {
          ip_address: '10.0.0.1',
          site: site.split(':')[1],
        })
      ).body['value'];
    expect([await found(before), await found(during), await found(between), await found(after)]).toEqual([
      null,
      idOf(first),
      null,
      idOf(second),
    ]);
    const wrong = { ip_address: '10.0.1.1' };
    expect(await rest('POST', `Utilities/AddressBlock/${idOf(uri)}/holder`, wrong)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'ip_address', code: 'RANGE' }] },
    });
  });

  it('is which blocks are full or nearly so, and which have addresses in common with those of another site', async () => {
    const [site, other] = [await newSite(), await newSite()];
    const around = await newBlock(site, '172.16.0.0', 16);
    const inside = await newBlock(other, '172.16.5.0', 30);
    const warnings = async (of: string) =>
      (await rest('POST', 'Utilities/AddressBlock/warnings', { site: of.split(':')[1] })).body['value'];
    const overlap = {
      warning: 'overlap',
      address_block: idOf(inside),
      name: 'b172_16_5_0-30',
      site: other.split(':')[1],
      subnet: '172.16.5.0/30',
      with: { address_block: idOf(around), name: 'b172_16_0_0-16', site: site.split(':')[1], subnet: '172.16.0.0/16' },
    };
    expect(await warnings(site)).toEqual([overlap]);
    for (const offset of [1, 2]) await created(RESERVED, { address_block: inside, offset, reason: 'x' });
    const { with: _, ...own } = overlap;
    expect(await warnings(other)).toEqual([overlap, { ...own, warning: 'full', free: 0 }]);
  });
});

describe('a network', () => {
  it('has a name of its own in its site, and an MTU within bounds', async () => {
    const site = await newSite();
    const network = await created(NETWORK, { site, name: 'lab.30', mtu: 9000 });
    await refused(client.create(NETWORK, { site, name: 'lab.30' }), {
      __all__: ['Network with this Site and Name already exists.'],
    });
    await refused(client.create(NETWORK, { site, name: 'lab.12345' }), { name: ['invalid'] });
    for (const mtu of [511, 9023]) {
      await refused(client.create(NETWORK, { site, name: 'other', mtu }), { mtu: ['must be between 512 and 9022'] });
    }
    await client.update(network, { name: 'lab', mtu: null });
    expect(await client.get(network)).toMatchObject({ name: 'lab', mtu: null });
    await created(NETWORK, { site, name: 'lab.30' });
    await refused(client.delete(site), { message: expect.stringContaining(`Network ${idOf(network)}`) });
  });

  it('has each of its blocks once, in a VLAN or none', async () => {
    const site = await newSite();
    const [one, other] = [await newBlock(site, '10.0.0.0', 24), await newBlock(site, '10.0.1.0', 24)];
    const network = await created(NETWORK, { site, name: 'main', address_block_list: [one] });
    const { uris } = await client.list(LINK, { filter: 'network', parameters: { network } });
    expect(uris).toHaveLength(1);
    const link = uris[0] ?? '';
    await refused(client.create(LINK, { network, address_block: one }), {
      __all__: ['Network address block with this Network and Address block already exists.'],
    });
    await refused(client.update(link, { vlan: 4096 }), { vlan: ['must be between 0 and 4095'] });
    await client.update(link, { vlan: 30 });
    expect(await client.get(link)).toMatchObject({ vlan: 30, network, address_block: one });
    await client.update(link, { vlan: 0 });
    expect(await client.get(link)).toMatchObject({ vlan: null });
    await client.update(link, { vlan: 4095 });
    // Blocks that stay keep their VLAN.
    await client.update(network, { address_block_list: [one, other] });
    expect(await client.get(link)).toMatchObject({ vlan: 4095 });
    expect(await client.get(network)).toMatchObject({ address_block_list: [one, other] });
    await client.update(network, { address_block_list: [other] });
    await expect(client.get(link)).rejects.toThrow();
    await client.delete(network);
    expect((await client.list(LINK, { filter: 'address_block', parameters: { address_block: other } })).uris).toEqual(
      [],
    );
  });
});

describe('a structure', () => {
  it('is a host: it has addresses, which go with it, and its site is that of its primary address', async () => {
    const site = await newSite();
    const block = await newBlock(site, '10.0.0.0', 24);
    const base = await created('/api/v1/BluePrint/FoundationBluePrint', {
      name: 'net-base',
      description: 'a thing',
      foundation_type_list: ['Test'],
    });
    const blueprint = await created('/api/v1/BluePrint/StructureBluePrint', {
      name: 'net-web',
      description: 'a thing',
      foundation_blueprint_list: [base],
    });
    const foundation = await created('/api/v1/Test/TestFoundation', { locator: 'nethost', site, blueprint: base });
    const structure = await created('/api/v1/Building/Structure', { hostname: 'web1', site, blueprint, foundation });
    const networked = structure.replace('Building/Structure', 'Utilities/Networked');
    expect(await client.get(networked)).toEqual({ hostname: 'web1', site, id: idOf(structure) });
    const address = await next(block, networked, true);
    const second = await next(block, structure, false, 'eth1');
    expect(await client.get(second)).toMatchObject({ networked, ip_address: '10.0.0.2' });
    const filtered = await client.list(ADDRESS, { filter: 'structure', parameters: { structure } });
    expect(filtered.uris).toEqual([address, second]);
    const mine = await client.list(ADDRESS, { filter: 'address_block', parameters: { address_block: block } });
    expect(mine.uris).toEqual([address, second]);
    await refused(client.create(NETWORKED, { hostname: 'web1', site }), {
      hostname: ['Structure with this Site and Hostname already exists.'],
    });
    await refused(client.update(networked, { hostname: 'web2' }), {
      __all__: [`it is the Structure ${idOf(structure)}, and is changed as that`],
    });
    await refused(client.update(structure, { site: await newSite() }), {
      site: [`its primary address is in an address block of the site ${site.split(':')[1]}`],
    });
    await client.update(structure, { hostname: 'web2' });
    expect(await client.get(networked)).toMatchObject({ hostname: 'web2' });
    await client.delete(structure);
    for (const uri of [networked, address, second]) await expect(client.get(uri)).rejects.toThrow();
    expect(await client.call(`${block}(usage)`)).toMatchObject({ static: 0 });
  });
});

describe('a crash', () => {
  it('in the middle of many allocations gives nobody the address of another', async () => {
    const site = await newSite();
    const block = await newBlock(site, '10.0.0.0', 24);
    const hosts = await Promise.all(Array.from({ length: 40 }, () => newHost(site)));
    let answered = 0;
    const asked = hosts.map((host) =>
      next(block, host).then(async (uri) => {
        answered += 1;
        if (answered === 5) await server.kill();
        return uri;
      }),
    );
    const answers = await Promise.allSettled(asked);
    await server.start();
    const won = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(won.length).toBeGreaterThanOrEqual(5);
    // Whoever was answered has it; whoever was not asks again.
    for (const host of hosts.slice(0, 5)) await next(block, host, false, 'eth1');
    const { uris, total } = await client.list(ADDRESS, {
      filter: 'address_block',
      parameters: { address_block: block },
      count: 100,
    });
    expect(uris).toEqual(expect.arrayContaining(won));
    const offsets = await Promise.all(uris.map(async (uri) => (await client.get<{ offset: number }>(uri)).offset));
    expect(offsets.toSorted((one, other) => one - other)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  });
});

describe('a PXE that is deleted', () => {
  it('is let go of by the addresses in DHCP pools', async () => {
    const block = await newBlock(await newSite(), '10.0.0.0', 24);
    const [pxe, other] = [
      await created(PXE, { name: 'old', boot_script: 'x', template: 'x' }),
      await created(PXE, { name: 'new', boot_script: 'x', template: 'x' }),
    ];
    const pool = await Promise.all(
      [5, 6, 7].map((offset) => created(DYNAMIC, { address_block: block, offset, pxe: offset === 7 ? other : pxe })),
    );
    await client.delete(pxe);
    expect(await Promise.all(pool.map(async (uri) => (await client.get<Values>(uri))['pxe']))).toEqual([
      null,
      null,
      other,
    ]);
    expect(await client.call(`${block}(usage)`)).toMatchObject({ dynamic: 3 });
  });
});

describe('a real interface', () => {
  const INTERFACE = '/api/v1/Utilities/RealNetworkInterface';

  it('is attached to a network, known by name and MAC, and goes with its foundation', async () => {
    const site = await newSite();
    const network = await created(NETWORK, { site, name: 'main' });
    const base = await created('/api/v1/BluePrint/FoundationBluePrint', {
      name: 'if-base',
      description: 'a thing',
      foundation_type_list: ['Test'],
    });
    const made = await created('/api/v1/Test/TestFoundation', { locator: 'ifhost', site, blueprint: base });
    const foundation = made.replace('Test/TestFoundation', 'Building/Foundation');
    const eth0 = { foundation, name: 'eth0', physical_location: 'eth0', network, is_provisioning: true };
    const { uri, object } = await client.create(INTERFACE, eth0);
    expect(object).toEqual({
      name: 'eth0',
      network,
      updated: MOMENT,
      created: MOMENT,
      mac: null,
      foundation,
      is_provisioning: true,
      physical_location: 'eth0',
      link_name: null,
      pxe: null,
      id: idOf(uri),
      type: 'Real',
    });
    const other = { ...eth0, name: 'eth1', physical_location: 'eth1' };
    await refused(client.create(INTERFACE, other), {
      is_provisioning: ['This foundation allready has a provisioning interface'],
    });
    await refused(client.create(INTERFACE, { ...other, is_provisioning: false, name: 'eth0' }), {
      __all__: ['Real network interface with this Foundation and Name already exists.'],
    });
    await refused(client.create(INTERFACE, { ...other, is_provisioning: false, mac: '00:11:22:33:44:5' }), {
      mac: ['"00:11:22:33:44:5" is invalid'],
    });
    await refused(client.create(INTERFACE, { ...other, is_provisioning: false, network: `${NETWORK}:999999:` }), {
      network: 'Invalid Value "there is no network 999999"',
    });
    for (const mac of ['0011.2233.4455', '00-11-22-33-44-55', '001122334455']) {
      await client.update(uri, { mac });
      expect(await client.get(uri)).toMatchObject({ mac: '00:11:22:33:44:55' });
    }
    await client.update(uri, { pxe: `${PXE}:bootstrap:`, link_name: 'switch-0-1-0' });
    expect(await client.call(`${foundation}(getInterfaceList)`)).toEqual([
      {
        name: 'eth0',
        physical_location: 'eth0',
        is_provisioning: true,
        mac: '00:11:22:33:44:55',
        pxe: `${PXE}:bootstrap:`,
        network,
      },
    ]);
    expect((await client.list(INTERFACE, { filter: 'foundation', parameters: { foundation } })).uris).toEqual([uri]);
    const used = expect.stringContaining(`RealNetworkInterface ${idOf(uri)}`);
    await refused(client.delete(network), { message: used });
    await refused(client.delete(`${PXE}:bootstrap:`), { message: used });
    await client.delete(made);
    await expect(client.get(uri)).rejects.toThrow();
    await client.delete(network);
  });
});
