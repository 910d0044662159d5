/** Serials are 32 bits wide and go round (RFC 1982). */
const MODULUS = 2 ** 32;
const HALF = 2 ** 31;

/** Whether secondaries take the serial `a` to be newer than `b`. */
export const isLaterSerial = (a: number, b: number): boolean => a !== b && (a - b + MODULUS) % MODULUS < HALF;

/**
 * The serial of a new content of a zone: the seconds since 1970 where that is later than every serial given, otherwise
 * the one behind the latest of them. It is never 0.
 * @param before the serial of the content so far, and others that must be passed, such as one that is served
 */
export function nextSerial(before: readonly number[], seconds: number): number {
  const latest = before.reduce<number | undefined>(
    (so, one) => (so === undefined || isLaterSerial(one, so) ? one : so),
    undefined,
  );
  const now = Math.floor(seconds) % MODULUS || 1;
  if (latest === undefined || isLaterSerial(now, latest)) return now;
  return (latest + 1) % MODULUS || 1;
}
