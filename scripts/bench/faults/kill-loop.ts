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
/** How long what was killed is left to work before its kind is killed again, in milliseconds; else nothing would be done. */
const UP_MS = [500, 5000] as const;

export interface KillLoop {
  readonly installation: Installation;
  readonly random: Random;
  readonly outages: Outages;
  /** How many kills. */
  readonly count: number;
  readonly signal: AbortSignal;
  /** Resolves when enough was done amid the kills: the last one waits for it. */
  readonly enough?: (() => Promise<void>) | undefined;
}

/** Kills one program after the other at random moments, some while another one is away; resolves when all run again. */
export async function killAtRandom({ installation, random, outages, count, signal, enough }: KillLoop): Promise<void> {
  const away = new Set<Promise<void>>();
  const workedAgain = new Map<Fault, Promise<void>>();
  const names = Object.keys(KILLS);
  for (let n = 0; n < count && !signal.aborted; n += 1) {
    const fault = KILLS[random.pick(names)] as Fault;
    const pause = random.between(...PAUSE_MS);
    const up = random.between(...UP_MS);
    await workedAgain.get(fault);
    if (n === count - 1) await enough?.();
    if (away.size >= MAX_AWAY) await Promise.race(away);
    const killing = fault(installation, random, outages).finally(() => away.delete(killing));
    away.add(killing);
    workedAgain.set(
      fault,
      killing.then(() => sleep(up)),
    );
    await sleep(pause);
  }
  await Promise.all(away);
}
