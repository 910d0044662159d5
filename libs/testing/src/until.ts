import { setTimeout as sleep } from 'node:timers/promises';

/** How often a condition is looked at, and how long at most, in milliseconds. */
const LOOK_MS = 5;
const MAX_MS = 120_000;

/** Resolves as soon as the condition holds, which is looked at every few milliseconds; rejects after two minutes. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + MAX_MS;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`never came true: ${String(condition)}`);
    await sleep(LOOK_MS);
  }
}
