import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { CinpClient } from '#cinp';
import type { LabMachine, MachineLab, NetworkRelay } from '#testing';
import {
  ADMIN_PASSWORD,
  relayInto,
  relayOutOf,
  SECRET_KEY,
  startKea,
  startMachineLab,
  startNamed,
  startProgram,
  until,
} from '#testing';

export type Values = Readonly<Record<string, unknown>>;

const run = promisify(execFile);
const SERVER = '10.77.0.1';
const FILES = '10.77.0.2';
/** How long a machine may take to come as far as is waited for, in milliseconds: processors are emulated. */
const STEP_MS = 900_000;

/** A hall of virtual machines with all that boots them: server, subcontractor, DHCP, DNS and the boot image. */
export interface Hall {
  readonly lab: MachineLab;
  /** Of files that machines are served, over TFTP and HTTP. */
  readonly files: string;
  /** Asks the server over REST as root. @throws Error where it is refused */
  rest(method: string, to: string, body?: Values): Promise<Values>;
  /** A command of the command line, as root. @throws Error where it fails */
  contractor(...words: readonly string[]): Promise<string>;
  /** Switches a machine on, as somebody does who reaches its BMC. */
  switchOn(bmc: string): Promise<void>;
  /** Waits until the DHCP server has been told of an address: a machine that is quicker is leased one of the pool. */
  leases(address: string): Promise<void>;
  /** What a machine has asked for, each as `kind what outcome`. */
  asked(mac: string): Promise<readonly string[]>;
  /** Waits for something a machine does. @throws Error with what its console shows, and what it has asked for */
  reached(machine: LabMachine, what: () => Promise<boolean>): Promise<void>;
  /** Values of the site besides those it has. */
  setValues(values: Values): Promise<void>;
  stop(): Promise<void>;
}

export interface HallOptions {
  readonly databaseUrl: string;
  readonly folder: string;
  /** How UEFI loads iPXE; over TFTP unless said. BIOS has no other way than TFTP. */
  readonly uefi?: 'tftp' | 'http';
}

/** Starts a server that is set up by the command line, for machines with IPMI on one wire. Takes to be root. */
export async function startHall({ databaseUrl, folder, uefi = 'tftp' }: HallOptions): Promise<Hall> {
  const stops: (() => Promise<unknown>)[] = [];
  const kept = <T extends { stop(): Promise<unknown> }>(started: T): T => {
    stops.push(() => started.stop());
    return started;
  };
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    const files = path.join(folder, 'static');
    const disks = path.join(files, 'pxe/disks');
    await mkdir(disks, { recursive: true });
    const built = ['--kernel', 'cloud-amd64', '--packages', 'node_modules/.cache/boot-image', disks];
    await run('scripts/build-boot-image.sh', built);
    const lab = kept(await startMachineLab());
    const { network } = lab;
    const kea = kept(await startKea({ interfaces: ['br0'], network }));
    const named = kept(await startNamed({ network }));
    kept(await relayOutOf(network, Number(new URL(databaseUrl).port)));
    const settings = {
      DATABASE_URL: databaseUrl,
      CONTRACTOR_HOST: SERVER,
      CONTRACTOR_PORT: '80',
      CONTRACTOR_URL: `http://${SERVER}`,
      CONTRACTOR_PXE_URL: `http://${FILES}/pxe/`,
      CONTRACTOR_IMAGES: path.join(folder, 'images'),
      CONTRACTOR_SUBCONTRACTOR: 'none',
      CONTRACTOR_ADMIN_PASSWORD: ADMIN_PASSWORD,
      CONTRACTOR_SECRET_KEY: SECRET_KEY,
      BIND_ZONE_DIRECTORY: named.zones,
      BIND_SERVER: named.address,
      BIND_RNDC_PORT: String(named.rndcPort),
      BIND_RNDC_KEY: named.rndcKey,
    };
    kept(await startProgram('apps/contractor/src/main', settings, 'contractor listens', network.within));
    const { port } = kept<NetworkRelay>(await relayInto(network, SERVER, 80));
    const server = await asRoot(`http://127.0.0.1:${port}`, folder);
    const { rest, contractor } = server;
    const place = ['--primary-interface', 'eth0', '--address', `${SERVER}/24`, '--site-domain', 'lab.test'];
    await contractor('setup', '--yes', '--no-bind', ...place);
    await contractor('platform', 'enable', 'ipmi');
    for (const { id } of (await rest('GET', 'Utilities/DynamicAddress'))['items'] as readonly Values[]) {
      await rest('PATCH', `Utilities/DynamicAddress/${String(id)}`, { pxe: 'bootstrap' });
    }
    const agent = {
      SUBCONTRACTOR_SERVER: `http://${SERVER}`,
      SUBCONTRACTOR_USER: 'root',
      SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
      SUBCONTRACTOR_SITE: 'site1',
      SUBCONTRACTOR_NAME: 'edge1',
      SUBCONTRACTOR_STATE: path.join(folder, 'state'),
      SUBCONTRACTOR_POLL_INTERVAL: '1',
      SUBCONTRACTOR_KEA4: kea.socket,
      SUBCONTRACTOR_DHCP_INTERVAL: '1',
      SUBCONTRACTOR_DHCP_BOOT_URL: `http://${SERVER}`,
      SUBCONTRACTOR_TFTP: FILES,
      SUBCONTRACTOR_HTTP: FILES,
      SUBCONTRACTOR_FILES: files,
      ...(uefi === 'http' ? { SUBCONTRACTOR_DHCP_FILES_URL: `http://${FILES}` } : { SUBCONTRACTOR_DHCP_TFTP: FILES }),
    };
    kept(await startProgram('apps/subcontractor/src/main', agent, 'DHCP serves what is wanted', network.within));
    const overLan = ['-I', 'lanplus', '-C', '3', '-U', 'admin', '-P', 'secret'];
    const switchOn = async (bmc: string): Promise<void> =>
      void (await network.run('ipmitool', ...overLan, '-H', bmc, 'power', 'on'));
    const leases = (address: string) =>
      until(async () => (await answerOf(kea.socket, 'config-get')).includes(`"ip-address": "${address}"`), STEP_MS);
    return { lab, files, ...server, switchOn, leases, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What Kea answers a command with. */
async function answerOf(socket: string, command: string): Promise<string> {
  const asked = connect(socket);
  asked.write(JSON.stringify({ command }));
  return text(asked);
}

type AsRoot = Pick<Hall, 'rest' | 'contractor' | 'asked' | 'reached' | 'setValues'>;

async function asRoot(url: string, folder: string): Promise<AsRoot> {
  const token = await new CinpClient(url).login('root', ADMIN_PASSWORD);
  const headers = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };
  const rest: Hall['rest'] = async (method, to, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/api/rest/${to}`, { method, headers, ...sent });
    const told = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${told}`);
    return told === '' ? {} : (JSON.parse(told) as Values);
  };
  const env = {
    ...process.env,
    XDG_CONFIG_HOME: folder,
    CONTRACTOR_URL: url,
    CONTRACTOR_USERNAME: 'root',
    CONTRACTOR_PASSWORD: ADMIN_PASSWORD,
  };
  const contractor: Hall['contractor'] = async (...words) => {
    const ended = run(process.execPath, [path.resolve('dist/contractor.cjs'), ...words], { env });
    ended.child.stdin?.end();
    return (await ended).stdout;
  };
  const asked: Hall['asked'] = async (mac) => {
    const { value } = await rest('POST', 'SubContractor/BootTrace/show', { mac, count: 200 });
    const { requests } = value as { readonly requests: readonly Readonly<Record<string, string>>[] };
    return requests.map(({ kind, what, outcome }) => `${kind} ${what} ${outcome}`);
  };
  return {
    rest,
    contractor,
    asked,
    async reached(machine, what) {
      try {
        await until(what, STEP_MS);
      } catch (cause) {
        const told = await Promise.all([contractor('boot', 'trace'), contractor('cartographer', 'list')]);
        throw new Error([...told, (await machine.console()).slice(-4000)].join('\n'), { cause });
      }
    },
    async setValues(values) {
      const { config_values: before } = await rest('GET', 'Site/Site/site1');
      await rest('PATCH', 'Site/Site/site1', { config_values: { ...(before as Values), ...values } });
    },
  };
}
