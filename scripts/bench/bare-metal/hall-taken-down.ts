import type { HallMachine } from '../hall/hall-machine.ts';
import type { MachineHall } from '../hall/machine-hall.ts';

/**
 * Has machines that are built taken down: what stands on them, then they themselves, which wipes their disks.
 * @returns how long it took until all are off, in seconds
 * @throws Error where one is still on
 */
export async function hallTakenDown(hall: MachineHall, machines: readonly HallMachine[]): Promise<number> {
  const begun = Date.now();
  await Promise.all(
    machines.map(async ({ structure, foundation, machine, name }) => {
      for (const one of [structure, foundation]) {
        await hall.rest('POST', `${one}/doDestroy`, {});
        await hall.reached(machine, async () => (await hall.stateOf(one)) === 'planned');
      }
      if (await machine.bmc.power()) throw new Error(`${name} is taken down, and on`);
    }),
  );
  return (Date.now() - begun) / 1000;
}
