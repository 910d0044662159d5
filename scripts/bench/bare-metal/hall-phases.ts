import { median } from '../median.ts';
import type { HallMachine } from '../hall/hall-machine.ts';
import type { HallTimes } from './hall-run.ts';
import type { MachineHall } from '../hall/machine-hall.ts';

/** How long a step of a machine took, in seconds, over all machines. */
export interface HallPhase {
  readonly name: string;
  readonly median: number;
  readonly most: number;
}

/** When Kea has leased a machine its first address, as it tells of it. */
function leased({ kea }: MachineHall, mac: string): number | undefined {
  const line = kea.lines.find((one) => one.includes('DHCP4_LEASE_ALLOC') && one.includes(mac));
  return line === undefined ? undefined : Date.parse(line.slice(0, '2026-01-01 00:00:00.000'.length));
}

const SCRIPT = 'document boot_script served PXE ';

/** The steps from a machine that is switched on to a system that runs; one that the trace knows nothing of is left out. */
export async function hallPhases(
  hall: MachineHall,
  times: ReadonlyMap<HallMachine, HallTimes>,
): Promise<readonly HallPhase[]> {
  const found = new Map<string, number[]>();
  for (const [{ mac }, { on, located, built }] of times) {
    const asked = await hall.asked(mac);
    const at = (text: string, from = 0) => asked.find((one) => one.at >= from && one.text.startsWith(text))?.at;
    const installs = at(`${SCRIPT}linux-installer`);
    const again = at(`${SCRIPT}normal-boot`);
    const steps: readonly (readonly [string, number | undefined])[] = [
      ['switched on', on],
      ['first lease', leased(hall, mac)],
      ['boot script', at(`${SCRIPT}bootstrap`)],
      ['kernel and initrd loaded', at('http /pxe/disks/bootstrap.initrd')],
      ['located', located],
      ['boots the installer', installs],
      ['boots what was written', again],
      ['calls back', at('document config', again)],
      ['built', built],
    ];
    let before = on;
    for (const [name, then] of steps.slice(1)) {
      if (then === undefined) continue;
      found.set(name, [...(found.get(name) ?? []), (then - before) / 1000]);
      before = then;
    }
  }
  return [...found].map(([name, all]) => ({ name, median: median(all), most: Math.max(...all) }));
}
