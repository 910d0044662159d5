import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startVirtualbox, VBOX_LOGIN, type VboxMachine } from '../libs/platforms/test/virtualbox-stand-in.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const SITE = '/api/v1/Site/Site:lab:';
const COMPLEX = '/api/v1/VirtualBox/VirtualBoxComplex';
const MACHINE = '/api/v1/VirtualBox/VirtualBoxFoundation';
const FOUNDATION = '/api/v1/Building/Foundation';
const STRUCTURE = '/api/v1/Building/Structure';
const INTERFACE = '/api/v1/Utilities/RealNetworkInterface';
const JOB = '/api/v1/Foreman/FoundationJob';
const MASK = '********';

// Agents look for the web service at its usual port.
const vbox = await startVirtualbox(18_083);
afterAll(() => vbox.stop());
const { server, client, database, rest } = await startJourney();

type Values = Readonly<Record<string, unknown>>;
const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: Values) => expect(task).rejects.toMatchObject({ body });
const idOf = (uri: string): string => uri.split(':')[1] ?? '';

let network: string;
let host: string;
const credentials = { virtualbox_username: VBOX_LOGIN.username, virtualbox_password: VBOX_LOGIN.password };
const complexNamed = (name: string, values: Values = {}) =>
  created(COMPLEX, { name, site: SITE, description: 'x', built_percentage: 90, ...credentials, ...values });

/** A structure that is built, at 127.0.0.1. */
async function builtHost(): Promise<string> {
  await created('/api/v1/Manual/ManualFoundation', {
    locator: 'box',
    site: SITE,
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:',
  });
  const foundation = `${FOUNDATION}:box:`;
  await created(INTERFACE, { foundation, name: 'eth0', physical_location: 'eth0', network, is_provisioning: true });
  const structure = await created(STRUCTURE, {
    hostname: 'box',
    site: SITE,
    foundation,
    blueprint: '/api/v1/BluePrint/StructureBluePrint:manual-structure-base:',
  });
  const block = await created('/api/v1/Utilities/AddressBlock', {
    site: SITE,
    name: 'loop',
    subnet: '127.0.0.0',
    prefix: 24,
  });
  await created('/api/v1/Utilities/NetworkAddressBlock', { network, address_block: block });
  await created('/api/v1/Utilities/Address', {
    networked: `/api/v1/Utilities/Networked:${idOf(structure)}:`,
    address_block: block,
    interface_name: 'eth0',
    offset: 1,
    is_primary: true,
  });
  await rest('POST', 'Building/Foundation/box/force', { state: 'built' });
  await rest('POST', `Building/Structure/${idOf(structure)}/force`, { state: 'built' });
  return structure;
}

/** Has a job done, and waits for its end. */
async function done(action: 'doCreate' | 'doDestroy', state: string): Promise<void> {
  const id = await client.call<number>(`${FOUNDATION}:node01:(${action})`);
  await until(async () => {
    const found = await client.get(`${FOUNDATION}:node01:`);
    if (found['state'] === state) return true;
    const job = await client.get(`${JOB}:${id}:`).catch((): Values => ({ state: 'gone' }));
    if (job['state'] === 'error' || job['state'] === 'aborted') throw new Error(String(job['message']));
    return false;
  });
}

beforeAll(async () => {
  await created('/api/v1/Site/Site', {
    name: 'lab',
    description: 'x',
    config_values: { memory_size: 2048, cpu_count: '{{ 1 + 1 }}', disk_size: 20, virtualbox_guest_type: 'Linux26_64' },
  });
  for (const name of ['manual', 'virtualbox']) {
    expect(await rest('POST', 'Setup/Platform/enable', { name, dry_run: false })).toMatchObject({ status: 200 });
  }
  network = await created('/api/v1/Utilities/Network', { site: SITE, name: 'lan' });
  host = await builtHost();
});

it('a complex of VirtualBox keeps its password, has one member, and is reached by that', async () => {
  const complex = await complexNamed('vbox', { members: [host] });
  expect(await client.get(complex)).toMatchObject({ ...credentials, virtualbox_password: MASK, state: 'built' });
  await client.update(complex, { virtualbox_password: MASK, description: 'the same' });
  const second = await created(STRUCTURE, {
    hostname: 'second',
    site: SITE,
    foundation: await created('/api/v1/Manual/ManualFoundation', {
      locator: 'second',
      site: SITE,
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:',
    }).then(() => `${FOUNDATION}:second:`),
    blueprint: '/api/v1/BluePrint/StructureBluePrint:manual-structure-base:',
  });
  const most = 'complex "vbox" is of the type "VirtualBox", and has one member at most';
  await refused(client.create('/api/v1/Building/ComplexStructure', { complex, structure: second }), {
    structure: [most],
  });
  await refused(client.update(complex, { members: [host, second] }), { members: [most] });
  await refused(complexNamed('vault', { virtualbox_password: MASK }), {
    virtualbox_password: ['is a mask, and there is no value it stands for'],
  });
  const vault = await complexNamed('vault', { virtualbox_username: '/v1/box', virtualbox_password: '_VAULT_' });
  expect(await client.get(vault)).toMatchObject({ virtualbox_password: '_VAULT_' });
  const { rows } = await database.pool.query<{ data: string }>('SELECT e::text AS data FROM log.events e');
  expect(rows.some(({ data }) => data.includes('VirtualBoxComplex') || data.includes('virtualbox_password'))).toBe(
    true,
  );
  expect(rows.filter(({ data }) => data.includes(VBOX_LOGIN.password))).toEqual([]);
});

it('a machine is made by its job, with the MACs it has, stays with its complex, and is destroyed', async () => {
  const made = await client.call(`/api/v1/Building/Complex:vbox:(createFoundation)`, {
    hostname: 'node01',
    site: SITE,
    interface_map_list: [{ network_id: Number(idOf(network)) }],
  });
  expect(made).toBe(`${FOUNDATION}:node01:`);
  await until(async () => (await client.get(`${FOUNDATION}:node01:`))['state'] === 'located');
  await created(STRUCTURE, {
    hostname: 'web1',
    site: SITE,
    foundation: `${FOUNDATION}:node01:`,
    blueprint: '/api/v1/BluePrint/StructureBluePrint:manual-structure-base:',
  });
  await done('doCreate', 'built');

  const [machine] = vbox.machines.values();
  expect(machine).toMatchObject({
    name: 'node01',
    values: { CPUCount: '2', MemorySize: '2048', OSTypeId: 'Linux26_64' },
  });
  expect([...vbox.disks.values()]).toEqual([20 * 2 ** 30]);
  const uuid = machine?.uuid;
  expect(await client.get(`${MACHINE}:node01:`)).toMatchObject({ virtualbox_uuid: uuid });
  const [nic] = (
    await client.list(INTERFACE, { filter: 'foundation', parameters: { foundation: `${FOUNDATION}:node01:` } })
  ).uris;
  const mac = machine?.adapters[0]?.['MACAddress']?.toLowerCase() ?? '';
  expect((await client.get(nic ?? ''))['mac']).toBe(mac.match(/../g)?.join(':'));
  expect(await client.call(`${FOUNDATION}:node01:(getConfig)`)).toMatchObject({
    _virtualbox_uuid: uuid,
    _virtualbox_complex: 'vbox',
  });
  await refused(client.update(`${MACHINE}:node01:`, { virtualbox_complex: `${COMPLEX}:vault:` }), {
    virtualbox_complex: [
      `can not be changed while the machine is there (virtualbox_uuid is "${uuid}"): destroy it first`,
    ],
  });
  // As every field that only the server sets, it is passed over.
  expect(await client.update(`${MACHINE}:node01:`, { virtualbox_uuid: 'x' })).toMatchObject({ virtualbox_uuid: uuid });

  // Planned for a moment: its complex is built, with which it is located.
  await done('doDestroy', 'located');
  expect([vbox.machines.size, vbox.disks.size, vbox.sessions.size]).toEqual([0, 0, 0]);
  expect(await client.get(`${MACHINE}:node01:`)).toMatchObject({ virtualbox_uuid: null });
  expect((await client.get(nic ?? ''))['mac']).toBeNull();
  expect(server.lines.join('\n')).not.toContain(VBOX_LOGIN.password);
});

it('a machine that somebody has removed by hand is destroyed by its job, and made again', async () => {
  await done('doCreate', 'built');
  vbox.machines.clear();
  await done('doDestroy', 'located');
  expect(await client.get(`${MACHINE}:node01:`)).toMatchObject({ virtualbox_uuid: null });
  vbox.disks.clear();
  await done('doCreate', 'built');
  expect(vbox.machines.size).toBe(1);
  await done('doDestroy', 'located');
  expect(vbox.machines.size).toBe(0);
});

it('a machine is in the site of its complex', async () => {
  await created('/api/v1/Site/Site', { name: 'other', description: 'x' });
  const values = {
    locator: 'far',
    site: '/api/v1/Site/Site:other:',
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:virtualbox-vm-base:',
    virtualbox_complex: `${COMPLEX}:vbox:`,
  };
  await refused(client.create(MACHINE, values), {
    site: ['must be "lab", the site of complex "vbox", and is "other"'],
  });
});

/** Has the host of the complex looked at, and gives what was found. */
async function looked(): Promise<Values> {
  const machines = async () => (await rest('POST', 'Building/Complex/vbox/machines', {})).body['value'] as Values;
  const { looked_at: before } = await machines();
  expect(await rest('POST', 'Building/Complex/vbox/look', {})).toMatchObject({ status: 204 });
  await until(async () => (await machines())['looked_at'] !== before);
  return machines();
}

it('a machine that was there is adopted, and what is done to it by hand is told once', async () => {
  const { body: none } = await rest('POST', 'Building/Complex/vbox/adopt', { machine: 'x' });
  expect(JSON.stringify(none)).toContain('nobody has looked yet what machines complex');
  const machine: VboxMachine = {
    uuid: '3c8f1f0e-8a53-4c3a-9a2f-6d5f0f1c2b3a',
    name: 'old01',
    state: 'Running',
    ending: 0,
    lockedBy: undefined,
    values: { Description: '' },
    unsaved: {},
    adapters: ['0800270000A0', '0800270000A1', ''].map((mac) => ({ Enabled: String(mac !== ''), MACAddress: mac })),
    boot: [],
    attached: [],
  };
  const macs = ['08:00:27:00:00:a0', '08:00:27:00:00:a1'];
  vbox.machines.set(machine.uuid, machine);
  const unknown = { id: machine.uuid, name: 'old01', power: 'on', task: null };
  expect(await looked()).toMatchObject({ fault: null, machine_count: 1, unknown_list: [{ ...unknown, macs: null }] });
  const before = vbox.calls.filter((call) => call === 'IVirtualBox_getMachines').length;
  expect(await looked()).toMatchObject({ unknown_count: 1, unknown_list: [{ ...unknown, macs }] });
  expect(vbox.calls.filter((call) => call === 'IVirtualBox_getMachines').length).toBe(before + 1);

  const adopt = (values: Values) =>
    rest('POST', 'Building/Complex/vbox/adopt', { machine: machine.uuid, network: Number(idOf(network)), ...values });
  const events = async (type: string) =>
    (await database.pool.query('SELECT 1 FROM log.events WHERE type = $1', [type])).rowCount;
  const nic = await created(INTERFACE, {
    foundation: `${FOUNDATION}:box:`,
    name: 'e1',
    physical_location: 'e1',
    network,
  });
  await client.update(nic, { mac: macs[1] });
  const refusal = await adopt({ site: 'other' });
  expect(refusal.status).toBe(409);
  expect(JSON.stringify(refusal.body)).toContain(
    `MAC ${macs[1]} is that of interface \\"e1\\" of foundation \\"box\\" already`,
  );
  expect(JSON.stringify(refusal.body)).toContain('must be \\"lab\\", the site of complex \\"vbox\\"');
  await client.delete(nic);

  const interfaces = macs.map((mac, n) => ({ name: `eth${n}`, mac }));
  const becomes = { locator: 'old01', type: 'VirtualBox', complex: 'vbox', machine: machine.uuid, interfaces };
  expect((await adopt({ dry_run: true })).body['value']).toMatchObject(becomes);
  expect(await rest('GET', 'Building/Foundation/old01')).toMatchObject({ status: 404 });
  expect((await adopt({})).body['value']).toMatchObject(becomes);
  const { rows } = await database.pool.query<{ request: string }>(
    `SELECT meta::json->>'request' AS request FROM log.events WHERE type = 'FoundationAdopted'`,
  );
  expect(await rest('POST', 'Records/Request/undo', { id: rows[0]?.request })).toMatchObject({ status: 200 });
  expect(await rest('GET', 'Building/Foundation/old01')).toMatchObject({ status: 404 });
  expect(vbox.machines.size).toBe(1);
  // Of many who adopt it at the same time, under names of their own, one does.
  const many = await Promise.all(Array.from({ length: 8 }, (_, n) => adopt({ locator: `many0${n}` })));
  const done = many.filter(({ status }) => status === 200);
  expect(many.filter(({ status }) => status === 409)).toHaveLength(7);
  expect(done).toHaveLength(1);
  expect(JSON.stringify(many)).toContain(`machine \\"${machine.uuid}\\" is that of foundation`);
  const { locator } = done[0]!.body['value'] as { readonly locator: string };
  expect((await client.list(MACHINE)).uris.filter((uri) => uri.includes('many'))).toEqual([`${MACHINE}:${locator}:`]);
  const { rows: adoptions } = await database.pool.query<{ request: string }>(
    `SELECT meta::json->>'request' AS request FROM log.events WHERE type = 'FoundationAdopted' ORDER BY position DESC`,
  );
  const last = { id: adoptions[0]?.request };
  expect(await rest('POST', 'Records/Request/undo', last)).toMatchObject({ status: 200 });
  expect((await adopt({})).body['value']).toMatchObject(becomes);
  expect(await client.get(`${MACHINE}:old01:`)).toMatchObject({ state: 'built', virtualbox_uuid: machine.uuid });
  expect((await adopt({ locator: 'twice' })).status).toBe(409);
  expect(await looked()).toMatchObject({ machine_count: 1, unknown_count: 0, unknown_list: [] });

  const drift = async () => (await rest('GET', 'Building/Foundation/old01')).body['machine_drift'];
  expect(await drift()).toEqual([]);
  machine.state = 'PoweredOff';
  await looked();
  await looked();
  expect(await drift()).toEqual([{ part: 'power', was: 'on', is: 'off' }]);
  expect(await events('FoundationMachineDrifted')).toBe(1);
  expect((await rest('GET', 'Building/Foundation?filter=astray&site=lab')).body).toMatchObject({ total: 1 });
  expect(await rest('POST', 'Building/Foundation/old01/acceptMachine', {})).toMatchObject({ status: 204 });
  await looked();
  expect(await drift()).toEqual([]);

  vbox.machines.delete(machine.uuid);
  await looked();
  expect(await drift()).toEqual([{ part: 'machine', was: machine.uuid, is: null }]);
  expect(JSON.stringify(await rest('POST', 'Building/Foundation/old01/acceptMachine', {}))).toContain(
    'its machine is gone',
  );
  vbox.machines.set(machine.uuid, machine);
  await looked();
  expect([await drift(), await events('FoundationMachineReturned')]).toEqual([[], 1]);
});
