/**
 * `npm run bench -- boot-image [PART...]`: a machine of QEMU is surveyed beside a switch that speaks LLDP (`survey`). The script
 * `ipmi-create` that comes with the server wipes the disks of one, sets its clock and updates its firmware, and somebody types into
 * its shell (`images`). One loads iPXE over TFTP with BIOS (`bios`), one over HTTP with UEFI, without TFTP
 * (`uefi`). With names of these, only they. Prints when each was reached. Needs the package `lldpd`.
 */
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import type { LabMachineOptions } from '#testing';
import { declareMachine } from './hall/declared-machine.ts';
import { inHall } from './hall/in-hall.ts';
import type { Hall, HallOptions, Values } from './hall/start-hall.ts';
import { startSwitch } from './hall/switch-of.ts';
import type { Limit } from './limit.ts';

const NODE1: LabMachineOptions = {
  mac: '52:54:00:77:00:01',
  serial: 'SN0001',
  bmc: '10.77.0.201',
  disks: [100],
};
const NODE2: LabMachineOptions = {
  mac: '52:54:00:77:00:02',
  serial: 'SN0002',
  bmc: '10.77.0.202',
  disks: [50],
  memory: 512,
  uefi: true,
};
const NODE3: LabMachineOptions = { mac: '52:54:00:77:00:03', serial: 'SN0003', bmc: '10.77.0.203', disks: [50] };
/** iPXE as a kernel, of Debian's package. */
const LKRN = '/usr/lib/ipxe/ipxe.lkrn';
/** Machines wait for nothing. */
const SWIFT = { bootstrap_lldp_seconds: 1, boot_arguments: 'disks_quiet=1 lookup_pause=3' };
/** Firmware whose first run takes effect after the machine has booted. It is kept at the end of the disk. */
const HANDLER = `#!/bin/sh
at=$(($(cat /sys/block/vda/size) - 1))
[ "$(dd if=/dev/vda bs=512 skip=$at count=1 2>/dev/null | head -c 3)" = new ] && { echo 'it is new'; exit 0; }
printf new | dd of=/dev/vda bs=512 seek=$at conv=notrunc,fsync 2>/dev/null
echo 'it is written, and boots'
exit 20
`;

type Tell = (text: string) => void;
type Act = (hall: Hall, folder: string, tell: Tell) => Promise<void>;

export async function run(parts: string[], limit: Limit): Promise<void> {
  const begun = performance.now();
  const tell: Tell = (text) => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  for (const part of parts.length > 0 ? parts : Object.keys(PARTS)) {
    const { uefi, act } = PARTS[part] ?? fail(part);
    await limit.step(part, () =>
      inHall({ uefi }, async (hall, folder) => {
        tell(`${part}: the hall is there`);
        await act(hall, folder, tell);
      }),
    );
  }
}

/** What can be looked at one by one. */
const PARTS: Readonly<Record<string, Pick<HallOptions, 'uefi'> & { readonly act: Act }>> = {
  survey: { act: survey },
  images: { act: images },
  bios: { act: overTftp },
  uefi: { uefi: 'http', act: overHttp },
};

function fail(part: string): never {
  throw new Error(`there is no part "${part}"; there are ${Object.keys(PARTS).join(', ')}`);
}

/** Whether a machine that nobody knows has said what it is. */
async function isSurveyed({ rest }: Hall, serial: string): Promise<boolean> {
  return JSON.stringify(await rest('GET', 'Survey/Cartographer?filter=waiting')).includes(serial);
}
const FOUNDATION = 'Building/Foundation/node1';
const stateOf = async ({ rest }: Hall, object: string) => (await rest('GET', object))['state'];

/** Surveys a machine that hangs on a switch which speaks LLDP. */
async function survey(hall: Hall, folder: string, tell: Tell): Promise<void> {
  const { rest, lab, reached } = hall;
  const node1 = await lab.machine(NODE1);
  const switch7 = await startSwitch(lab.network, folder, { name: 'switch7', port: '1/0/12', card: 'tap0' });
  try {
    await hall.setValues({ ...SWIFT, bootstrap_lldp_seconds: 3 });
    await declareMachine(hall, NODE1, 'ttyS0');
    await hall.switchOn(NODE1.bmc);
    await reached(node1, async () => (await stateOf(hall, FOUNDATION)) === 'located');
    const { id_map: made } = await rest('GET', FOUNDATION);
    const { eth0 } = (made as { readonly network: Readonly<Record<string, Values>> }).network;
    tell(`it is surveyed, at ${JSON.stringify(eth0?.['lldp'])}`);
  } finally {
    await switch7.stop();
    await node1.stop();
  }
}

/** Has the script of the blueprint wipe disks, set the clock and update firmware; then somebody types into a shell. */
async function images(hall: Hall, folder: string, tell: Tell): Promise<void> {
  const { rest, lab, reached } = hall;
  const socket = path.join(folder, 'console');
  // A clock that is years behind, and a second serial port, into which somebody types.
  const port = `-chardev socket,id=t,path=${socket},server=on,wait=off,logfile=${socket}.log -serial chardev:t`;
  const node1 = await lab.machine({ ...NODE1, besides: [`-rtc base=2021-05-05 ${port}`] });
  const shown = () => readFile(`${socket}.log`, 'utf8').catch(() => '');
  try {
    const firmware = path.join(hall.files, 'firmware');
    await mkdir(firmware);
    await writeFile(path.join(firmware, 'disk'), HANDLER);
    await chmod(path.join(firmware, 'disk'), 0o644);
    await hall.setValues({
      ...SWIFT,
      firmware_handler_resources: ['disk'],
      firmware_resource_location: 'http://10.77.0.2/firmware/',
    });
    const { interface: eth0 } = await declareMachine(hall, NODE1, 'ttyS1');
    await rest('POST', `${FOUNDATION}/force`, { state: 'located' });
    await rest('POST', `${FOUNDATION}/doCreate`, {});
    for (const [image, what] of [
      ['disk-wipe', 'its disks are wiped'],
      ['set-rtc', 'its clock is set'],
      ['firmware', 'its firmware is updated'],
    ] as const) {
      await reached(node1, async () =>
        (await hall.asked(NODE1.mac)).includes(`http /pxe/disks/${image}.initrd served`),
      );
      await reached(node1, async () => !(await node1.bmc.power()));
      const lines = (await shown()).split('\n').filter((line) => /^\d\d:\d\d:\d\d (?!Done)/.test(line));
      tell(`${what}: ${lines.at(-1)?.trim()}`);
    }
    await reached(node1, async () => (await stateOf(hall, FOUNDATION)) === 'built');
    tell('the script ipmi-create is done');
    await rest('PATCH', `Utilities/RealNetworkInterface/${eth0}`, { pxe: 'utility' });
    await hall.switchOn(NODE1.bmc);
    await reached(node1, async () => (await shown()).includes('there is a shell on the console'));
    tell(`its shell answers: ${await typed(socket)}`);
    await reached(node1, async () => !(await node1.bmc.power()));
  } finally {
    await node1.stop();
  }
}

/** Types into a shell what ends the machine. @returns what it has said before */
async function typed(socket: string): Promise<string> {
  const console_ = connect(socket);
  await once(console_, 'connect');
  console_.write('\n');
  let said = '';
  let isAsked = false;
  for await (const part of console_) {
    said += String(part);
    if (!isAsked && said.includes('# ')) {
      isAsked = true;
      console_.write('echo "$(whoami) of $(uname -r)"; sleep 1; poweroff -f\n');
    }
    const [, answer] = /^(root of \S+)\r?$/m.exec(said) ?? [];
    if (answer !== undefined) return answer;
  }
  throw new Error(`the shell says nothing but ${said}`);
}

/** Loads iPXE over TFTP with BIOS, from a PXE stack that does not say it is iPXE: that of iPXE itself, which is told not to. */
async function overTftp(hall: Hall, folder: string, tell: Tell): Promise<void> {
  const { lab, reached } = hall;
  const script = path.join(folder, 'pxe.ipxe');
  await writeFile(script, '#!ipxe\nset user-class plain\nautoboot\n');
  const node3 = await lab.machine({ ...NODE3, besides: [`-kernel ${LKRN} -initrd ${script}`] });
  try {
    await hall.setValues(SWIFT);
    await hall.switchOn(NODE3.bmc);
    await reached(node3, async () => (await hall.asked(NODE3.mac)).some((one) => one.startsWith('tftp ')));
    tell(`its firmware asks: ${(await hall.asked(NODE3.mac)).find((one) => one.startsWith('tftp '))}`);
    await reached(node3, () => isSurveyed(hall, 'SN0003'));
    tell('it is surveyed');
  } finally {
    await node3.stop();
  }
}

async function overHttp(hall: Hall, _: string, tell: Tell): Promise<void> {
  const { lab, reached } = hall;
  const node2 = await lab.machine(NODE2);
  try {
    await hall.setValues(SWIFT);
    await hall.switchOn(NODE2.bmc);
    await reached(node2, async () => (await hall.asked(NODE2.mac)).some((one) => one.startsWith('http ')));
    tell(`its firmware asks: ${(await hall.asked(NODE2.mac)).find((one) => one.startsWith('http '))}`);
    await reached(node2, () => isSurveyed(hall, 'SN0002'));
    tell('it is surveyed');
  } finally {
    await node2.stop();
  }
}
