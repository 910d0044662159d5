import { setTimeout as sleep } from 'node:timers/promises';

/** How often a condition is looked at, in milliseconds. */
const LOOK_MS = 20;
/** How long at most unless said otherwise, in milliseconds: long enough for a busy machine. */
const MAX_MS = 120_000;

/**
 * Resolves as soon as the condition holds, which is looked at every few milliseconds.
 * @param maxMs how long at most, in milliseconds
 * @throws Error naming the condition where it never came true
 */
export async function until(condition: () => boolean | Promise<boolean>, maxMs = MAX_MS): Promise<void> {
  const limit = performance.now() + maxMs;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`never came true: ${String(condition)}`);
    await sleep(LOOK_MS);
  }
}
