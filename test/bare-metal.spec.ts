/** From an unknown machine on the wire to a running operating system, and back: nothing here is of our own making but us. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { LabMachine, RunningProgram } from '#testing';
import {
  ADMIN_PASSWORD,
  relayInto,
  relayOutOf,
  SECRET_KEY,
  startKea,
  startMachineLab,
  startNamed,
  startProgram,
  testDatabase,
  until,
} from '#testing';
import { makeSystem } from './tiny-system.ts';

jest.setTimeout(600_000);

const run = promisify(execFile);
const SERVER = 'http://10.77.0.1';
const CACHE = process.env['BOOT_IMAGE_PACKAGES'] ?? '/tmp/bootimg-pk';

const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});
const kept = <T extends { stop(): Promise<unknown> }>(started: T): T => {
  stops.push(() => started.stop());
  return started;
};

const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-bare-metal-'));
stops.push(() => rm(folder, { recursive: true }));
const files = path.join(folder, 'static');

/** What is booted from the disk, once a machine is built. */
const SCRIPTS = `sflinks = [['system', 'metal']]
[script.metal-create]
description = 'Wipe the disks'
script = '''
begin( description="Wipe the disks" )
  foundation.wait_for_poweroff()
  signaling.reset( pxe_name="disk-wipe" )
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="disk-wipe" )
  foundation.power_on()
  signaling.wait_for_completion()
  foundation.wait_for_poweroff()
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="normal-boot" )
end
'''
[script.metal-destroy]
description = 'Wipe the disks'
script = '''
begin( description="Wipe the disks" )
  foundation.power_off()
  signaling.reset( pxe_name="disk-wipe" )
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="disk-wipe" )
  foundation.power_on()
  signaling.wait_for_completion()
  foundation.wait_for_poweroff()
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="normal-boot" )
end
'''
[script.system-create]
description = 'Write an image, and boot it'
script = '''
begin( description="Install" )
  foundation.wait_for_poweroff()
  signaling.reset( pxe_name="linux-installer" )
  dhcp.set_pxe( interface=structure.provisioning_interface, pxe="linux-installer" )
  foundation.power_on()
  signaling.wait_for_completion()
  foundation.wait_for_poweroff()
  dhcp.set_pxe( interface=structure.provisioning_interface, pxe="normal-boot" )
  foundation.power_on()
end
begin( description="Wait until it answers" )
  iputils.wait_for_port( target=structure.primary_ip, port=22 )
end
'''
[script.system-destroy]
description = 'Switch it off'
script = '''
begin( description="Switch it off" )
  foundation.power_off()
end
'''
[foundation.metal]
description = 'A server with two disks'
foundation_types = ['IPMI']
physical_interface_names = ['eth0']
template = { disks = { min = 2 } }
scripts = { create = 'metal-create', destroy = 'metal-destroy' }
[structure.system]
description = 'A small system'
scripts = { create = 'system-create', destroy = 'system-destroy' }
`;

const T0 = Date.now();
const mark = (what: string) => process.stderr.write(`[${((Date.now() - T0) / 1000).toFixed(1)}] ${what}\n`);

let client: CinpClient;
let server: RunningProgram;
let url: string;
let token: string;
let node1: LabMachine;
let agent: RunningProgram;
const lab = kept(await startMachineLab());
const { network } = lab;
const [database, kea, named] = await Promise.all([testDatabase(), startKea({ interfaces: ['br0'], network }), startNamed({ network })]);
stops.push(() => database.drop());
kept(kea);
kept(named);
const dbUrl = new URL(database.url);
kept(await relayOutOf(network, Number(dbUrl.port)));
const startServer = async () => {
  server = await startProgram(
    'apps/contractor/src/main',
    {
      DATABASE_URL: database.url,
      CONTRACTOR_HOST: '10.77.0.1',
      CONTRACTOR_PORT: '80',
      CONTRACTOR_URL: SERVER,
      CONTRACTOR_PXE_URL: 'http://10.77.0.2/pxe/',
      CONTRACTOR_SUBCONTRACTOR: 'none',
      CONTRACTOR_ADMIN_PASSWORD: ADMIN_PASSWORD,
      CONTRACTOR_SECRET_KEY: SECRET_KEY,
      BIND_ZONE_DIRECTORY: named.zones,
      BIND_SERVER: named.address,
      BIND_RNDC_PORT: String(named.rndcPort),
      BIND_RNDC_KEY: named.rndcKey,
    },
    'contractor listens',
    network.within,
  );
};
const rest = async (method: string, to: string, body?: unknown) => {
  const response = await fetch(`${url}/api/rest/${to}`, {
    method,
    headers: { Authorization: `Bearer root:${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${method} ${to}: ${text}`);
  return answer;
};

beforeAll(async () => {
  await startServer();
  stops.push(() => server.stop());
  const port = kept(await relayInto(network, '10.77.0.1', 80)).port;
  url = `http://127.0.0.1:${port}`;
  client = new CinpClient(url, { version: '1.0' });
  token = await client.login('root', ADMIN_PASSWORD);
  const environment = { PATH: process.env['PATH'], XDG_CONFIG_HOME: folder, CONTRACTOR_URL: url, CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };
  const contractor = async (...words: string[]) => {
    const { stdout } = await run(process.execPath, ['dist/contractor.cjs', ...words], { env: environment });
    return stdout;
  };
  mark('server is up');
  await mkdir(path.join(files, 'pxe/disks'), { recursive: true });
  if (process.env['BOOT_DISKS']) await run('cp', ['-aT', process.env['BOOT_DISKS'], path.join(files, 'pxe/disks')]); else await run('bash', ['scripts/build-boot-image.sh', '--kernel', 'cloud-amd64', '--packages', CACHE, path.join(files, 'pxe/disks')]);
  mark('boot image is built');
  const image = await makeSystem(path.join(files, 'pxe'), SERVER);
  mark('system is made');
  await writeFile(path.join(folder, 'metal.toml'), SCRIPTS.replace("description = 'A small system'", `description = 'A small system'\nconfig_values = { os_image = { url = 'http://10.77.0.2/pxe/${image.name}', sha256 = '${image.sha256}', format = 'raw' } }`));
  void (await contractor('setup', '--yes', '--no-bind', '--primary-interface', 'eth0', '--address', '10.77.0.1/24', '--site-domain', 'lab.test'));
  await contractor('platform', 'enable', 'ipmi');
  void (await contractor('load', path.join(folder, 'metal.toml')));
  mark('set up');
  agent = kept(
    await startProgram(
      'apps/subcontractor/src/main',
      {
        SUBCONTRACTOR_SERVER: SERVER,
        SUBCONTRACTOR_USER: 'root',
        SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
        SUBCONTRACTOR_SITE: 'site1',
        SUBCONTRACTOR_NAME: 'edge1',
        SUBCONTRACTOR_STATE: path.join(folder, 'state'),
        SUBCONTRACTOR_POLL_INTERVAL: '1',
        SUBCONTRACTOR_KEA4: kea.socket,
        SUBCONTRACTOR_DHCP_INTERVAL: '1',
        SUBCONTRACTOR_DHCP_TFTP: '10.77.0.2',
        SUBCONTRACTOR_DHCP_BOOT_URL: SERVER,
        SUBCONTRACTOR_TFTP: '10.77.0.2',
        SUBCONTRACTOR_HTTP: '10.77.0.2',
        SUBCONTRACTOR_FILES: files,
      },
      'serves what is wanted',
      network.within,
    ),
  );
  mark('subcontractor serves');
  node1 = await lab.machine({ mac: '52:54:00:77:00:01', serial: 'SN0001', bmc: '10.77.0.201', disks: [100, 50] });
  mark('machine is there');
});

it('goes from a machine that nobody has seen to one that runs, and back', async () => {
  const { items } = (await rest('GET', 'Utilities/DynamicAddress')) as { items: { id: number }[] };
  for (const { id } of items) await rest('PATCH', `Utilities/DynamicAddress/${id}`, { pxe: 'bootstrap' });
  await rest('POST', 'IPMI/IPMIFoundation', {
    locator: 'node1',
    site: 'site1',
    blueprint: 'metal',
    plot: 'test',
    ipmi_username: 'admin',
    ipmi_password: 'secret',
    ipmi_ip_address: '10.77.0.201',
    ipmi_sol_port: 'ttyS0',
  });
  await rest('POST', 'Utilities/RealNetworkInterface', {
    foundation: 'node1', network: 1, name: 'eth0', physical_location: 'eth0', mac: '52:54:00:77:00:01', is_provisioning: true,
  });
  const structure = await rest('POST', 'Building/Structure', { hostname: 'web1', site: 'site1', blueprint: 'system', foundation: 'node1' });
  await rest('POST', 'Utilities/Address', { networked: structure['id'], address_block: 1, offset: 50, interface_name: 'eth0', is_primary: true });
  await rest('PATCH', 'Site/Site/site1', { config_values: { ...((await rest('GET', 'Site/Site/site1'))['config_values'] as object), bootstrap_lldp_seconds: 1 } });
  mark('declared');
  await network.run('ipmitool', '-I', 'lanplus', '-C', '3', '-H', '10.77.0.201', '-U', 'admin', '-P', 'secret', 'chassis', 'power', 'on');
  const state = async () => (await rest('GET', 'Building/Foundation/node1'))['state'];
  const structureState = async () => (await rest('GET', `Building/Structure/${String(structure['id'])}`))['state'];
  const shown = async () => {
    process.stderr.write(JSON.stringify(await rest('GET', 'Survey/Cartographer')).slice(0, 1000));
    const { value } = (await rest('POST', 'SubContractor/BootTrace/show', { count: 50 })) as { value: { requests: Record<string, unknown>[] } };
    for (const { time, kind, what, outcome, ip_address: ip, duration_ms: ms, detail } of value.requests) process.stderr.write(`${[time, ip, kind, what, outcome, ms, detail].join(' ')}\n`);
    process.stderr.write(`${JSON.stringify(await rest('GET', 'Foreman/FoundationJob'), null, 1).slice(0, 3000)}\n`);
    process.stderr.write(`${JSON.stringify(await rest('GET', 'Foreman/StructureJob'), null, 1).slice(0, 3000)}\n`);
    process.stderr.write((await node1.console()).slice(-3000));
    process.stderr.write((await node1.bmc.effects()).join(','));
    process.stderr.write(agent.lines.slice(-30).join('\n'));
    process.stderr.write(kea.lines.filter((l) => !l.includes('COMMAND_RECEIVED')).slice(-30).join('\n'));
  };
  const reach = async (what: () => Promise<boolean>, name: string) => {
    try { await until(what, 240_000); mark(name); } catch (error) { await shown(); throw error; }
  };
    await reach(async () => (await state()) === 'located', 'located');
    await rest('POST', 'Building/Foundation/node1/doCreate', {});
    await rest('POST', `Building/Structure/${String(structure['id'])}/doCreate`, {});
    await reach(async () => (await state()) === 'built', 'foundation built');
    await reach(async () => (await structureState()) === 'built', 'structure built');
  const dig = async () => network.run('dig', `@${named.address.split(':')[0]}`, '-p', String(named.port), '+short', '+time=1', '+tries=1', 'web1.lab.test');
  mark(await dig());
  await rest('POST', `Building/Structure/${String(structure['id'])}/doDestroy`, {});
  await reach(async () => (await structureState()) === 'planned', 'structure destroyed');
  await rest('POST', 'Building/Foundation/node1/doDestroy', {});
  await reach(async () => (await state()) !== 'built', 'foundation destroyed');
  mark(`destroyed ${String(await state())} ${String(await node1.bmc.power())} ${String((await node1.head(0)).every((octet) => octet === 0))}`);
});
