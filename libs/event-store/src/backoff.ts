/** How pauses between tries grow, in milliseconds. */
export interface BackoffOptions {
  /** About how long the first pause is. */
  readonly firstMs: number;
  /** No pause is longer. */
  readonly maxMs: number;
}

/**
 * The pause after so many failures in a row, in milliseconds: it doubles with each of them, and lies anywhere between half
 * of that and the whole, so that those who failed together do not try again together. These lines stand in place of a
 * library because waits end with a signal and what is tried again differs from place to place.
 */
export function backoffMs(
  failures: number,
  { firstMs, maxMs }: BackoffOptions,
  random: () => number = Math.random,
): number {
  const whole = Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30));
  return whole / 2 + (whole / 2) * random();
}
