import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { RunningProgram } from '#testing';
import { ADMIN_PASSWORD, freePort, startProgram, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { server, client, rest } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });

const run = promisify(execFile);
const UTILITIES = '/api/v1/Utilities';
const SITE = '/api/v1/Site/Site:site1:';
/** Where the machine asks from; the whole of 127.0.0.0/8 is this machine. */
const MACHINE = '127.77.0.11';
const MAC = '52:54:00:77:00:01';

let folder: string;
let agent: RunningProgram;
let tftp: number;
let http: number;

const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await client.create(model, values)).uri;
const ask = (...words: readonly string[]) => run('curl', ['-s', '--interface', MACHINE, ...words]);
const trace = async (asked: Readonly<Record<string, unknown>>) => {
  const { body } = await rest('POST', 'SubContractor/BootTrace/show', asked);
  return (body['value'] as { readonly requests: readonly Readonly<Record<string, unknown>>[] }).requests;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-booting-'));
  await created('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  const base = await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'x',
    foundation_type_list: ['Manual'],
  });
  const web = await created('/api/v1/BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: [base],
  });
  const pxe = await created('/api/v1/BluePrint/PXE', { name: 'disk', boot_script: 'sanboot', template: 'x' });
  const block = await created(`${UTILITIES}/AddressBlock`, {
    site: SITE,
    name: 'main',
    subnet: '127.77.0.0',
    prefix: 24,
  });
  const network = await created(`${UTILITIES}/Network`, { site: SITE, name: 'net1' });
  await created(`${UTILITIES}/NetworkAddressBlock`, { network, address_block: block });
  await created('/api/v1/Manual/ManualFoundation', { locator: 'Rack1', site: SITE, blueprint: base });
  const foundation = '/api/v1/Building/Foundation:Rack1:';
  const place = { name: 'eth0', physical_location: 'eth0', mac: MAC, is_provisioning: true };
  await created(`${UTILITIES}/RealNetworkInterface`, { foundation, network, pxe, ...place });
  const structure = await created('/api/v1/Building/Structure', {
    hostname: 'web1',
    site: SITE,
    blueprint: web,
    foundation,
  });
  await created(`${UTILITIES}/Address`, {
    networked: structure.replace('Building/Structure', 'Utilities/Networked'),
    address_block: block,
    offset: 11,
    interface_name: 'eth0',
    is_primary: true,
  });
  await writeFile(path.join(folder, 'undionly.kpxe'), 'bios');
  await writeFile(path.join(folder, 'vmlinuz'), 'kernel');
  [tftp, http] = [await freePort(), await freePort()];
  agent = await startProgram(
    'apps/subcontractor/src/main',
    {
      SUBCONTRACTOR_SERVER: server.url,
      SUBCONTRACTOR_USER: 'root',
      SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
      SUBCONTRACTOR_SITE: 'site1',
      SUBCONTRACTOR_NAME: 'edge1',
      SUBCONTRACTOR_STATE: path.join(folder, 'state'),
      SUBCONTRACTOR_TFTP: `127.0.0.1:${tftp}`,
      SUBCONTRACTOR_HTTP: `127.0.0.1:${http}`,
      SUBCONTRACTOR_FILES: folder,
      SUBCONTRACTOR_IPXE: folder,
      SUBCONTRACTOR_SQUID: path.join(folder, 'squid.conf'),
      SUBCONTRACTOR_SQUID_MIRRORS: 'deb.debian.org',
      SUBCONTRACTOR_CHRONY: path.join(folder, 'chrony.conf'),
    },
    'boot files are served',
  );
});
afterAll(async () => {
  await agent?.kill();
  await rm(folder, { recursive: true, force: true });
});

it('tells what a machine asked for while it booted, and what it was given', async () => {
  await ask(`tftp://127.0.0.1:${tftp}/console.kpxe`, '-o', path.join(folder, 'got'));
  expect(await readFile(path.join(folder, 'got'), 'utf8')).toBe('bios');
  expect((await ask(`${server.url}/config/boot_script/`, '-A', 'iPXE/1.0')).stdout).toBe('#!ipxe\n\nsanboot');
  expect((await ask(`http://127.0.0.1:${http}/vmlinuz`)).stdout).toBe('kernel');
  expect((await ask(`http://127.0.0.1:${http}/initrd`)).stdout).toBe('there is no such file\n');
  await until(async () => (await trace({ mac: MAC })).length === 4);
  const found = await trace({ mac: '5254.0077.0001' });
  const short = ({ kind, what, outcome, size, detail, agent: of }: Readonly<Record<string, unknown>>) =>
    [kind, what, outcome, size, detail, of].join('|');
  expect(found.map(short)).toEqual([
    'tftp|console.kpxe|served|4||edge1',
    'document|boot_script|served|15|PXE disk|',
    'http|/vmlinuz|served|6||edge1',
    'http|/initrd|missing|0|there is no such file|edge1',
  ]);
  for (const one of found) {
    expect(one).toMatchObject({ site: 'site1', mac: MAC, ip_address: MACHINE, foundation: 'Rack1' });
  }
  expect(await trace({ foundation: 'Rack1', count: 1 })).toEqual(found.slice(3));
  expect(await trace({ ip_address: '127.77.0.12' })).toEqual([]);
  const call = client.call('/api/v1/SubContractor/BootTrace(show)', { site: SITE, ip_address: MACHINE });
  expect(await call).toMatchObject({ requests: [{}, {}, {}, {}] });
  expect(await rest('POST', 'SubContractor/BootTrace/show', { mac: 'web1' })).toMatchObject({ status: 422 });
});

it('is shown by the command line', async () => {
  const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: folder, CONTRACTOR_URL: server.url };
  const user = { CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };
  const { stdout } = await run(process.execPath, ['dist/contractor.cjs', 'boot', 'trace', MACHINE, '-n', '2'], {
    env: { ...env, ...user },
  });
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(1).join('|'))).toEqual([
    'MAC|ADDRESS|MACHINE|KIND|WHAT|OUTCOME|OCTETS|DETAIL',
    `${MAC}|${MACHINE}|Rack1|http|/vmlinuz|served|6`,
    `${MAC}|${MACHINE}|Rack1|http|/initrd|missing|0|there is no such file`,
    '',
  ]);
});

it('has Squid and chrony serve the subnets of the site', async () => {
  await until(async () => (await readFile(path.join(folder, 'chrony.conf'), 'utf8').catch(() => '')) !== '');
  expect(await readFile(path.join(folder, 'chrony.conf'), 'utf8')).toContain('allow 127.77.0.0/24\n');
  expect(await readFile(path.join(folder, 'squid.conf'), 'utf8')).toContain(
    'acl machines src 127.77.0.0/24\nacl mirrors dstdomain -n deb.debian.org\n',
  );
});

it('goes on serving files while the server is away, for which machines wait, and names a port that it cannot take', async () => {
  await server.kill();
  expect((await ask(`http://127.0.0.1:${http}/vmlinuz`)).stdout).toBe('kernel');
  const script = (await ask(`http://127.0.0.1:${http}/config/boot_script/`, '-A', 'iPXE/1.0')).stdout;
  expect(script).toMatch(/^#!ipxe\n/);
  expect(script).toContain(`imgfetch --name script ${server.url}/config/boot_script/ && goto run ||\n`);
  const { stdout } = await run(process.execPath, ['dist/apps/subcontractor/src/main.js', 'status'], {
    env: { SUBCONTRACTOR_STATE: path.join(folder, 'state'), SUBCONTRACTOR_SITE: 'site1', NATS_URL: 'nats://none' },
  }).catch((error: unknown) => error as { readonly stdout: string });
  expect(stdout).toContain(`tftp: serves files at port ${tftp} (0 under way)`);
  expect(stdout).toMatch(/requests of machines that boot, not told yet: \d/);
  const other = run(process.execPath, ['dist/apps/subcontractor/src/main.js'], {
    env: {
      SUBCONTRACTOR_SERVER: server.url,
      SUBCONTRACTOR_SITE: 'site1',
      SUBCONTRACTOR_HTTP: `127.0.0.1:${http}`,
    },
  });
  await expect(other).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`SUBCONTRACTOR_HTTP="127.0.0.1:${http}": cannot be listened on:`),
  });
});
