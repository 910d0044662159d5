import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Kea, MachineLab, RunningProgram } from '#testing';
import { relayInto, relayOutOf, startKea, startMachineLab, startNamed, startProgram, until } from '#testing';
import { BLUEPRINTS } from './hall-blueprints.ts';
import type { HallClient } from './hall-client.ts';
import { hallClient } from './hall-client.ts';
import type { UefiLoads } from './hall-settings.ts';
import { agentSettings, SERVER, serverSettings } from './hall-settings.ts';
import { makeSystem } from './tiny-system.ts';

const run = promisify(execFile);
/**
 * What kernels are told: nothing is written to the console, its cryptography is not tried, and disks are there at once. Where
 * many machines are emulated at once, their clocks come too late for the kernel, which would stand still then.
 */
const BOOT_ARGUMENTS = 'quiet cryptomgr.notests no_timer_check panic=5 disks_quiet=0 lookup_pause=3';
/** How long machines may take, which are emulated by processors that others need too. */
const BOOT_MS = 240_000;

/**
 * Machines of hardware, with all that makes systems of them: a server, a subcontractor that drives Kea and serves files, DNS,
 * and the boot image, in a network of its own. The site is `site1`, the image `tiny`.
 */
export interface MachineHall extends HallClient {
  readonly lab: MachineLab;
  readonly kea: Kea;
  /** A folder of files that machines are served, over TFTP and HTTP. */
  readonly files: string;
  /** Of the server. */
  pid(): number;
  /** Kills the server with -9, and starts it again. */
  restart(): Promise<void>;
  /** Switches a machine on by its BMC, as somebody does who is no job. */
  switchOn(bmc: string): Promise<void>;
  /** Waits until the DHCP server has been told of an address: a machine that is quicker is leased one of the pool. */
  leases(address: string): Promise<void>;
  /** What DNS says: `web1.lab.test`. */
  resolved(name: string): Promise<string>;
  stop(): Promise<void>;
}

export interface MachineHallOptions {
  /** How UEFI loads iPXE; over TFTP unless said. BIOS has no other way than TFTP. */
  readonly uefi?: UefiLoads;
  /** How long it is waited for a machine, in milliseconds. */
  readonly bootMs?: number;
}

/** Needs to be root, and everything that machines boot with. */
export async function startMachineHall(
  databaseUrl: string,
  { uefi = 'tftp', bootMs = BOOT_MS }: MachineHallOptions = {},
): Promise<MachineHall> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one();
  };
  const kept = <T extends { stop(): Promise<unknown> }>(started: T): T => {
    stops.push(() => started.stop());
    return started;
  };
  try {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-hall-'));
    stops.push(() => rm(folder, { recursive: true }));
    const files = path.join(folder, 'static');
    const disks = path.join(files, 'pxe/disks');
    const image = mkdir(disks, { recursive: true }).then(() => bootImage(disks, folder));
    image.catch(() => undefined);
    const lab = kept(await startMachineLab());
    const { network } = lab;
    const kea = kept(await startKea({ interfaces: ['br0'], network }));
    const named = kept(await startNamed({ network }));
    kept(await relayOutOf(network, Number(new URL(databaseUrl).port)));
    const environment = serverSettings(databaseUrl, folder, named);
    const serve = () => startProgram('apps/contractor/src/main', environment, 'contractor listens', network.within);
    let server: RunningProgram = await serve();
    stops.push(() => server.stop());
    const { port } = kept(await relayInto(network, '10.77.0.1', 80));
    const client = await hallClient(`http://127.0.0.1:${port}`, folder, bootMs);
    await furnish(client, folder, await image);
    const agent = agentSettings(kea, folder, uefi);
    kept(await startProgram('apps/subcontractor/src/main', agent, 'DHCP serves what is wanted', network.within));
    return {
      ...client,
      lab,
      kea,
      files,
      pid: () => server.pid,
      async restart() {
        await server.kill();
        server = await serve();
      },
      async switchOn(bmc) {
        const over = ['-I', 'lanplus', '-C', '3', '-U', 'admin', '-P', 'secret', '-H', bmc];
        await network.run('ipmitool', ...over, 'power', 'on');
      },
      async leases(address) {
        await until(async () => (await kea.asked('config-get')).includes(`"ip-address": "${address}"`), bootMs);
      },
      async resolved(name) {
        const question = ['+short', '+time=1', '+tries=1', '-p', String(named.port), '@127.0.0.1', name];
        return (await network.run('dig', ...question)).trim();
      },
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Builds the boot image, and of its parts a small system. @returns the file of the latter */
async function bootImage(disks: string, folder: string): Promise<string> {
  const packages = ['--packages', 'node_modules/.cache/boot-image'];
  await run('scripts/build-boot-image.sh', ['--kernel', 'cloud-amd64', ...packages, disks]);
  return makeSystem(folder, disks, SERVER);
}

/** Sets the server up: whoever is unknown is surveyed. */
async function furnish(
  { contractor, rest, listed, setValues }: HallClient,
  folder: string,
  system: string,
): Promise<void> {
  const place = ['--primary-interface', 'eth0', '--address', '10.77.0.1/24', '--site-domain', 'lab.test'];
  await contractor('setup', '--yes', '--no-bind', ...place);
  await contractor('platform', 'enable', 'ipmi');
  await writeFile(path.join(folder, 'metal.toml'), BLUEPRINTS);
  await contractor('load', path.join(folder, 'metal.toml'));
  await contractor('image', 'upload', 'tiny', system);
  for (const { id } of await listed('Utilities/DynamicAddress')) {
    await rest('PATCH', `Utilities/DynamicAddress/${String(id)}`, { pxe: 'bootstrap' });
  }
  await setValues({ bootstrap_lldp_seconds: 0, boot_arguments: BOOT_ARGUMENTS });
}
