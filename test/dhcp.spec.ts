import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { DhcpRelay, Kea, RunningProgram } from '#testing';
import { ADMIN_PASSWORD, freePort, startDhcpRelay, startKea, startProgram, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { server, client, rest } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });

const UTILITIES = '/api/v1/Utilities';
const SITE = '/api/v1/Site/Site:site1:';
const RELAY = '127.0.77.1';
const WEB1 = '52:54:00:77:00:01';
const run = promisify(execFile);

let folder: string;
let kea: Kea;
let relay: DhcpRelay;
let agent: RunningProgram;
let block: string;
let network: string;

const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await client.create(model, values)).uri;
const idOf = (uri: string): number => Number(uri.split(':')[1]);

/** A structure with an interface and an address. */
async function host(name: string, mac: string, offset: number): Promise<string> {
  const foundation = `/api/v1/Building/Foundation:${name}:`;
  await created('/api/v1/Manual/ManualFoundation', {
    locator: name,
    site: SITE,
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:base:',
  });
  await created(`${UTILITIES}/RealNetworkInterface`, {
    foundation,
    network,
    name: 'eth0',
    physical_location: 'eth0',
    mac,
    is_provisioning: true,
  });
  const structure = await created('/api/v1/Building/Structure', {
    hostname: name,
    site: SITE,
    blueprint: '/api/v1/BluePrint/StructureBluePrint:web:',
    foundation,
  });
  await created(`${UTILITIES}/Address`, {
    networked: `${UTILITIES}/Networked:${idOf(structure)}:`,
    address_block: block,
    offset,
    interface_name: 'eth0',
    is_primary: true,
  });
  return structure;
}

const settings = (serverPort: number): Record<string, string> => ({
  SUBCONTRACTOR_SERVER: server.url,
  SUBCONTRACTOR_USER: 'root',
  SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
  SUBCONTRACTOR_SITE: 'site1',
  SUBCONTRACTOR_NAME: 'edge1',
  SUBCONTRACTOR_STATE: path.join(folder, 'state'),
  SUBCONTRACTOR_KEA4: kea.socket,
  SUBCONTRACTOR_DHCP_INTERVAL: '1',
  SUBCONTRACTOR_DHCP_TFTP: '10.77.0.1',
  SUBCONTRACTOR_DHCP_BOOT_URL: 'http://contractor',
  SUBCONTRACTOR_DHCP_RELAYS: `${RELAY}=10.77.0.0/24`,
  SUBCONTRACTOR_DHCP_PROBE: `127.0.0.1:${serverPort}`,
});
let start: () => Promise<void>;

const addressOf = async (mac: string) => (await relay.lease(mac))?.address;
const leasesOf = async (mac: string) => {
  const { body } = await rest('GET', `SubContractor/DHCPLease?filter=mac&mac=${encodeURIComponent(mac)}`);
  return (body as unknown as { readonly items: readonly Record<string, unknown>[] }).items;
};
const status = async (): Promise<string> => {
  const { stdout } = await run(process.execPath, ['dist/apps/subcontractor/src/main.js', 'status'], {
    env: { SUBCONTRACTOR_STATE: path.join(folder, 'state'), SUBCONTRACTOR_SITE: 'site1', NATS_URL: 'nats://none' },
  }).catch((error: unknown) => error as { readonly stdout: string });
  return stdout;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-dhcp-'));
  const ports = { server: await freePort(), relays: await freePort() };
  kea = await startKea({ interfaces: ['lo/127.0.0.1'], sockets: 'udp', ports });
  relay = await startDhcpRelay(RELAY, ports.relays, { address: '127.0.0.1', port: ports.server });
  await created('/api/v1/Site/Site', {
    name: 'site1',
    description: 'x',
    config_values: { dns_servers: ['10.77.0.2'], domain_name: 'site.test', domain_search: ['site.test'] },
  });
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
  block = await created(`${UTILITIES}/AddressBlock`, { site: SITE, name: 'main', subnet: '10.77.0.0', prefix: 24 });
  network = await created(`${UTILITIES}/Network`, { site: SITE, name: 'net1', mtu: 9000 });
  await created(`${UTILITIES}/NetworkAddressBlock`, { network, address_block: block, vlan: 30 });
  start = async () => {
    agent = await startProgram('apps/subcontractor/src/main', settings(ports.server), 'DHCP serves what is wanted');
  };
});
afterAll(async () => {
  await agent?.kill();
  relay?.stop();
  await kea?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('leases a machine the address of its structure, and the server sees it', async () => {
  const structure = await host('web1', WEB1, 11);
  await start();
  const given = await relay.lease(WEB1, [
    [93, '0000'],
    [55, '0103060c'],
  ]);
  expect(given).toMatchObject({ type: 5, address: '10.77.0.11', file: 'console.kpxe', server: '10.77.0.1' });
  expect(given?.options.get(26)?.readUInt16BE()).toBe(9000);
  expect(given?.options.get(132)?.readUInt16BE()).toBe(30);
  expect(given?.options.get(12)?.toString()).toBe('web1');
  expect(given?.options.get(210)?.toString()).toBe((await client.get(structure))['config_uuid']);
  await until(async () => (await leasesOf(WEB1)).length === 1);
  expect((await leasesOf('5254.0077.0001'))[0]).toMatchObject({
    id: 'site1.10.77.0.11',
    ip_address: '10.77.0.11',
    mac: WEB1,
    host_name: 'web1',
    agent: 'edge1',
  });
  const asked = async () => (await rest('POST', 'SubContractor/BootTrace/show', { mac: WEB1 })).body['value'];
  const lease = { kind: 'lease', ip_address: '10.77.0.11', what: 'web1', foundation: 'web1', agent: 'edge1' };
  await until(async () => JSON.stringify(await asked()).includes('lease'));
  expect(await asked()).toMatchObject({ requests: [lease] });
});

it('follows what changes within seconds, and leaves out a second machine with the same MAC', async () => {
  await host('web2', WEB1, 12);
  await host('web3', '52:54:00:77:00:03', 13);
  await created(`${UTILITIES}/DynamicAddress`, { address_block: block, offset: 100 });
  await until(async () => (await addressOf('52:54:00:77:00:03')) === '10.77.0.13');
  expect(await addressOf('52:54:00:77:00:99')).toBe('10.77.0.100');
  expect(await addressOf(WEB1)).toBe('10.77.0.11');
  const text = await status();
  expect(text).toMatch(/dhcp4: serves \(1 subnets, 2 machines, leases: \d+; it offers leases\)/);
  expect(text).toMatch(
    /left out by DHCP: 52:54:00:77:00:01 of structure \d+ \(web2\) at 10\.77\.0\.12 in block main \(10\.77\.0\.0\/24\) of site site1: structure \d+ \(web1\) has the same MAC there, at 10\.77\.0\.11/,
  );
});

it('tells the server of leases that have ended', async () => {
  await until(async () => (await leasesOf('52:54:00:77:00:03')).length === 1);
  const socket = connect(kea.socket);
  socket.end('{"command":"lease4-del","arguments":{"ip-address":"10.77.0.13"}}');
  await until(async () => (await leasesOf('52:54:00:77:00:03')).length === 0);
});

it('says that Kea is away, and tells it everything once it is back', async () => {
  await kea.kill();
  await until(async () => (await status()).includes('Kea does not run'));
  await kea.start();
  await until(async () => (await addressOf(WEB1)) === '10.77.0.11');
});

it('goes on without the server after everything else was started again', async () => {
  await server.kill();
  await agent.kill();
  await kea.kill();
  await kea.start();
  expect(await addressOf(WEB1)).toBeUndefined();
  await start();
  expect(await addressOf(WEB1)).toBe('10.77.0.11');
  expect(await readFile(path.join(folder, 'state/dhcp.json'), 'utf8')).toContain('10.77.0.11');
  expect(await agent.stop()).toBe(0);
  expect(await addressOf(WEB1)).toBe('10.77.0.11');
});
