import { setTimeout as sleep } from 'node:timers/promises';

/** Pauses between two looks at something that takes its time, in milliseconds; the last one is kept. */
export const PAUSES_MS: readonly number[] = [250, 500, 1000, 2000, 4000];

/** Looks again and again until there is something. @throws what a look throws; the reason of the signal */
export async function untilReady<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<T> {
  for (let looks = 0; ; looks += 1) {
    const found = await look();
    if (found !== undefined) return found;
    try {
      await sleep(pausesMs[Math.min(looks, pausesMs.length - 1)] ?? 0, undefined, { signal });
    } catch (thrown) {
      throw signal.aborted ? (signal.reason as Error) : thrown;
    }
  }
}
