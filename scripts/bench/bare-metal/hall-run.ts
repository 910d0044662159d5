import { readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HallMachine } from '../hall/hall-machine.ts';
import { declareMachine } from '../hall/hall-machine.ts';
import type { MachineHall } from '../hall/machine-hall.ts';
import { ProgramTimes } from './program-times.ts';

/** How often it is looked how far all are, in milliseconds. */
const LOOK_MS = 1000;

export interface HallRunOptions {
  readonly count: number;
  /** How many are switched on at a time to be surveyed. */
  readonly atOnce: number;
  /** How often the server is killed with -9: while machines are written to, evenly over all of them. */
  readonly kills: number;
  /** How long all of it may take, in milliseconds. */
  readonly maxMs: number;
  readonly say: (line: string) => void;
}

/** When a machine was switched on, and seen to be so far, in milliseconds since 1970. */
export interface HallTimes {
  readonly on: number;
  readonly located: number;
  readonly built: number;
}

export interface HallRun {
  readonly machines: readonly HallMachine[];
  readonly times: ReadonlyMap<HallMachine, HallTimes>;
  readonly seconds: number;
  readonly kills: number;
  readonly programs: ProgramTimes;
}

/**
 * Declares machines, switches them on, has each built as soon as it is located, and kills the server meanwhile.
 * @throws Error with who has not come how far, where it takes too long
 */
export async function hallRun(hall: MachineHall, options: HallRunOptions): Promise<HallRun> {
  const { count, atOnce, kills, maxMs, say } = options;
  const machines: HallMachine[] = [];
  for (let n = 1; n <= count; n += 1) machines.push(await declareMachine(hall, n));
  await hall.leases(machines.at(-1)!.address);
  say(`${count} machines are declared`);
  const programs = new ProgramTimes(await readlink(`/proc/${hall.pid()}/ns/net`));
  const begun = Date.now();
  const off = [...machines];
  const on = new Map<HallMachine, number>();
  const located = new Map<HallMachine, number>();
  const built = new Map<HallMachine, number>();
  const writing = new Set<HallMachine>();
  let killed = 0;
  while (built.size < count) {
    while (off.length > 0 && on.size - located.size < atOnce) {
      const next = off.shift()!;
      on.set(next, Date.now());
      await hall.switchOn(next.bmc);
    }
    await programs.look();
    for (const one of machines) {
      if (!on.has(one) || built.has(one)) continue;
      if (!located.has(one)) {
        if ((await hall.stateOf(one.foundation)) !== 'located') continue;
        located.set(one, Date.now());
        await hall.rest('POST', `${one.foundation}/doCreate`, {});
        await hall.rest('POST', `${one.structure}/doCreate`, {});
      } else if ((await hall.stateOf(one.structure)) === 'built') {
        built.set(one, Date.now());
        say(`${one.hostname} is built (${built.size} of ${count})`);
      } else if (killed < kills && !writing.has(one)) {
        const asked = await hall.asked(one.mac);
        if (asked.some(({ text }) => text.includes('PXE linux-installer'))) writing.add(one);
      }
    }
    if (killed < kills && writing.size > 0 && writing.size >= (killed * count) / kills) {
      killed += 1;
      say(`the server is killed: ${on.size} were switched on, ${located.size} are located, ${built.size} built`);
      await hall.restart();
    }
    if (Date.now() - begun > maxMs) throw new Error(`after ${maxMs / 1000} s ${await howFar(hall, machines)}`);
    await sleep(LOOK_MS);
  }
  await programs.look();
  const times = new Map(
    machines.map((one) => [one, { on: on.get(one)!, located: located.get(one)!, built: built.get(one)! }]),
  );
  return { machines, times, seconds: (Date.now() - begun) / 1000, kills: killed, programs };
}

async function howFar(hall: MachineHall, machines: readonly HallMachine[]): Promise<string> {
  const states: string[] = [];
  for (const one of machines) {
    const [foundation, structure] = [await hall.stateOf(one.foundation), await hall.stateOf(one.structure)];
    if (structure !== 'built')
      states.push(`${one.name} is ${String(foundation)}, ${one.hostname} ${String(structure)}`);
  }
  return [...states, await hall.contractor('boot', 'trace'), await hall.contractor('job', 'list')].join('\n');
}
