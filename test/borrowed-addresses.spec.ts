import { beforeAll, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { server, client, token, rest } = await startJourney({ CONTRACTOR_TRUSTED_PROXIES: '127.0.0.1' });
const SITE = '/api/v1/Site/Site:site1:';
const UTILITIES = '/api/v1/Utilities';

const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await client.create(model, values)).uri;
const idOf = (uri: string): number => Number(uri.split(':')[1]);

const value = async (path: string, body: object = {}): Promise<Record<string, unknown>> =>
  (await rest('POST', path, body)).body['value'] as Record<string, unknown>;

let block: string;
let network: string;
let dynamic: string;

/** A foundation whose create script is this, with an interface that it is installed over. */
async function foundation(locator: string, script: string): Promise<string> {
  const text = await created('/api/v1/BluePrint/Script', { name: locator, description: locator, script });
  const blueprint = await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: locator,
    description: locator,
    foundation_type_list: ['Manual'],
  });
  for (const slot of ['create', 'destroy']) {
    await created('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:${locator}:`,
      script: text,
      name: slot,
    });
  }
  await created('/api/v1/Manual/ManualFoundation', { locator, site: SITE, blueprint });
  await created(`${UTILITIES}/RealNetworkInterface`, {
    foundation: `/api/v1/Building/Foundation:${locator}:`,
    name: 'eth0',
    physical_location: 'eth0',
    network,
    is_provisioning: true,
  });
  return `/api/v1/Building/Foundation:${locator}:`;
}

const jobOf = async (uri: string, action = 'doCreate'): Promise<string> =>
  `/api/v1/Foreman/FoundationJob:${String(await client.call(`${uri}(${action})`))}:`;
const stateOf = async (job: string) => {
  const { state, message, can_start: canStart } = await client.get(job);
  return { state, message, can_start: canStart };
};
const becomes = async (job: string, state: string, message: unknown = expect.anything()) => {
  await until(async () => (await client.get(job))['state'] === state);
  expect(await stateOf(job)).toMatchObject({ state, message });
};
/** A job that may start by all else waits for an address, and says so. */
const waitsBecause = async (job: string, reason: string) => {
  const message = `Waiting for an address to borrow: ${reason}`;
  await until(async () => (await client.get(job))['message'] === message);
  expect(await stateOf(job)).toEqual({ state: 'waiting', message, can_start: 'False' });
};
const isLent = async (): Promise<unknown> =>
  (await value(`Utilities/AddressBlock/${idOf(block)}/holder`, { ip_address: '10.0.0.40' }))['lent'];

beforeAll(async () => {
  await created('/api/v1/Site/Site', { name: 'site1', description: 'a site', config_values: { db_password: 'hush' } });
  network = await created(`${UTILITIES}/Network`, { site: SITE, name: 'net1' });
  block = await created(`${UTILITIES}/AddressBlock`, { site: SITE, name: 'main', subnet: '10.0.0.0', prefix: 24 });
  await created(`${UTILITIES}/NetworkAddressBlock`, { network, address_block: block });
});

it('a job whose script asks for an address borrows one from the DHCP pool for as long as it lives', async () => {
  const one = await foundation('one', 'pause( msg=foundation.provisioning_ip )\n');
  const job = await jobOf(one);
  await waitsBecause(job, 'the address blocks of network "net1" have no DynamicAddress');
  dynamic = await created(`${UTILITIES}/DynamicAddress`, { address_block: block, offset: 40 });
  await becomes(job, 'paused', '10.0.0.40');
  const lent = { key: `job ${idOf(job)}`, reason: 'Foundation one', since: expect.any(String) };
  expect(await isLent()).toEqual(lent);
  const { runs } = (await value(`Utilities/AddressBlock/${idOf(block)}/map`)) as { runs: readonly object[] };
  expect(runs).toContainEqual(expect.objectContaining({ first: '10.0.0.40', use: 'DynamicAddress', lent }));
  await expect(client.delete(dynamic)).rejects.toMatchObject({ body: { message: expect.stringContaining('job') } });
  await expect(client.update(dynamic, { offset: 41 })).rejects.toThrow();
});

it('the machine is found by the address, without the secrets of its site', async () => {
  const response = await fetch(`${server.url}/config/config/`, { headers: { 'X-Forwarded-For': '10.0.0.40' } });
  expect(await response.json()).toMatchObject({ _foundation_locator: 'one', db_password: '********' });
});

it('another one waits until it is given back, whatever ends the job: cancelled, aborted or done', async () => {
  const two = await foundation('two', 'fatal_error( msg=foundation.provisioning_ip )\n');
  const three = await foundation('three', 'address = foundation.provisioning_ip\n');
  const [first, second] = [(await jobsNow())[0] ?? '', await jobOf(two)];
  await waitsBecause(second, 'all 1 dynamic addresses of network "net1" are lent');
  await client.call(`${first}(cancel)`);
  await becomes(second, 'aborted', expect.stringContaining('10.0.0.40'));
  expect(await isLent()).toBeUndefined();
  await client.call(`${three}(doCreate)`);
  await until(async () => (await client.get(three))['state'] === 'built');
  expect(await isLent()).toBeUndefined();
  // Its own end is no reason to keep one either.
  await client.call(`${three}(doDestroy)`);
  await until(async () => (await client.get(three))['state'] === 'planned');
  expect(await isLent()).toBeUndefined();
  await client.delete(dynamic);
});

it('of addresses of the pool, one is borrowed that no other machine has leased', async () => {
  const [lower, upper] = [
    await created(`${UTILITIES}/DynamicAddress`, { address_block: block, offset: 40 }),
    await created(`${UTILITIES}/DynamicAddress`, { address_block: block, offset: 41 }),
  ];
  const granted = [{ ip_address: '10.0.0.40', mac: '52:54:00:00:00:99', host_name: 'stranger' }];
  await client.call('/api/v1/SubContractor/DHCPLease(report)', { site: SITE, agent: 'edge1', granted, ended: [] });
  await until(async () => (await client.list('/api/v1/SubContractor/DHCPLease')).uris.length === 1);
  const six = await jobOf(await foundation('six', 'pause( msg=foundation.provisioning_ip )\n'));
  await becomes(six, 'paused', '10.0.0.41');
  const seven = await jobOf(await foundation('seven', 'pause( msg=foundation.provisioning_ip )\n'));
  await becomes(seven, 'paused', '10.0.0.40');
  for (const job of [six, seven]) await client.call(`${job}(cancel)`);
  for (const one of [lower, upper]) await client.delete(one);
});

it('a script chooses what the interface boots that its foundation is installed over', async () => {
  await created('/api/v1/BluePrint/PXE', { name: 'disk', boot_script: 'sanboot', template: '# none' });
  const script = "dhcp.set_pxe( pxe='disk', interface=foundation.provisioning_interface )\n";
  const four = await foundation('four', script);
  await client.call(`${four}(doCreate)`);
  await until(async () => (await client.get(four))['state'] === 'built');
  expect(await client.call(`${four}(getInterfaceList)`)).toMatchObject([
    { name: 'eth0', pxe: '/api/v1/BluePrint/PXE:disk:' },
  ]);
  const response = await fetch(`${server.url}/config/boot_script/f/four`, {
    headers: { 'Auth-Id': 'root', 'Auth-Token': token },
  });
  expect(await response.text()).toBe('#!ipxe\n\nsanboot');
});

const jobsNow = async (): Promise<readonly string[]> => (await client.list('/api/v1/Foreman/FoundationJob')).uris;
