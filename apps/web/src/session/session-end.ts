const MINUTE_MS = 60_000;

/** How long before its end it is told that a session ends, in milliseconds. */
export const WARNED_MS = 15 * MINUTE_MS;
/** The longest time a browser waits for anything, in milliseconds. */
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** How a session is: it goes on, ends soon, or has ended. */
export type SessionEnd = 'far' | 'near' | 'over';

/** How near the end of a session is. @param expires ISO 8601; null: it has none */
export function endOf(expires: string | null, now: number): SessionEnd {
  if (expires === null) return 'far';
  const left = Date.parse(expires) - now;
  if (left <= 0) return 'over';
  return left <= WARNED_MS ? 'near' : 'far';
}

/** When to look again, in milliseconds from now; undefined: nothing changes any more. */
export function lookAgainIn(expires: string | null, now: number): number | undefined {
  if (expires === null) return undefined;
  const left = Date.parse(expires) - now;
  if (left <= 0) return undefined;
  // While it is near, the minutes that are left are told.
  return left <= WARNED_MS ? Math.min(left, MINUTE_MS) : Math.min(left - WARNED_MS, LONGEST_MS);
}

/** How many minutes are left, as people say it. */
export function minutesLeft(expires: string, now: number): string {
  const minutes = Math.max(1, Math.ceil((Date.parse(expires) - now) / MINUTE_MS));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
