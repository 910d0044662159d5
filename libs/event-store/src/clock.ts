/** Tells the time as ISO 8601 with microseconds, never the same moment twice and never backwards. */
export interface Clock {
  /** @param notBefore the returned time is later than this one (ISO text, may be empty) */
  now(notBefore?: string): string;
}

const iso = (micros: bigint): string => {
  const millis = Number(micros / 1000n);
  return `${new Date(millis).toISOString().slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}+00:00`;
};

/** Microseconds since 1970 of a time written by a {@link Clock}. */
export const microsOf = (at: string): bigint =>
  BigInt(Date.parse(`${at.slice(0, 23)}Z`)) * 1000n + BigInt(at.slice(23, 26));

/** The clock of this machine, held back from running backwards. */
export function systemClock(): Clock {
  let last = 0n;
  return {
    now: (notBefore = '') => {
      const wall = BigInt(Date.now()) * 1000n;
      const floor = notBefore ? microsOf(notBefore) : 0n;
      last = [last + 1n, floor + 1n, wall].reduce((a, b) => (a > b ? a : b));
      return iso(last);
    },
  };
}
