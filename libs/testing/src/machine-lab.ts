import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { IpmiSim } from './ipmi-sim.ts';
import { startIpmiSim } from './ipmi-sim.ts';
import type { Radvd } from './radvd.ts';
import { startRadvd } from './radvd.ts';
import type { TestNetwork } from './test-network.ts';
import { startNetwork } from './test-network.ts';

const run = promisify(execFile);

/** A hall of machines of a test's own: virtual ones with a BMC each, on one wire, with our end `br0` of it. */
export interface MachineLab {
  readonly network: TestNetwork;
  /** A machine that is off. */
  machine(options: LabMachineOptions): Promise<LabMachine>;
  /** Switches everything off and removes it. */
  stop(): Promise<void>;
}

/** What a machine is made of. */
export interface LabMachineOptions {
  readonly mac: string;
  /** Serial number of the system. */
  readonly serial: string;
  /** Address of its BMC, below 10.77.0.0/24. */
  readonly bmc: string;
  /** How large its disks are, in MiB. */
  readonly disks?: readonly number[];
  /** In MB. */
  readonly memory?: number;
  /** Whether its firmware is UEFI, which boots over the network by itself; else BIOS, with the iPXE of its network card. */
  readonly uefi?: boolean;
  /** Words for QEMU besides. */
  readonly besides?: readonly string[];
}

/** A machine of the hall, as somebody sees it who stands before it. */
export interface LabMachine {
  readonly bmc: IpmiSim;
  readonly disks: readonly string[];
  /** What it has written to its serial port since it is there. */
  console(): Promise<string>;
  /** Octets of a disk. */
  read(disk: number, from: number, length: number): Promise<Buffer>;
  /** Takes it out. */
  stop(): Promise<void>;
}

/** Whether this account may make one: virtual network cards take root. */
export const canStartMachineLab = process.getuid?.() === 0;

/** How much of what QEMU has translated it keeps, in MB: zeroing more than a boot takes costs more than it saves. */
const TRANSLATED_MB = 32;
const OVMF = '/usr/share/OVMF';

/**
 * Makes a wire with `br0` as 10.77.0.1 and 10.77.0.2 in a network of its own. Needs QEMU, `ipmi_sim`, and to be root, which
 * virtual network cards take.
 */
export async function startMachineLab(): Promise<MachineLab> {
  const network = await startNetwork();
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-lab-'));
  const machines = new Set<LabMachine>();
  let radvd: Radvd | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([...machines].map((one) => one.stop()));
    await radvd?.stop();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const shell = (script: string) => network.run('sh', '-ec', script);
  let cards = 0;
  const machine: MachineLab['machine'] = async ({
    mac,
    serial,
    bmc: address,
    disks = [],
    memory = 256,
    uefi = false,
    besides = [],
  }) => {
    const card = `tap${cards++}`;
    const file = (name: string) => path.join(folder, `${card}-${name}`);
    await shell(
      `ip tuntap add dev ${card} mode tap; ip link set ${card} master br0 up; ip addr add ${address}/24 dev br0`,
    );
    const files = disks.map((_, n) => file(`disk${n}`));
    for (const [n, disk] of files.entries()) {
      await writeFile(disk, '');
      await truncate(disk, disks[n]! * 1_048_576);
    }
    if (uefi) await run('cp', [`${OVMF}/OVMF_VARS_4M.fd`, file('vars')]);
    const drives = files.flatMap((disk, n) => [
      `-drive file=${disk},if=none,format=raw,id=d${n}`,
      `-device virtio-blk-pci,drive=d${n},serial=${serial}-${n},bootindex=${n + 2}`,
    ]);
    const firmware = uefi
      ? [
          '-M q35',
          `-drive if=pflash,format=raw,readonly=on,file=${OVMF}/OVMF_CODE_4M.fd`,
          `-drive if=pflash,format=raw,file=${file('vars')}`,
        ]
      : [];
    const words = [
      `exec qemu-system-x86_64 -accel tcg,tb-size=${TRANSLATED_MB} -m ${memory} -nodefaults -nographic -monitor none`,
      // Begins again where nothing can be booted, as servers do.
      '-boot reboot-timeout=5000',
      `-smbios type=1,manufacturer=Acme,product=T1000,serial=${serial}`,
      `-chardev file,id=s,path=${file('console')},append=on -serial chardev:s`,
      `-netdev tap,id=n,ifname=${card},script=no,downscript=no`,
      `-device virtio-net-pci,netdev=n,mac=${mac},bootindex=1${uefi ? ',romfile=' : ''}`,
      '-device virtio-rng-pci',
      ...firmware,
      ...drives,
      ...besides,
    ];
    const bmc = await startIpmiSim({ network, address, machine: words.join(' ') });
    const made: LabMachine = {
      bmc,
      disks: files,
      console: () => readFile(file('console'), 'utf8').catch(() => ''),
      async read(disk, from, length) {
        const handle = await open(files[disk]!);
        try {
          return (await handle.read(Buffer.alloc(length), 0, length, from)).buffer;
        } finally {
          await handle.close();
        }
      },
      async stop() {
        machines.delete(made);
        await bmc.stop();
        await shell(`ip link del ${card}; ip addr del ${address}/24 dev br0`);
      },
    };
    machines.add(made);
    return made;
  };
  try {
    await shell(`ip link add br0 type bridge stp_state 0 forward_delay 0
      ip addr add 10.77.0.1/24 dev br0; ip addr add 10.77.0.2/24 dev br0; ip link set br0 up`);
    // iPXE waits for IPv6 where no router advertises itself.
    radvd = await startRadvd(network, 'br0');
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { network, machine, stop };
}
