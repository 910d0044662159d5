import type { AgentParametersOf, ResultOf } from '#platform';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';
import { CommandRefused } from './faults.ts';

type Wanted = Omit<AgentParametersOf<IpmiContract, 'set_boot'>, 'connection'>;
type Boot = ResultOf<IpmiContract, 'set_boot'>;

/** Devices by their number in the boot flags (IPMI 2.0, 28.13). */
const DEVICES: Readonly<Record<number, Wanted['device']>> = {
  0: 'none',
  1: 'pxe',
  2: 'disk',
  3: 'safe',
  4: 'diag',
  5: 'cdrom',
  6: 'bios',
  15: 'floppy',
};

/** What is booted next, as the flags of the BMC say. */
export async function bootDevice(bmc: Bmc): Promise<Boot> {
  return bootFlagsIn(await bmc.run(['chassis', 'bootparam', 'get', '5']));
}

/** Reads the flags out of what `ipmitool` prints of them. @throws Error where they are not there, or say something else */
export function bootFlagsIn(output: string): Boot {
  const [, hex] = /^\s*Boot parameter data:\s*([0-9a-f]{4,})\s*$/im.exec(output) ?? [];
  if (hex === undefined) throw new Error('the BMC does not tell its boot flags');
  const [options = 0, selected = 0] = Buffer.from(hex, 'hex');
  const number = (selected >> 2) & 0x0f;
  const device = DEVICES[number];
  if (device === undefined) throw new Error(`the boot flags of the BMC say device ${number}, which has no name here`);
  return {
    device,
    persistent: (options & 0x40) !== 0,
    efi: (options & 0x20) !== 0,
    in_force: (options & 0x80) !== 0,
  };
}

/**
 * Says what is booted next, once or from now on, and reads it back.
 * @throws Error where the BMC has taken the order and says something else
 */
export async function setBoot(bmc: Bmc, { device, persistent, efi }: Wanted): Promise<Boot> {
  await keepFlags(bmc);
  const options = [...(persistent ? ['persistent'] : []), ...(efi ? ['efiboot'] : [])];
  const order = ['chassis', 'bootdev', device];
  await bmc.run(options.length === 0 ? order : [...order, `options=${options.join(',')}`]);
  const after = await bootDevice(bmc);
  const asWanted = after.persistent === persistent && after.efi === efi;
  if (after.device === device && (device === 'none' || asWanted)) return after;
  const wanted = shown({ device, persistent, efi });
  throw new Error(`the BMC took the order to boot ${wanted}, and says afterwards that it boots ${shown(after)}`);
}

const shown = ({ device, persistent, efi }: Wanted): string =>
  device === 'none'
    ? 'what its settings say'
    : `"${device}" ${persistent ? 'from now on' : 'once'} ${efi ? 'by UEFI' : 'by a legacy BIOS'}`;

/**
 * Has the BMC keep its boot flags: many forget them where the machine is not switched within a minute (parameter 3 of
 * 28.13). Those that do not know the parameter keep them.
 */
async function keepFlags(bmc: Bmc): Promise<void> {
  await bmc.raw([0x00, 0x08, 0x03, 0x08]).catch((error: unknown) => {
    if (!(error instanceof CommandRefused)) throw error;
  });
}
