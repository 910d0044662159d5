import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site';
const NETWORK = '/api/v1/Utilities/Network';
const REAL = '/api/v1/Utilities/RealNetworkInterface';
const ABSTRACT = '/api/v1/Utilities/AbstractNetworkInterface';
const AGGREGATED = '/api/v1/Utilities/AggregatedNetworkInterface';
const STRUCTURE = '/api/v1/Building/Structure';
const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);

const { client, rest } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: unknown) => expect(task).rejects.toMatchObject({ body });
const idOf = (uri: string): number => Number(uri.split(':')[1]);
/** As whatever refers to interfaces of any kind calls one. */
const anyOf = (uri: string): string => `/api/v1/Utilities/NetworkInterface:${idOf(uri)}:`;

let site = '';
let network = '';
let other = '';
const base = {
  foundation: '/api/v1/BluePrint/FoundationBluePrint:metal:',
  structure: '/api/v1/BluePrint/StructureBluePrint:plain:',
};

beforeAll(async () => {
  site = await created(SITE, { name: 'site1', description: 'a site' });
  network = await created(NETWORK, { site, name: 'main' });
  other = await created(NETWORK, { site, name: 'other' });
  await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'metal',
    description: 'a thing',
    foundation_type_list: ['Test'],
  });
  await created('/api/v1/BluePrint/StructureBluePrint', {
    name: 'plain',
    description: 'a thing',
    foundation_blueprint_list: [base.foundation],
  });
});

let count = 0;
async function newFoundation(): Promise<string> {
  count += 1;
  const values = { locator: `host${count}`, site, blueprint: base.foundation };
  return (await created('/api/v1/Test/TestFoundation', values)).replace('Test/TestFoundation', 'Building/Foundation');
}
const newReal = (foundation: string, name: string, values: Values = {}) =>
  created(REAL, { foundation, name, physical_location: name, network, ...values });

/** A structure on a foundation with two real interfaces. */
async function newHost() {
  const foundation = await newFoundation();
  const [eth0, eth1] = [await newReal(foundation, 'eth0'), await newReal(foundation, 'eth1')];
  const values = { site, hostname: `host${count}`, blueprint: base.structure, foundation };
  return { foundation, eth0, eth1, structure: await created(STRUCTURE, values) };
}
const newBond = ({ structure, eth0, eth1 }: Awaited<ReturnType<typeof newHost>>, values: Values = {}) =>
  created(AGGREGATED, {
    structure,
    name: 'bond0',
    network,
    primary_interface: anyOf(eth0),
    secondary_interfaces: [anyOf(eth1)],
    ...values,
  });

describe('an abstract interface', () => {
  it('belongs to a structure', async () => {
    const { structure } = await newHost();
    const { uri, object } = await client.create(ABSTRACT, { structure, name: 'lo1', network });
    expect(object).toEqual({
      name: 'lo1',
      network,
      updated: MOMENT,
      created: MOMENT,
      structure,
      id: idOf(uri),
      type: 'Abstract',
    });
    await client.update(uri, { name: 'br0', network: other });
    expect(await client.get(uri)).toMatchObject({ name: 'br0', network: other });
    const listed = await client.list(ABSTRACT, { filter: 'structure', parameters: { structure } });
    expect(listed.uris).toEqual([uri]);
    await client.delete(uri);
    await expect(client.get(uri)).rejects.toThrow();
  });

  it.each([
    [{ name: 'a b' }, { name: ['invalid'] }],
    [{ network: `${NETWORK}:999999:` }, { network: 'Invalid Value "there is no network 999999"' }],
    [{ structure: `${STRUCTURE}:999999:` }, { structure: 'Invalid Value "there is no structure 999999"' }],
    [{ structure: null }, { structure: ['This field cannot be null.'] }],
  ])('is refused with %j', async (values, body) => {
    const { structure } = await newHost();
    await refused(client.create(ABSTRACT, { structure, name: 'lo1', network, ...values }), body);
  });

  it('has a name of its own in its structure, among aggregated ones too', async () => {
    const host = await newHost();
    const { structure } = host;
    await created(ABSTRACT, { structure, name: 'lo1', network });
    const body = { structure: ['interface name "lo1" allready in use for structure'] };
    await refused(client.create(ABSTRACT, { structure, name: 'lo1', network }), body);
    await refused(newBond(host, { name: 'lo1' }), body);
    const bond = await newBond(host);
    await refused(client.update(bond, { name: 'lo1' }), body);
    // It may be called as one of the foundation, and elsewhere as here.
    await created(ABSTRACT, { structure, name: 'eth0', network });
    await created(ABSTRACT, { structure: (await newHost()).structure, name: 'lo1', network });
  });

  it('goes with its structure, and keeps its network', async () => {
    const { structure } = await newHost();
    const own = await created(NETWORK, { site, name: 'own' });
    const uri = await created(ABSTRACT, { structure, name: 'lo1', network: own });
    await refused(client.delete(own), {
      message: expect.stringContaining(`AbstractNetworkInterface ${idOf(uri)}`),
    });
    await client.delete(structure);
    await expect(client.get(uri)).rejects.toThrow();
    await client.delete(own);
  });
});

describe('an aggregated interface', () => {
  it('is made of others', async () => {
    const host = await newHost();
    const { structure, eth0, eth1 } = host;
    const { uri, object } = await client.create(AGGREGATED, {
      structure,
      name: 'bond0',
      network,
      primary_interface: anyOf(eth0),
      secondary_interfaces: [anyOf(eth1), anyOf(eth1)],
      paramaters: { mode: '802.3ad', miimon: 100.0 },
    });
    expect(object).toEqual({
      name: 'bond0',
      network,
      updated: MOMENT,
      created: MOMENT,
      structure,
      primary_interface: anyOf(eth0),
      paramaters: { mode: '802.3ad', miimon: 100 },
      secondary_interfaces: [anyOf(eth1)],
      networkinterface_ptr: anyOf(uri),
      type: 'Aggregated',
    });
    await client.update(uri, {
      primary_interface: anyOf(eth1),
      secondary_interfaces: [anyOf(eth0)],
      paramaters: null,
    });
    expect(await client.get(uri)).toMatchObject({
      primary_interface: anyOf(eth1),
      secondary_interfaces: [anyOf(eth0)],
      paramaters: {},
    });
    const filtered = { filter: 'structure', parameters: { structure } };
    expect((await client.list(AGGREGATED, filtered)).uris).toEqual([uri]);
    // Abstract ones are listed with those that are made of others.
    const lo1 = await created(ABSTRACT, { structure, name: 'lo1', network });
    const all = (await client.list(ABSTRACT, filtered)).uris.map(idOf);
    expect(all).toEqual([idOf(uri), idOf(lo1)]);
    expect((await client.list(AGGREGATED, filtered)).uris).toEqual([uri]);
  });

  it('says its id, as it was too', async () => {
    const host = await newHost();
    const id = idOf(await newBond(host));
    const get = (query = '') => rest('GET', `Utilities/AggregatedNetworkInterface/${id}${query}`);
    const before = await get();
    expect(before.body).toMatchObject({ id, networkinterface_ptr: id, primary_interface: idOf(host.eth0) });
    await client.update(`${AGGREGATED}:${id}:`, { name: 'bond1' });
    expect((await get()).body).toMatchObject({ name: 'bond1' });
    expect((await get(`?at=${before.position}`)).body).toEqual(before.body);
  });

  it('is made of interfaces of its structure or of the foundation of it, in one network', async () => {
    const [host, foreign] = [await newHost(), await newHost()];
    const { structure, foundation, eth0, eth1 } = host;
    const owner = ['must belong to the same foundation/structure as this interface'];
    await refused(newBond(host, { primary_interface: anyOf(foreign.eth0) }), { primary_interface: owner });
    await refused(newBond(host, { secondary_interfaces: [anyOf(eth1), anyOf(foreign.eth1)] }), {
      secondary_interfaces: owner,
    });
    const nowhere = '/api/v1/Utilities/NetworkInterface:999999:';
    await refused(newBond(host, { primary_interface: nowhere }), { primary_interface: owner });
    await refused(newBond(host, { secondary_interfaces: [anyOf(eth0)] }), {
      primary_interface: ['primary can not be one of the secondaries'],
    });
    const eth2 = await newReal(foundation, 'eth2', { network: other });
    const elsewhere = { secondary_interfaces: ['must belong to the same network as the primary_interface'] };
    await refused(newBond(host, { secondary_interfaces: [anyOf(eth1), anyOf(eth2)] }), elsewhere);
    const lo1 = await created(ABSTRACT, { structure, name: 'lo1', network });
    const bond = await newBond(host, { secondary_interfaces: [anyOf(eth1), anyOf(lo1)] });
    await refused(client.update(bond, { secondary_interfaces: [anyOf(eth2)] }), elsewhere);
    await refused(client.update(bond, { primary_interface: null }), {
      primary_interface: ['This field cannot be null.'],
    });
    await client.update(bond, { primary_interface: anyOf(eth2), secondary_interfaces: [], network: other });
  });

  it('is not made of itself', async () => {
    const host = await newHost();
    const bond = await newBond(host);
    const team = await newBond(host, { name: 'team0', primary_interface: anyOf(bond), secondary_interfaces: [] });
    const body = { primary_interface: ['the interface would be made of itself'] };
    await refused(client.update(bond, { primary_interface: anyOf(team) }), body);
    await refused(client.update(bond, { secondary_interfaces: [anyOf(team)] }), body);
    await refused(client.update(team, { primary_interface: anyOf(team) }), body);
  });

  it('goes with its primary, and is without a secondary that is gone', async () => {
    const host = await newHost();
    const { eth0, eth1 } = host;
    const bond = await newBond(host);
    const team = await newBond(host, { name: 'team0', primary_interface: anyOf(bond), secondary_interfaces: [] });
    await client.delete(eth1);
    expect(await client.get(bond)).toMatchObject({ primary_interface: anyOf(eth0), secondary_interfaces: [] });
    await client.delete(eth0);
    await expect(client.get(bond)).rejects.toThrow();
    await expect(client.get(team)).rejects.toThrow();
    // Its name is free again.
    await created(ABSTRACT, { structure: host.structure, name: 'bond0', network });
  });

  it('goes once where it is made of one interface in two ways', async () => {
    const host = await newHost();
    const { eth0, structure } = host;
    const bond = await newBond(host, { secondary_interfaces: [] });
    const both = { name: 'team0', primary_interface: anyOf(bond), secondary_interfaces: [anyOf(eth0)] };
    const team = await newBond(host, both);
    await client.delete(eth0);
    await expect(client.get(team)).rejects.toThrow();
    expect((await client.list(ABSTRACT, { filter: 'structure', parameters: { structure } })).uris).toEqual([]);
    await created(ABSTRACT, { structure, name: 'team0', network });
  });

  it('holds what it is made of with its owner and in its network', async () => {
    const [host, foreign] = [await newHost(), await newHost()];
    const { structure, eth0, eth1 } = host;
    const bond = await newBond(host);
    const part = `it is part of AggregatedNetworkInterface ${idOf(bond)} (bond0)`;
    await refused(client.update(eth1, { foundation: foreign.foundation, name: 'x', physical_location: 'x' }), {
      foundation: [part],
    });
    const apart = { network: [`${part}, whose other interfaces are in another network`] };
    await refused(client.update(eth1, { network: other }), apart);
    await refused(client.update(eth0, { network: other }), apart);
    const free = await newFoundation();
    await refused(client.update(structure, { foundation: free }), {
      foundation: [`AggregatedNetworkInterface ${idOf(bond)} (bond0) is made of interfaces of the foundation it is on`],
    });
    const lo1 = await created(ABSTRACT, { structure, name: 'lo1', network });
    await client.update(bond, { primary_interface: anyOf(lo1), secondary_interfaces: [] });
    await client.update(structure, { foundation: free });
    await client.update(eth1, { network: other });
    await refused(client.update(lo1, { structure: foreign.structure }), { structure: [part] });
    await client.update(lo1, { network: other });
    await client.delete(bond);
    await client.update(lo1, { structure: foreign.structure });
    expect(await client.get(lo1)).toMatchObject({ structure: foreign.structure });
  });

  it('is changed and deleted as an abstract one too', async () => {
    const host = await newHost();
    const bond = await newBond(host);
    const abstract = `${ABSTRACT}:${idOf(bond)}:`;
    await client.update(abstract, { name: 'bond9' });
    expect(await client.get(bond)).toMatchObject({ name: 'bond9', primary_interface: anyOf(host.eth0) });
    await client.delete(abstract);
    await expect(client.get(bond)).rejects.toThrow();
  });
});

describe('the interfaces of a foundation that a complex carries', () => {
  const COMPLEX = '/api/v1/Building/Complex:carrier:';
  let made = 0;
  const make = async (...maps: readonly Values[]) => {
    made += 1;
    const values = { hostname: `vm${made}`, site, interface_map_list: maps };
    return client.call(`${COMPLEX}(createFoundation)`, values) as Promise<string>;
  };
  const listOf = (foundation: string) => client.call(`${foundation}(getInterfaceList)`) as Promise<Values[]>;
  const main = () => idOf(network);

  beforeAll(async () => {
    await created('/api/v1/BluePrint/FoundationBluePrint', {
      name: 'test-foundation-base',
      description: 'a thing',
      foundation_type_list: ['TestComplex'],
      physical_interface_names: ['eth0', 'ens9'],
    });
    await created('/api/v1/Test/TestComplex', { name: 'carrier', site, description: 'a thing', members: [] });
  });

  it('are made with it, in their order', async () => {
    const foundation = await make(
      { network_id: main() },
      { network_id: String(main()), mac: '0011.2233.4455', link_name: 'sw-0-1-0' },
      { network_id: main(), name: 'lan' },
      { physical_location: 'slot0', name: 'wan' },
    );
    expect(foundation).toBe('/api/v1/Building/Foundation:vm1:');
    const one = { is_provisioning: false, mac: null, pxe: null, network };
    expect(await listOf(foundation)).toEqual([
      { ...one, name: 'ens9', physical_location: 'ens9', mac: '00:11:22:33:44:55' },
      { ...one, name: 'eth0', physical_location: 'eth0', is_provisioning: true },
      { ...one, name: 'lan', physical_location: 'eth2' },
      { ...one, name: 'wan', physical_location: 'slot0', network: `${NETWORK}:1:` },
    ]);
  });

  it('are as they say', async () => {
    const foundation = await make(
      { network_id: main(), is_provisioning: false },
      { network_id: main(), is_provisioning: true, mac: null, link_name: '' },
    );
    const list = await listOf(foundation);
    expect(list.map((one) => [one['name'], one['is_provisioning']])).toEqual([
      ['ens9', true],
      ['eth0', false],
    ]);
    expect(await listOf(await make())).toEqual([]);
  });

  it.each([
    [[{ network_id: 999999 }], 'interface 0: network_id: Network "999999" not found'],
    [[{ network_id: {} }], 'interface 0: network_id: Network "{}" not found'],
    [[{}, { mac: 'zz' }], 'interface 1: mac: "zz" is invalid'],
    [[{ mac: 5 }], 'interface 0: mac: must be text'],
    [[{ name: 'a b' }], 'interface 0: name: invalid'],
    [[{ name: 'x'.repeat(21) }], 'interface 0: name: must be at most 20 characters long'],
    [[{ physical_location: 'a b', name: 'a' }], 'interface 0: physical_location: invalid'],
    [[{ link_name: 'x'.repeat(101) }], 'interface 0: link_name: must be at most 100 characters long'],
    [[{ is_provisioning: 'yes' }], 'interface 0: is_provisioning: must be true or false'],
    [
      [{}, { is_provisioning: true }],
      'interface 1: is_provisioning: This foundation allready has a provisioning interface',
    ],
    [[{}, { name: 'eth0' }], 'interface 1: Real network interface with this Foundation and Name already exists.'],
    [Array.from({ length: 251 }, () => ({})), 'a foundation has at most 250 interfaces'],
  ])('are made all or none, and the foundation with them: not %#', async (maps, text) => {
    await refused(make(...maps), { interface_map_list: [text] });
    await expect(client.get(`/api/v1/Building/Foundation:vm${made}:`)).rejects.toThrow();
  });

  it('are not more than the append of one foundation holds', async () => {
    const maps = Array.from({ length: 250 }, (_, n) => ({ name: `if${n}` }));
    expect(await listOf(await make(...maps))).toHaveLength(250);
  });
});

describe('what a machine says of its interfaces', () => {
  it('is their MACs, by physical location', async () => {
    const foundation = await newFoundation();
    const uris = [await newReal(foundation, 'eth0'), await newReal(foundation, 'eth1', { physical_location: 'slot1' })];
    const macs = () => Promise.all(uris.map(async (uri) => (await client.get<Values>(uri))['mac']));
    const say = (network_: unknown) => client.call(`${foundation}(setIdMap)`, { id_map: { network: network_ } });
    await say({ eth0: { mac: '94-C6-91-10-F1-DC' }, slot1: { lldp: {} }, eth1: { mac: '00:00:00:00:00:01' } });
    expect(await macs()).toEqual(['94:c6:91:10:f1:dc', null]);
    await say({ slot1: { mac: '94C69110F1DD' }, eth0: { mac: '' } });
    expect(await macs()).toEqual(['94:c6:91:10:f1:dc', '94:c6:91:10:f1:dd']);
    await say('none');
    await say({ eth0: 'none' });
    await refused(say({ eth0: { mac: '94:c6' } }), { id_map: ['network.eth0.mac: "94:c6" is invalid'] });
    expect(await client.get(foundation)).toMatchObject({ id_map: "{'network': {'eth0': 'none'}}" });
    expect(await macs()).toEqual(['94:c6:91:10:f1:dc', '94:c6:91:10:f1:dd']);
  });

  it('is forgotten when it is destroyed, and so is what it boots', async () => {
    const foundation = await newFoundation();
    const pxe = await created('/api/v1/BluePrint/PXE', { name: 'normal-boot', boot_script: 'x', template: 'x' });
    const uri = await newReal(foundation, 'eth0', { mac: '00:00:00:00:00:01', pxe });
    const force = (state: string) => rest('POST', `Building/Foundation/host${count}/force`, { state });
    expect((await force('built')).status).toBe(204);
    expect(await client.get(uri)).toMatchObject({ mac: '00:00:00:00:00:01', pxe });
    expect((await force('planned')).status).toBe(204);
    expect(await client.get(uri)).toMatchObject({ mac: null, pxe: null });
  });
});
