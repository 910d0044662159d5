import { setTimeout as sleep } from 'node:timers/promises';

/** How long a machine is looked at after it was switched, in milliseconds. */
export interface PowerPatience {
  /** Between two looks. */
  readonly everyMs: number;
  /** Until it is left, as it is seen then. */
  readonly switchedMs: number;
  /** The same where its operating system was asked to shut down, which takes its time. */
  readonly askedMs: number;
}

const USUAL: PowerPatience = { everyMs: 1000, switchedMs: 10_000, askedMs: 60_000 };

interface Switched {
  readonly wanted: 'on' | 'off';
  /** Its operating system was asked, and may do so. */
  readonly gently: boolean;
  /** Sees the state. */
  readonly look: () => Promise<string>;
  readonly signal: AbortSignal;
}

/** Looks at a machine that was switched until it is as wanted, or for so long. @returns what is seen last */
export async function settledPower({ wanted, gently, look, signal }: Switched, patience = USUAL): Promise<string> {
  const limit = performance.now() + (gently ? patience.askedMs : patience.switchedMs);
  for (;;) {
    await sleep(patience.everyMs, undefined, { signal });
    const state = await look();
    if (state === wanted || performance.now() >= limit) return state;
  }
}
