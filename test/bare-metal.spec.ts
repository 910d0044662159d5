/**
 * From a machine that is off to an operating system that runs, and back: firmware, DHCP, TFTP, iPXE, the boot image, DNS and
 * management processors are those that others have made, or our own; only the hardware is emulated.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type {
  Kea,
  LabMachine,
  LabMachineOptions,
  MachineLab,
  Named,
  RunningProgram,
  TestDatabase,
  TestNetwork,
} from '#testing';
import {
  ADMIN_PASSWORD,
  canStartMachineLab,
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
import { runCommand } from './run-command.ts';
import { restAt } from './start-journey.ts';
import { makeSystem } from './tiny-system.ts';

jest.setTimeout(900_000);

type Values = Readonly<Record<string, unknown>>;

const run = promisify(execFile);
const SERVER = 'http://10.77.0.1';
const MIB = 1_048_576;
const SECTOR = 512;
const isZero = (octet: number): boolean => octet === 0;
/** How long machines may take, which are emulated by processors that others need too. */
const BOOT_MS = 240_000;
const NODE1: LabMachineOptions = {
  mac: '52:54:00:77:00:01',
  serial: 'SN0001',
  bmc: '10.77.0.201',
  disks: [100, 50],
};
const NODE2: LabMachineOptions = {
  mac: '52:54:00:77:00:02',
  serial: 'SN0002',
  bmc: '10.77.0.202',
  disks: [100, 50],
  memory: 512,
  uefi: true,
};

/** Has a machine that is off, or is switched off, wipe its disks. */
const wiping = (name: string, off: string): string => `
[script.${name}]
description = 'Wipe the disks'
script = '''
begin( description="Wipe the disks" )
  foundation.${off}()
  signaling.reset( pxe_name="disk-wipe" )
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="disk-wipe" )
  foundation.power_on()
  signaling.wait_for_completion()
  foundation.wait_for_poweroff()
  dhcp.set_pxe( interface=foundation.provisioning_interface, pxe="normal-boot" )
end
'''
`;
/** The blueprints of the machines here: as those that come with the server, without their pauses of a minute. */
const BLUEPRINTS = `sflinks = [['system', 'metal']]
${wiping('metal-create', 'wait_for_poweroff')}
${wiping('metal-destroy', 'power_off')}
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
config_values = { os_image = 'tiny' }
scripts = { create = 'system-create', destroy = 'system-destroy' }
`;

/** What is ended once the tests are done, the last one first. */
const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});
const kept = <T extends { stop(): Promise<unknown> }>(started: T): T => {
  stops.push(() => started.stop());
  return started;
};

let folder: string;
let lab: MachineLab;
let network: TestNetwork;
let database: TestDatabase;
let kea: Kea;
let named: Named;
let server: RunningProgram;
let url: string;
let token: string;
/** The interface that the first machine boots over. */
let provisioning: unknown;

const startServer = async (): Promise<void> => {
  server = await startProgram(
    'apps/contractor/src/main',
    {
      DATABASE_URL: database.url,
      CONTRACTOR_HOST: '10.77.0.1',
      CONTRACTOR_PORT: '80',
      CONTRACTOR_URL: SERVER,
      CONTRACTOR_PXE_URL: 'http://10.77.0.2/pxe/',
      CONTRACTOR_IMAGES: path.join(folder, 'images'),
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

/** Asks over REST as root. @throws Error where it is refused */
async function rest(method: string, to: string, body?: Values): Promise<Values> {
  const answer = await restAt({ url, token }, method, to, body);
  if (answer.status >= 400) throw new Error(`${method} ${to}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const listed = async (model: string) => (await rest('GET', model))['items'] as readonly Values[];
const stateOf = async (object: string) => (await rest('GET', object))['state'];

/** A command of the command line, as root. */
async function contractor(...words: readonly string[]): Promise<string> {
  const root = { CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };
  const environment = { XDG_CONFIG_HOME: folder, CONTRACTOR_URL: url, ...root };
  const { code, out, err } = await runCommand(words, { environment });
  if (code !== 0) throw new Error(`contractor ${words.join(' ')}: ${err}`);
  return out;
}

/** Waits for something that a machine does. @throws Error with what its console shows, and what it has asked for */
async function reached(machine: LabMachine, what: () => Promise<boolean>): Promise<void> {
  try {
    await until(what, BOOT_MS);
  } catch (cause) {
    const told = [await contractor('boot', 'trace'), await contractor('cartographer', 'list')];
    throw new Error([...told, (await machine.console()).slice(-4000)].join('\n'), { cause });
  }
}
const OVER_LAN = ['-I', 'lanplus', '-C', '3', '-U', 'admin', '-P', 'secret'];
const switchOn = (bmc: string) => network.run('ipmitool', ...OVER_LAN, '-H', bmc, 'power', 'on');
/** What a machine has asked for: `kind what outcome`. */
async function asked(mac: string): Promise<readonly string[]> {
  const { value } = await rest('POST', 'SubContractor/BootTrace/show', { mac, count: 200 });
  const { requests } = value as { readonly requests: readonly Readonly<Record<string, string>>[] };
  return requests.map(({ kind, what, outcome, detail }) => [kind, what, outcome, detail].join(' ').trim());
}

(canStartMachineLab ? describe : describe.skip)('a machine of hardware (needs root)', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-bare-metal-'));
    stops.push(() => rm(folder, { recursive: true }));
    lab = kept(await startMachineLab());
    ({ network } = lab);
    database = await testDatabase();
    stops.push(() => database.drop());
    kea = kept(await startKea({ interfaces: ['br0'], network }));
    named = kept(await startNamed({ network }));
    kept(await relayOutOf(network, Number(new URL(database.url).port)));
    await startServer();
    stops.push(() => server.stop());
    const { port } = kept(await relayInto(network, '10.77.0.1', 80));
    url = `http://127.0.0.1:${port}`;
    const disks = path.join(folder, 'static/pxe/disks');
    await mkdir(disks, { recursive: true });
    const built = ['--kernel', 'cloud-amd64', '--packages', 'node_modules/.cache/boot-image', disks];
    await run('scripts/build-boot-image.sh', built);
    token = await new CinpClient(url).login('root', ADMIN_PASSWORD);
    const place = ['--primary-interface', 'eth0', '--address', '10.77.0.1/24', '--site-domain', 'lab.test'];
    await contractor('setup', '--yes', '--no-bind', ...place);
    await contractor('platform', 'enable', 'ipmi');
    await writeFile(path.join(folder, 'metal.toml'), BLUEPRINTS);
    await contractor('load', path.join(folder, 'metal.toml'));
    await contractor('image', 'upload', 'tiny', await makeSystem(folder, disks, SERVER));
    for (const { id } of await listed('Utilities/DynamicAddress')) {
      await rest('PATCH', `Utilities/DynamicAddress/${String(id)}`, { pxe: 'bootstrap' });
    }
    const { config_values: values } = await rest('GET', 'Site/Site/site1');
    await rest('PATCH', 'Site/Site/site1', {
      config_values: {
        ...(values as Values),
        bootstrap_lldp_seconds: 1,
        boot_arguments: 'disks_quiet=1 lookup_pause=3',
      },
    });
    kept(
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
          SUBCONTRACTOR_FILES: path.join(folder, 'static'),
        },
        'DHCP serves what is wanted',
        network.within,
      ),
    );
  });

  it('surveys a machine that is declared, builds it, with the server killed meanwhile, and takes it down again', async () => {
    const node1 = await lab.machine(NODE1);
    await rest('POST', 'IPMI/IPMIFoundation', {
      locator: 'node1',
      site: 'site1',
      blueprint: 'metal',
      plot: 'test',
      ipmi_username: 'admin',
      ipmi_password: 'secret',
      ipmi_ip_address: NODE1.bmc,
      ipmi_sol_port: 'ttyS0',
    });
    const eth0 = {
      foundation: 'node1',
      name: 'eth0',
      physical_location: 'eth0',
      mac: NODE1.mac,
      is_provisioning: true,
    };
    provisioning = (await rest('POST', 'Utilities/RealNetworkInterface', { network: 1, pxe: 'bootstrap', ...eth0 }))[
      'id'
    ];
    const web1 = { hostname: 'web1', site: 'site1', blueprint: 'system', foundation: 'node1' };
    const { id } = await rest('POST', 'Building/Structure', web1);
    const structure = `Building/Structure/${String(id)}`;
    const address = { networked: id, address_block: 1, offset: 50, interface_name: 'eth0', is_primary: true };
    await rest('POST', 'Utilities/Address', address);
    await switchOn(NODE1.bmc);
    await reached(node1, async () => (await stateOf('Building/Foundation/node1')) === 'located');
    expect(await rest('GET', 'Building/Foundation/node1')).toMatchObject({
      id_map: { disks: [{ serial: 'SN0001-0' }, { serial: 'SN0001-1' }], network: { eth0: { mac: NODE1.mac } } },
    });
    const booted = ['document boot_script served PXE bootstrap', 'http /pxe/disks/bootstrap.initrd served'];
    await until(async () => {
      const told = await asked(NODE1.mac);
      return booted.every((one) => told.includes(one));
    });

    await rest('POST', 'Building/Foundation/node1/doCreate', {});
    await rest('POST', `${structure}/doCreate`, {});
    await reached(node1, async () => (await stateOf('Building/Foundation/node1')) === 'built');
    const installs = async () => (await asked(NODE1.mac)).includes('http /pxe/disks/linux-installer.initrd served');
    await reached(node1, installs);
    await server.kill();
    await startServer();
    await reached(node1, async () => (await stateOf(structure)) === 'built');
    await reached(node1, async () => (await node1.console()).includes('the system runs as web1.lab.test'));
    const question = ['+short', '+time=1', '+tries=1', '-p', String(named.port), '@127.0.0.1', 'web1.lab.test'];
    await until(async () => (await network.run('dig', ...question)) === '10.77.0.50\n');
    // The system, and at the end of the disk what cloud-init is to make of it.
    const table = await node1.read(0, 446, 32);
    expect([table[4], table.readUInt32LE(8), table[16 + 4], table.readUInt32LE(16 + 12)]).toEqual([
      12, 2048, 12, 32_768,
    ]);
    const seed = (await node1.read(0, table.readUInt32LE(16 + 8) * SECTOR, 16 * MIB)).toString('latin1');
    for (const text of ['cidata', '#cloud-config\n', '"local-hostname":"web1"', `"macaddress":"${NODE1.mac}"`]) {
      expect(seed).toContain(text);
    }

    await rest('POST', `${structure}/doDestroy`, {});
    await reached(node1, async () => (await stateOf(structure)) === 'planned');
    await rest('POST', 'Building/Foundation/node1/doDestroy', {});
    await reached(node1, async () => (await stateOf('Building/Foundation/node1')) === 'planned');
    expect(await node1.bmc.power()).toBe(false);
    for (const disk of [0, 1]) expect((await node1.read(disk, 0, MIB)).every(isZero)).toBe(true);
    expect((await node1.read(0, 99 * MIB, MIB)).every(isZero)).toBe(true);
    expect((await node1.read(0, 2 * MIB, MIB)).every(isZero)).toBe(false);
    await node1.stop();
  });

  it('refuses a machine in its place that has a disk less, and says why', async () => {
    const other = await lab.machine({ ...NODE1, serial: 'SN0009', disks: [100] });
    await rest('PATCH', `Utilities/RealNetworkInterface/${String(provisioning)}`, { pxe: 'bootstrap' });
    await switchOn(NODE1.bmc);
    const said = async () => (await listed('Survey/Cartographer')).map(({ message }) => String(message)).join('\n');
    await reached(other, async () => (await said()).includes('not what its blueprint asks for'));
    expect(await said()).toContain('disks');
    expect(await stateOf('Building/Foundation/node1')).toBe('planned');
    await other.stop();
  });

  it('loads iPXE over TFTP where firmware is UEFI; somebody says what that machine becomes', async () => {
    const node2 = await lab.machine(NODE2);
    await switchOn(NODE2.bmc);
    const waiting = async () => await listed('Survey/Cartographer?filter=waiting');
    await reached(node2, async () => JSON.stringify(await waiting()).includes('SN0002-1'));
    const [machine] = await waiting();
    expect(machine).toMatchObject({
      info_map: {
        hardware: { total_ram: 512, total_cpu_count: 1, dmi: { System: [{ 'Serial Number': 'SN0002' }] } },
        disks: [
          { name: 'vda', serial: 'SN0002-0', octets: 100 * MIB },
          { name: 'vdb', serial: 'SN0002-1' },
        ],
        network: { eth0: { mac: NODE2.mac, primary: true } },
        lldp: {},
      },
    });
    await rest('POST', `Survey/Cartographer/${String(machine?.['identifier'])}/takeIn`, {
      locator: 'rack-{serial}',
      site: 'site1',
      blueprint: 'metal',
      plot: 'test',
      network: 1,
      values: { ipmi_username: 'lab/node2', ipmi_password: '_VAULT_', ipmi_ip_address: NODE2.bmc },
    });
    await reached(node2, async () => (await stateOf('Building/Foundation/rack-SN0002')) === 'located');
    expect(await asked(NODE2.mac)).toContain('tftp console.efi served');
    await node2.stop();
  });
});
