/** Ports of the host of a Docker complex: their rules, how scripts choose them, and what becomes of them. No engine is asked. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

type Values = Readonly<Record<string, unknown>>;

const BLUEPRINT = '/api/v1/BluePrint';
const FOUNDATION = '/api/v1/Building/Foundation';
const PORT = '/api/v1/Docker/DockerPort';
const SITE = '/api/v1/Site/Site:lab:';
const complexOf = (name: string) => `/api/v1/Docker/DockerComplex:${name}:`;
const foundationOf = (name: string) => `/api/v1/Docker/DockerFoundation:${name}:`;

const { client, rest } = await startJourney();
const created = async (model: string, values: Values): Promise<string> =>
  (await client.create(`/api/v1/${model}`, values)).uri;
const faultsOf = async (method: string, path: string, body: Values): Promise<unknown> => {
  const answer = await rest(method, path, body);
  const { errors } = answer.body as {
    readonly errors?: readonly { readonly field: string; readonly text: string }[];
  };
  return errors?.map(({ field, text }) => `${field}: ${text}`);
};
const port = (number: number, more: Values = {}) => ({
  complex: complexOf('docker1'),
  port: number,
  address_offset: 0,
  ...more,
});
const all = async () => {
  const { uris } = await client.list(PORT);
  return (await Promise.all(uris.map((uri) => client.get(uri)))) as readonly Values[];
};

/** A host with two addresses of which the second is primary, and the complex it carries. */
async function host(name: string, offset: number, block: string): Promise<string> {
  const foundation = await created('Manual/ManualFoundation', {
    locator: name,
    site: SITE,
    blueprint: `${BLUEPRINT}/FoundationBluePrint:manual-foundation-base:`,
  });
  const structure = await created('Building/Structure', {
    hostname: name,
    site: SITE,
    foundation: foundation.replace('Manual/ManualFoundation', 'Building/Foundation'),
    blueprint: `${BLUEPRINT}/StructureBluePrint:manual-structure-base:`,
  });
  for (const is_primary of [true, false]) {
    await created('Utilities/Address', {
      networked: structure.replace('Building/Structure', 'Utilities/Networked'),
      address_block: block,
      offset: offset + (is_primary ? 0 : 1),
      interface_name: is_primary ? 'eth0' : 'eth1',
      is_primary,
    });
  }
  await rest('POST', `Building/Foundation/${name}/force`, { state: 'built' });
  await rest('POST', `Building/Structure/${structure.split(':')[1]}/force`, { state: 'built' });
  await created('Docker/DockerComplex', { name, site: SITE, description: 'x', members: [structure] });
  return structure;
}

/** A container whose script chooses ports and nothing else. */
async function container(locator: string, complex = 'docker1'): Promise<string> {
  await created('Docker/DockerFoundation', {
    locator,
    site: SITE,
    blueprint: `${BLUEPRINT}/FoundationBluePrint:ports:`,
    docker_complex: complexOf(complex),
  });
  return created('Building/Structure', {
    hostname: locator,
    site: SITE,
    foundation: `${FOUNDATION}:${locator}:`,
    blueprint: `${BLUEPRINT}/StructureBluePrint:web:`,
  });
}
const job = (locator: string, action: 'doCreate' | 'doDestroy') => client.call(`${FOUNDATION}:${locator}:(${action})`);
const stateOf = async (locator: string) => (await client.get(foundationOf(locator)))['state'];

beforeAll(async () => {
  await created('Site/Site', { name: 'lab', description: 'x' });
  await rest('POST', 'BluePrint/ResourceFile/load', { shipped: ['base_os', 'manual', 'docker'] });
  const block = await created('Utilities/AddressBlock', { name: 'lab', site: SITE, subnet: '10.1.0.0', prefix: 24 });
  await host('docker1', 10, block);
  await host('docker2', 20, block);
  await created('BluePrint/FoundationBluePrint', { name: 'ports', description: 'x', foundation_type_list: ['Docker'] });
  const map = 'foundation.map_ports( container_spec=foundation.docker_containerspec )\n';
  for (const [name, script] of [
    // Asked twice, it chooses the same.
    ['create', `one = ${map}two = ${map}if ( one != two ) then\n  error( msg='they differ' )\n`],
    ['destroy', 'foundation.unmap_ports()\n'],
  ] as const) {
    await created('BluePrint/Script', { name: `ports-${name}`, description: 'x', script });
    await created('BluePrint/BluePrintScript', {
      blueprint: `${BLUEPRINT}/BluePrint:ports:`,
      script: `${BLUEPRINT}/Script:ports-${name}:`,
      name,
    });
  }
  await created('BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: [`${BLUEPRINT}/FoundationBluePrint:ports:`],
    config_values: { docker_image: 'web:1', docker_port_list: [80, '53/udp'] },
  });
});

describe('ports of a host', () => {
  it.each([
    [{ port: 4095 }, 'port: must be from 4096 to 65535, and is 4095'],
    [{ port: 65_536 }, 'port: must be from 4096 to 65535, and is 65536'],
    [{ address_offset: 101 }, 'address_offset: must be from 0 to 100, and is 101'],
    [{ address_offset: -1 }, 'address_offset: must be from 0 to 100, and is -1'],
    [{ foundation_index: -1 }, 'foundation_index: must be at least 0, and is -1'],
  ])('are refused where they cannot be: %j', async (values, fault) => {
    const body = { complex: 'docker1', port: 5000, address_offset: 0, ...values };
    expect(await faultsOf('POST', 'Docker/DockerPort', body)).toEqual([expect.stringContaining(fault)]);
  });

  it('lead to containers of their own complex, one to each of their ports', async () => {
    await container('mine');
    await container('other', 'docker2');
    const uri = await created('Docker/DockerPort', port(6000, { foundation: foundationOf('mine') }));
    const wrong = { complex: 'docker1', port: 6001, address_offset: 0 };
    expect(await faultsOf('POST', 'Docker/DockerPort', { ...wrong, foundation: 'other' })).toEqual([
      'foundation: the foundation "other" is not carried by the complex "docker1"',
    ]);
    expect(await faultsOf('POST', 'Docker/DockerPort', { ...wrong, foundation: 'mine' })).toEqual([
      expect.stringMatching(/^__all__: port 6000 \(\d+\) leads there$/),
    ]);
    const second = await created(
      'Docker/DockerPort',
      port(6001, { foundation: foundationOf('mine'), foundation_index: 1 }),
    );
    // Its foundation is deleted: it is free again.
    await client.delete(String((await client.get(`${FOUNDATION}:mine:`))['structure']));
    await client.delete(foundationOf('mine'));
    await until(async () => (await all()).every(({ foundation }) => foundation === null));
    for (const one of [uri, second]) await client.delete(one);
    expect(await all()).toEqual([]);
  });

  it('are chosen by scripts: each once, however many want some at a time; the structure is told', async () => {
    const containers = ['c1', 'c2', 'c3', 'c4', 'c5'];
    for (let n = 0; n < 2 * containers.length; n += 1) await created('Docker/DockerPort', port(5000 + n));
    const structures = new Map<string, string>();
    for (const locator of containers) structures.set(locator, await container(locator));
    await Promise.all(containers.map((locator) => job(locator, 'doCreate')));
    await until(async () => (await Promise.all(containers.map(stateOf))).every((state) => state === 'built'));
    const uses = (await all()).map(
      ({ foundation, foundation_index: index }) => `${String(foundation)} ${String(index)}`,
    );
    expect(uses.toSorted()).toEqual(containers.flatMap((one) => [`${foundationOf(one)} 0`, `${foundationOf(one)} 1`]));

    const [first] = containers;
    const its = (await all()).filter(({ foundation }) => foundation === foundationOf(first ?? ''));
    const [web, dns] = its.toSorted(
      (one, other) => Number(one['foundation_index']) - Number(other['foundation_index']),
    );
    const structure = structures.get(first ?? '') ?? '';
    expect((await client.get(structure))['config_values']).toEqual({
      docker_port_map: { 80: web?.['port'], '53/udp': dns?.['port'] },
      docker_check_port: web?.['port'],
    });
    // The address that is not primary is the first one.
    expect(await client.call(`${structure}(getConfig)`, {})).toMatchObject({
      _primary_address: { address: '10.1.0.11' },
    });

    // One more finds none free, until there are some.
    await container('late');
    const id = await job('late', 'doCreate');
    const late = () => client.get(`/api/v1/Foreman/FoundationJob:${String(id)}:`);
    await until(async () => (await late())['state'] === 'error');
    expect((await late())['message']).toContain('insufficient ports: complex "docker1" has 0 free, and 2 are needed');

    await Promise.all(containers.map((locator) => job(locator, 'doDestroy')));
    await until(async () => (await Promise.all(containers.map(stateOf))).every((state) => state !== 'built'));
    expect((await client.get(structure))['config_values']).toEqual({});
    await client.call(`/api/v1/Foreman/BaseJob:${String(id)}:(reset)`);
    await until(async () => (await stateOf('late')) === 'built');
    expect((await all()).filter(({ foundation }) => foundation !== null)).toHaveLength(2);
  });

  it('go with their complex', async () => {
    await created('Docker/DockerPort', port(7000, { complex: complexOf('docker2') }));
    await client.delete(String((await client.get(`${FOUNDATION}:other:`))['structure']));
    await client.delete(foundationOf('other'));
    await client.delete(complexOf('docker2'));
    await until(async () => (await all()).every(({ complex }) => complex !== complexOf('docker2')));
  });
});
