/**
 * `npm run bench -- boot-image [PART...]`: a machine of QEMU is surveyed beside a switch that speaks LLDP (`survey`). The script
 * `ipmi-create` that comes with the server wipes the disks of one, sets its clock and updates its firmware, and somebody types into
 * its shell (`images`). One loads iPXE over TFTP with BIOS (`bios`), one over HTTP with UEFI, without TFTP
 * (`uefi`). With names of these, only they. Prints when each was reached. Needs the package `lldpd`.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LabMachineOptions } from '#testing';
import type { Values } from './hall/hall-client.ts';
import { declareMachine, machineParts } from './hall/hall-machine.ts';
import { inHall } from './hall/in-hall.ts';
import type { MachineHall } from './hall/machine-hall.ts';
import { typedInShell } from './hall/typed-in-shell.ts';
import type { UefiLoads } from './hall/hall-settings.ts';
import { startSwitch } from './hall/switch-of.ts';
import type { Limit } from './limit.ts';

/** How long a step of a machine may take, in milliseconds. */
const STEP_MS = 900_000;
/** iPXE as a kernel, of Debian's package. */
const LKRN = '/usr/lib/ipxe/ipxe.lkrn';
/** Machines wait for nothing. */
const SWIFT = { boot_arguments: 'no_timer_check panic=5 disks_quiet=1 lookup_pause=3' };
/** Firmware whose first run takes effect after the machine has booted. It is kept at the end of the disk. */
const HANDLER = `#!/bin/sh
at=$(($(cat /sys/block/vda/size) - 1))
[ "$(dd if=/dev/vda bs=512 skip=$at count=1 2>/dev/null | head -c 3)" = new ] && { echo 'it is new'; exit 0; }
printf new | dd of=/dev/vda bs=512 seek=$at conv=notrunc,fsync 2>/dev/null
echo 'it is written, and boots'
exit 20
`;

type Tell = (text: string) => void;
type Act = (hall: MachineHall, folder: string, tell: Tell) => Promise<void>;

export async function run(parts: string[], limit: Limit): Promise<void> {
  const begun = performance.now();
  const tell: Tell = (text) => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  for (const part of parts.length > 0 ? parts : Object.keys(PARTS)) {
    const { uefi, act } = PARTS[part] ?? fail(part);
    await limit.step(part, () =>
      inHall({ uefi, bootMs: STEP_MS }, async (hall, folder) => {
        tell(`${part}: the hall is there`);
        await act(hall, folder, tell);
      }),
    );
  }
}

/** What can be looked at one by one. */
const PARTS: Readonly<Record<string, { readonly uefi?: UefiLoads; readonly act: Act }>> = {
  survey: { act: survey },
  images: { act: images },
  bios: { act: overTftp },
  uefi: { uefi: 'http', act: overHttp },
};

function fail(part: string): never {
  throw new Error(`there is no part "${part}"; there are ${Object.keys(PARTS).join(', ')}`);
}

/** Whether a machine that nobody knows has said what it is. */
async function isSurveyed({ rest }: MachineHall, serial: string): Promise<boolean> {
  return JSON.stringify(await rest('GET', 'Survey/Cartographer?filter=waiting')).includes(serial);
}
/** The first thing that a machine has asked for in a way, in words. */
const firstAsked = async ({ asked }: MachineHall, mac: string, kind: string): Promise<string | undefined> =>
  (await asked(mac)).find(({ text }) => text.startsWith(`${kind} `))?.text;

/** Surveys a machine that hangs on a switch which speaks LLDP. */
async function survey(hall: MachineHall, folder: string, tell: Tell): Promise<void> {
  const { machine, bmc, address, foundation } = await declareMachine(hall, 1);
  const switch7 = await startSwitch(hall.lab.network, folder, { name: 'switch7', port: '1/0/12', card: 'tap0' });
  try {
    await hall.setValues({ ...SWIFT, bootstrap_lldp_seconds: 3 });
    await hall.leases(address);
    await hall.switchOn(bmc);
    await hall.reached(machine, async () => (await hall.stateOf(foundation)) === 'located');
    const { id_map: made } = await hall.rest('GET', foundation);
    const { eth0 } = (made as { readonly network: Readonly<Record<string, Values>> }).network;
    tell(`it is surveyed, at ${JSON.stringify(eth0?.['lldp'])}`);
  } finally {
    await switch7.stop();
    await machine.stop();
  }
}

/** Has the script of the blueprint wipe disks, set the clock and update firmware; then somebody types into a shell. */
async function images(hall: MachineHall, folder: string, tell: Tell): Promise<void> {
  const socket = path.join(folder, 'console');
  const firmware = path.join(hall.files, 'firmware');
  await mkdir(firmware);
  await writeFile(path.join(firmware, 'disk'), HANDLER);
  await chmod(path.join(firmware, 'disk'), 0o644);
  await hall.setValues({
    ...SWIFT,
    firmware_handler_resources: ['disk'],
    firmware_resource_location: 'http://10.77.0.2/firmware/',
  });
  // A clock that is years behind, and a second serial port, into which somebody types.
  const port = `-chardev socket,id=t,path=${socket},server=on,wait=off,logfile=${socket}.log -serial chardev:t`;
  const { machine, mac, bmc, address, foundation, interfaceId } = await declareMachine(hall, 1, {
    parts: { disks: [100], besides: [`-rtc base=2021-05-05 ${port}`] },
    foundation: 'ipmi-base',
    structure: 'linux-base',
    console: 'ttyS1',
  });
  const shown = () => readFile(`${socket}.log`, 'utf8').catch(() => '');
  const reached = (what: () => Promise<boolean>) => hall.reached(machine, what);
  try {
    await hall.leases(address);
    await hall.rest('POST', `${foundation}/force`, { state: 'located' });
    await hall.rest('POST', `${foundation}/doCreate`, {});
    for (const [image, what] of [
      ['disk-wipe', 'its disks are wiped'],
      ['set-rtc', 'its clock is set'],
      ['firmware', 'its firmware is updated'],
    ] as const) {
      await reached(async () =>
        (await hall.asked(mac)).some(({ text }) => text === `http /pxe/disks/${image}.initrd served`),
      );
      await reached(async () => !(await machine.bmc.power()));
      const lines = (await shown()).split('\n').filter((line) => /^\d\d:\d\d:\d\d (?!Done)/.test(line));
      tell(`${what}: ${lines.at(-1)?.trim()}`);
    }
    await reached(async () => (await hall.stateOf(foundation)) === 'built');
    tell('the script ipmi-create is done');
    await hall.rest('PATCH', `Utilities/RealNetworkInterface/${interfaceId}`, { pxe: 'utility' });
    await hall.switchOn(bmc);
    await reached(async () => (await shown()).includes('there is a shell on the console'));
    tell(`its shell answers: ${await typedInShell(socket)}`);
    await reached(async () => !(await machine.bmc.power()));
  } finally {
    await machine.stop();
  }
}

/** Loads iPXE over TFTP with BIOS, from a PXE stack that does not say it is iPXE: that of iPXE itself, which is told not to. */
async function overTftp(hall: MachineHall, folder: string, tell: Tell): Promise<void> {
  const script = path.join(folder, 'pxe.ipxe');
  await writeFile(script, '#!ipxe\nset user-class plain\nautoboot\n');
  await unknown(hall, { besides: [`-kernel ${LKRN} -initrd ${script}`] }, 'tftp', tell);
}

/** Loads iPXE over HTTP with UEFI, without TFTP. */
async function overHttp(hall: MachineHall, _: string, tell: Tell): Promise<void> {
  await unknown(hall, { memory: 512, uefi: true }, 'http', tell);
}

/** Surveys a machine that nobody knows. @param kind how its firmware asks for iPXE */
async function unknown(
  hall: MachineHall,
  parts: Partial<LabMachineOptions>,
  kind: 'tftp' | 'http',
  tell: Tell,
): Promise<void> {
  const { mac, bmc, serial, ...others } = machineParts(2);
  const machine = await hall.lab.machine({ mac, bmc, serial, ...others, ...parts });
  try {
    await hall.setValues(SWIFT);
    await hall.switchOn(bmc);
    await hall.reached(machine, async () => (await firstAsked(hall, mac, kind)) !== undefined);
    tell(`its firmware asks: ${await firstAsked(hall, mac, kind)}`);
    await hall.reached(machine, () => isSurveyed(hall, serial));
    tell('it is surveyed');
  } finally {
    await machine.stop();
  }
}
