import { describe, expect, it, jest } from '@jest/globals';
import { IntegralFloat, inWrittenOrder, writeJson } from '#kernel';
import { ADMIN_PASSWORD } from '#testing';
import type { CinpExport } from '../apps/cli/src/cinp-export.ts';
import { cinpExport } from '../apps/cli/src/cinp-export.ts';
import type { Journey } from './start-journey.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const first = await startJourney();
const second = await startJourney();

const api = (path: string): string => `/api/v1/${path}`;
type Values = Readonly<Record<string, unknown>>;

/** Fills a server as clients of the first Contractor do. */
async function fill({ client, rest }: Journey): Promise<void> {
  const create = async (model: string, values: Values): Promise<string> =>
    (await client.create(api(model), values)).uri;
  await create('BluePrint/Script', { name: 'create-web', description: 'makes one', script: '# nothing' });
  const pxe = await create('BluePrint/PXE', {
    name: 'install',
    boot_script: 'echo {{ hostname }}\nboot',
    template: '#',
  });
  const metal = await create('BluePrint/FoundationBluePrint', {
    name: 'metal',
    description: 'metal',
    config_values: { bios: 'uefi' },
    foundation_type_list: ['Manual', 'ManualComplex'],
    physical_interface_names: ['eth0', 'eth1'],
    validation_template: { 'cpu.count': '[0-9]+' },
  });
  const base = await create('BluePrint/StructureBluePrint', {
    name: 'base',
    description: 'base',
    config_values: { '10': 'x', '2': 1.5, ratio: new IntegralFloat(1) },
  });
  const web = await create('BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'web',
    parent_list: [base],
    foundation_blueprint_list: [metal],
    config_values: { '>packages': ['nginx'] },
  });
  await create('BluePrint/BluePrintScript', {
    blueprint: web.replace('StructureBluePrint', 'BluePrint'),
    script: api('BluePrint/Script:create-web:'),
    name: 'create',
  });
  const outer = await create('Directory/Zone', { name: 'test' });
  const zone = await create('Directory/Zone', { name: 'shop', parent: outer, ttl: 60 });
  await create('Directory/Entry', { zone, type: 'MX', name: 'mail', target: 'mx.shop.test.', priority: 5 });
  await create('Directory/Entry', { type: 'CNAME', name: 'contractor', target: 'web1.shop.test.' });
  const floor = await create('Survey/Plot', { name: 'floor', corners: '0,0 9,9' });
  await create('Survey/Plot', { name: 'corner', corners: '1,1 2,2', parent: floor });
  const all = await create('Site/Site', {
    name: 'all',
    description: 'all',
    config_values: { dns_servers: ['10.1.0.2'] },
  });
  const site = await create('Site/Site', { name: 'shop', description: 'the shop', zone, parent: all });
  const other = await create('Site/Site', { name: 'other', description: 'elsewhere' });
  const block = await create('Utilities/AddressBlock', {
    name: 'main',
    site,
    subnet: '10.1.0.0',
    prefix: 24,
    gateway_offset: 1,
  });
  const six = await create('Utilities/AddressBlock', { name: 'six', site, subnet: 'fd00::', prefix: 64 });
  const away = await create('Utilities/AddressBlock', { name: 'main', site: other, subnet: '10.2.0.0', prefix: 16 });
  for (const offset of [2, 3, 4])
    await create('Utilities/ReservedAddress', { address_block: block, offset, reason: 'printers' });
  await create('Utilities/DynamicAddress', { address_block: block, offset: 20 });
  await create('Utilities/DynamicAddress', { address_block: block, offset: 21, pxe });
  const network = await create('Utilities/Network', { name: 'internal', site, mtu: 9000 });
  await create('Utilities/NetworkAddressBlock', { network, address_block: block });
  await create('Utilities/NetworkAddressBlock', { network, address_block: six, vlan: 12 });
  const complex = await create('Manual/ManualComplex', {
    name: 'cluster',
    site,
    description: 'carries',
    built_percentage: 50,
  });
  const rack = await create('Manual/ManualFoundation', { locator: 'rack1', site, blueprint: metal });
  await client.call(`${api('Building/Foundation:rack1:')}(setIdMap)`, {
    id_map: { cpu: { count: '4' }, name: "it's", list: [1, true, null] },
  });
  const vm = await create('Manual/ManualComplexedFoundation', {
    locator: 'vm1',
    site,
    blueprint: metal,
    complex_host: complex,
  });
  const asFoundation = (uri: string): string => uri.replace(/Manual\/\w+/, 'Building/Foundation');
  const eth0 = await create('Utilities/RealNetworkInterface', {
    foundation: asFoundation(rack),
    name: 'eth0',
    network,
    physical_location: 'eth0',
    mac: '52:54:00:00:00:01',
    is_provisioning: true,
    pxe,
  });
  const eth1 = await create('Utilities/RealNetworkInterface', {
    foundation: asFoundation(rack),
    name: 'eth1',
    network,
    physical_location: 'eth1',
    link_name: 'switch-1-2-3',
  });
  const web1 = await create('Building/Structure', {
    hostname: 'web1',
    site,
    blueprint: web,
    foundation: asFoundation(rack),
    config_values: { port: 80 },
  });
  const web2 = await create('Building/Structure', {
    hostname: 'web2',
    site,
    blueprint: web,
    foundation: asFoundation(vm),
  });
  const printer = await create('Utilities/Networked', { hostname: 'printer', site });
  const asInterface = (uri: string): string => uri.replace(/Utilities\/\w+/, 'Utilities/NetworkInterface');
  await create('Utilities/AggregatedNetworkInterface', {
    structure: web1,
    name: 'bond0',
    network,
    primary_interface: asInterface(eth0),
    secondary_interfaces: [asInterface(eth1)],
    paramaters: { mode: 'active-backup' },
  });
  await create('Utilities/AbstractNetworkInterface', { structure: web1, name: 'br0', network });
  const asHost = (uri: string): string => uri.replace('Building/Structure', 'Utilities/Networked');
  const address = await create('Utilities/Address', {
    networked: asHost(web1),
    interface_name: 'eth0',
    address_block: block,
    offset: 10,
    is_primary: true,
  });
  await create('Utilities/Address', {
    networked: asHost(web1),
    interface_name: 'eth0',
    address_block: six,
    offset: 10,
  });
  await create('Utilities/Address', {
    networked: asHost(web1),
    interface_name: 'eth0',
    address_block: away,
    offset: 7,
    alias_index: 1,
  });
  await create('Utilities/Address', { networked: asHost(web2), interface_name: 'eth0', pointer: address });
  await create('Utilities/Address', {
    networked: printer,
    interface_name: 'lan',
    address_block: block,
    offset: 30,
    is_primary: true,
  });
  await create('Building/ComplexStructure', {
    complex: complex.replace('Manual/Manual', 'Building/'),
    structure: web1,
  });
  const dependency = await create('Building/Dependency', {
    foundation: asFoundation(vm),
    structure: web1,
    link: 'soft',
    create_script_name: 'create',
  });
  expect((await rest('POST', `Building/Dependency/${dependency.split(':')[1]}/force`, { state: 'built' })).status).toBe(
    204,
  );
  await rest('POST', 'Building/Foundation/rack1/force', { state: 'built' });
  await rest('POST', `Building/Structure/${web1.split(':')[1]}/force`, { state: 'built' });
}

/** Reads everything over CInP. */
const exported = async ({ server }: Journey): Promise<CinpExport> => {
  const all = await cinpExport(server.url, { user: 'root', password: ADMIN_PASSWORD });
  expect(all.skipped).toEqual({});
  return all;
};

const asText = (all: CinpExport): string => writeJson(inWrittenOrder(all));

/** Moments and ids, which another server has others of. */
const OWN = ['id', 'created', 'updated', 'located_at', 'built_at', 'networkinterface_ptr'];
const NAMING =
  'name hostname site zone parent type target networked interface_name alias_index ip_address address_block offset network foundation structure complex blueprint dependency'.split(
    ' ',
  );

/** An export without moments and ids: an object with a number for an id is called by what it holds. */
function withoutIds({ models }: CinpExport): unknown {
  const objects = new Map(Object.values(models).flatMap((all) => Object.entries(all as Record<string, Values>)));
  const called = (uri: string, depth = 0): string => {
    const [path, id = ''] = uri.split(':');
    if (!/^\d+$/.test(id)) return uri;
    const family = [...objects.keys()].filter((one) => one.endsWith(`:${id}:`));
    const found =
      objects.get(uri) ??
      family
        .filter((one) =>
          path?.includes('NetworkInterface') ? one.includes('NetworkInterface') : /Networked|Structure:/.test(one),
        )
        .map((one) => objects.get(one))
        .find(Boolean);
    if (!found || depth > 5) return `${path} ?`;
    return `${path} ${JSON.stringify(NAMING.flatMap((key) => (found[key] === undefined ? [] : [shown(found[key], depth + 1)])))}`;
  };
  const shown = (value: unknown, depth = 0): unknown => {
    if (typeof value === 'string' && /^\/api\/v1\/[^:]+:[^:]*:$/.test(value)) return called(value, depth);
    if (Array.isArray(value)) return value.map((one) => shown(one, depth));
    return value;
  };
  return Object.fromEntries(
    Object.entries(models)
      .filter(([path]) => !/\/(?:Auth|Foreman|PostOffice|Records|SubContractor)\//.test(path))
      .map(([path, all]) => [
        path,
        Object.entries(all as Record<string, Values>)
          .map(
            ([uri, one]) =>
              [
                called(uri),
                Object.fromEntries(
                  Object.entries(one)
                    .filter(([key]) => !OWN.includes(key))
                    .map(([key, value]) => [key, shown(value)]),
                ),
              ] as const,
          )
          .toSorted(([one], [other]) => (one < other ? -1 : 1)),
      ]),
  );
}

const convert = async (format: string, files: Values, more: Values = {}) => {
  const { status, body } = await second.rest('POST', 'Site/SiteFile/convert', { format, files, ...more });
  expect([status, status === 200 ? '' : body]).toEqual([200, '']);
  return body['value'] as { readonly text: string; readonly warnings: readonly string[] };
};
const apply = async (text: string, more: Values = {}) => {
  const { status, body } = await second.rest('POST', 'Site/SiteFile/apply', { files: { 'x.toml': text }, ...more });
  expect([status, status === 200 ? '' : body]).toEqual([200, '']);
  return (body['value'] as { objects: { kind: string; name: string; outcome: string }[] }).objects;
};

describe('what a running Contractor shows over CInP', () => {
  it('is the same on an empty server, up to ids and moments', async () => {
    await fill(first);
    const before = await exported(first);
    const { text, warnings } = await convert('t3kton', { 'export.json': asText(before) });
    expect(warnings).toEqual([]);
    expect(text).toContain('ratio = 1.0\n');
    const created = await apply(text);
    expect(created.filter(({ outcome }) => outcome !== 'created')).toEqual([]);
    expect(withoutIds(await exported(second))).toEqual(withoutIds(before));
    expect((await apply(text)).filter(({ kind, outcome }) => outcome !== 'unchanged' && kind !== 'link')).toEqual([]);
  });

  it('is not the same any more once something is changed there', async () => {
    const { text } = await convert('t3kton', { 'export.json': asText(await exported(first)) });
    await apply(text.replace('mtu = 9000', 'mtu = 9001'));
    expect(withoutIds(await exported(second))).not.toEqual(withoutIds(await exported(first)));
  });

  it('is refused where it is something else', async () => {
    for (const text of ['{', '[]', '{"a": 1}']) {
      const { status } = await second.rest('POST', 'Site/SiteFile/convert', {
        format: 't3kton',
        files: { 'x.json': text },
      });
      expect(status).toBe(422);
    }
  });
});
