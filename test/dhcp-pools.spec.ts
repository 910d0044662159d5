import { beforeAll, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { server, client, token } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });
const auth = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };

const SITE = '/api/v1/Site/Site:site1:';
const UTILITIES = '/api/v1/Utilities';
const DHCPD = '/api/v1/SubContractor/DHCPd';

const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await client.create(model, values)).uri;
const idOf = (uri: string): number => Number(uri.split(':')[1]);
const block = (name: string, subnet: string, prefix: number, site = SITE, more: object = {}) =>
  created(`${UTILITIES}/AddressBlock`, { site, name, subnet, prefix, ...more });

let main: string;
let bare: string;
let uuid: string;

/** A structure on a foundation with the interfaces `eth0` and, without a MAC, `eth1`; its number is in its names. */
async function host(n: number, network: string): Promise<string> {
  const foundation = `/api/v1/Building/Foundation:host${n}:`;
  await created('/api/v1/Manual/ManualFoundation', {
    locator: `host${n}`,
    site: SITE,
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:base:',
  });
  const attached = { foundation, network, physical_location: 'pci' };
  await created(`${UTILITIES}/RealNetworkInterface`, {
    ...attached,
    name: 'eth0',
    physical_location: 'pci0',
    mac: `52:54:00:00:00:0${n}`,
    is_provisioning: true,
  });
  await created(`${UTILITIES}/RealNetworkInterface`, {
    ...attached,
    name: 'eth1',
    physical_location: 'pci1',
    is_provisioning: false,
  });
  return created('/api/v1/Building/Structure', {
    hostname: `web${n}`,
    site: SITE,
    blueprint: '/api/v1/BluePrint/StructureBluePrint:web:',
    foundation,
  });
}
const address = (of: string, place: string, offset: number, more: object = {}) =>
  created(`${UTILITIES}/Address`, {
    networked: `${UTILITIES}/Networked:${idOf(of)}:`,
    address_block: place,
    offset,
    interface_name: 'eth0',
    is_primary: false,
    ...more,
  });

beforeAll(async () => {
  for (const [name, values] of [
    ['site1', { dns_servers: ['10.0.0.2', '10.0.0.3'], domain_name: 'site.test' }],
    ['site2', {}],
  ] as const) {
    await created('/api/v1/Site/Site', { name, description: 'a site', config_values: values });
  }
  await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'x',
    foundation_type_list: ['Manual'],
  });
  await created('/api/v1/BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: ['/api/v1/BluePrint/FoundationBluePrint:base:'],
  });
  main = await block('main', '10.0.0.0', 24, SITE, { gateway_offset: 1 });
  bare = await block('bare', '10.1.0.0', 24);
  const six = await block('six', '2001:db8::', 64);
  const unused = await block('unused', '10.2.0.0', 24);
  const other = await block('other', '10.3.0.0', 28, '/api/v1/Site/Site:site2:');
  const network = await created(`${UTILITIES}/Network`, { site: SITE, name: 'net1', mtu: 1500 });
  for (const [address_block, vlan] of [
    [main, 30],
    [bare, null],
    [six, null],
  ] as const) {
    await created(`${UTILITIES}/NetworkAddressBlock`, { network, address_block, vlan });
  }
  const [web1, web2, web3] = [await host(1, network), await host(2, network), await host(3, network)];
  uuid = String((await client.get(web1))['config_uuid']);
  await address(web1, main, 13, { alias_index: 1 });
  await address(web1, main, 11, { is_primary: true });
  await address(web1, main, 12, { alias_index: 2 });
  await address(web2, bare, 20, { is_primary: true });
  await address(web2, six, 20, { alias_index: 1 });
  // An interface without a MAC, one that is not there, and a block that its network does not use.
  await address(web3, main, 30, { interface_name: 'eth1', is_primary: true });
  await address(web3, main, 31, { interface_name: 'eth7' });
  await address(web3, unused, 32);
  for (const offset of [41, 9, 100]) {
    await created(`${UTILITIES}/DynamicAddress`, { address_block: main, offset });
  }
  await created(`${UTILITIES}/DynamicAddress`, { address_block: six, offset: 5 });
  await created(`${UTILITIES}/DynamicAddress`, { address_block: other, offset: 5 });
  await created(`${UTILITIES}/ReservedAddress`, { address_block: bare, offset: 5, reason: 'a printer' });
});

const lease = (more: object) => ({
  netmask: '255.255.255.0',
  mtu: 1500,
  console: 'console',
  dns_server: '10.0.0.2',
  domain_name: 'site.test',
  ...more,
});

it('are one for each IPv4 block with dynamic addresses', async () => {
  expect(await client.call(`${DHCPD}(getDynamicPools)`, { site: SITE })).toEqual([
    {
      gateway: '10.0.0.1',
      name: idOf(main),
      netmask: '255.255.255.0',
      dns_server: '10.0.0.2',
      domain_name: 'site.test',
      address_list: ['10.0.0.9', '10.0.0.41', '10.0.0.100'],
    },
  ]);
  expect(await client.call(`${DHCPD}(getDynamicPools)`, { site: '/api/v1/Site/Site:site2:' })).toEqual([
    {
      gateway: null,
      name: expect.any(Number),
      netmask: '255.255.255.240',
      dns_server: '1.1.1.1',
      domain_name: '',
      address_list: ['10.3.0.5'],
    },
  ]);
});

it('have the machines of structures by MAC, each with the address that is no alias', async () => {
  const leases = await client.call<Record<string, object>>(`${DHCPD}(getStaticPools)`, { site: SITE });
  expect(leases).toEqual({
    '52:54:00:00:00:01': lease({
      ip_address: '10.0.0.11',
      gateway: '10.0.0.1',
      host_name: 'web1',
      config_uuid: uuid,
      vlan: 30,
    }),
    '52:54:00:00:00:02': lease({
      ip_address: '10.1.0.20',
      gateway: null,
      host_name: 'web2',
      config_uuid: expect.any(String),
      vlan: null,
    }),
  });
});

it('are told as of the past over REST', async () => {
  const ask = async (query: string): Promise<readonly string[]> => {
    const response = await fetch(`${server.url}/api/rest/SubContractor/DHCPd/getDynamicPools${query}`, {
      method: 'POST',
      headers: auth,
      body: JSON.stringify({ site: 'site1' }),
    });
    const { value } = (await response.json()) as { readonly value: readonly { readonly address_list: string[] }[] };
    return value[0]?.address_list ?? [];
  };
  const { headers } = await fetch(`${server.url}/api/rest/Site/Site/site1`, { headers: auth });
  const at = headers.get('Contractor-Position') ?? new Date().toISOString();
  const added = await created(`${UTILITIES}/DynamicAddress`, { address_block: main, offset: 50 });
  expect(await ask('')).toEqual(['10.0.0.9', '10.0.0.41', '10.0.0.50', '10.0.0.100']);
  expect(await ask(`?at=${encodeURIComponent(at)}`)).toEqual(['10.0.0.9', '10.0.0.41', '10.0.0.100']);
  await client.delete(added);
});

it('lease what a job has borrowed to its machine alone', async () => {
  await created('/api/v1/BluePrint/Script', {
    name: 'reach',
    description: 'x',
    script: 'address = foundation.provisioning_ip\npause( msg="look" )\n',
  });
  await created('/api/v1/BluePrint/BluePrintScript', {
    blueprint: '/api/v1/BluePrint/BluePrint:base:',
    script: '/api/v1/BluePrint/Script:reach:',
    name: 'create',
  });
  await created('/api/v1/Manual/ManualFoundation', {
    locator: 'borrower',
    site: SITE,
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:base:',
  });
  await created(`${UTILITIES}/RealNetworkInterface`, {
    foundation: '/api/v1/Building/Foundation:borrower:',
    name: 'eth0',
    physical_location: 'pci0',
    network: `${UTILITIES}/Network:1:`,
    mac: '52:54:00:00:00:09',
    is_provisioning: true,
  });
  const job = await client.call<number>('/api/v1/Building/Foundation:borrower:(doCreate)');
  const uri = `/api/v1/Foreman/FoundationJob:${job}:`;
  await until(async () => (await client.get(uri))['state'] === 'paused');
  const pools = () => client.call<readonly { address_list: string[] }[]>(`${DHCPD}(getDynamicPools)`, { site: SITE });
  const leases = () => client.call<Record<string, { ip_address: string }>>(`${DHCPD}(getStaticPools)`, { site: SITE });
  const { ip_address: lent, ...rest } = (await leases())['52:54:00:00:00:09'] ?? { ip_address: '' };
  expect(['10.0.0.9', '10.0.0.41', '10.0.0.100']).toContain(lent);
  expect(rest).toEqual(lease({ gateway: '10.0.0.1', host_name: 'borrower', config_uuid: '', vlan: 30 }));
  expect((await pools())[0]?.address_list).toHaveLength(2);
  expect((await pools())[0]?.address_list).not.toContain(lent);

  await client.call(`${uri}(cancel)`);
  expect((await pools())[0]?.address_list).toContain(lent);
  expect(await leases()).not.toHaveProperty('52:54:00:00:00:09');
});

it('are for agents, and the config_uuid takes its own permission', async () => {
  await expect(new CinpClient(server.url).call(`${DHCPD}(getStaticPools)`, { site: SITE })).rejects.toMatchObject({
    status: 403,
  });
  const post = (path: string, body: object) =>
    fetch(`${server.url}/api/rest/Auth/Account${path}`, { method: 'POST', headers: auth, body: JSON.stringify(body) });
  await post('', { name: 'dhcpd', permissions: ['SubContractor.can_dispatch', 'Site.view_site'] });
  await post('/dhcpd/setPassword', { password: 'a long pass phrase' });
  const agent = new CinpClient(server.url, { version: '1.0' });
  await agent.login('dhcpd', 'a long pass phrase');
  const leases = await agent.call<Record<string, object>>(`${DHCPD}(getStaticPools)`, { site: SITE });
  expect(leases['52:54:00:00:00:01']).toMatchObject({ ip_address: '10.0.0.11', config_uuid: '********' });
});

it('say of names what the configuration of the site comes to', async () => {
  const config_values = {
    net: '10.4.0',
    dns_servers: ['{{ net }}.2'],
    domain_name: '{{ top }}.test',
    top: 'site3',
    dns_search: ['{{ domain_name }}', 'example.test'],
    domain_search: ['never.test'],
  };
  await created('/api/v1/Site/Site', { name: 'site3', description: 'a site', config_values });
  const site = '/api/v1/Site/Site:site3:';
  const address_block = await block('third', '10.4.0.0', 24, site);
  await created(`${UTILITIES}/DynamicAddress`, { address_block, offset: 5 });
  expect(await client.call(`${DHCPD}(getSubnets)`, { site })).toMatchObject([
    {
      subnet: '10.4.0.0/24',
      dns_servers: ['10.4.0.2'],
      domain_name: 'site3.test',
      domain_search: ['site3.test', 'example.test'],
    },
  ]);
});
