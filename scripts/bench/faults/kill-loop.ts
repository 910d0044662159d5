import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault-kinds.ts';
import { KILLS } from './fault-kinds.ts';
import type { Installation } from './installation.ts';
import type { Outages } from './outages.ts';
import type { Random } from './random.ts';

/** How many programs are away at a time, at the most. */
const MAX_AWAY = 2;
/** Between two kills, in milliseconds. */
const PAUSE_MS = [50, 900] as const;

export interface KillLoop {
  readonly installation: Installation;
  readonly random: Random;
  readonly outages: Outages;
  /** How many kills. */
  readonly count: number;
  readonly signal: AbortSignal;
}

/** Kills one program after the other at random moments, some while another one is away; resolves when all run again. */
export async function killAtRandom({ installation, random, outages, count, signal }: KillLoop): Promise<void> {
  const away = new Map<Fault, Promise<void>>();
  const names = Object.keys(KILLS);
  for (let n = 0; n < count && !signal.aborted; n += 1) {
    const fault = KILLS[random.pick(names)] as Fault;
    const pause = random.between(...PAUSE_MS);
    await away.get(fault);
    if (away.size >= MAX_AWAY) await Promise.race(away.values());
    const killing = fault(installation, random, outages).finally(() => away.delete(fault));
    away.set(fault, killing);
    await sleep(pause);
  }
  await Promise.all(away.values());
}
