/** Tells the time, never backwards, also where the clock of the machine is set back. */
export interface Clock {
  /**
   * The time as ISO 8601 with microseconds; never the same moment twice.
   * @param notBefore the returned time is later than this one (ISO text, may be empty)
   */
  now(notBefore?: string): string;
  /** The same time in milliseconds since 1970; what was `now` is never later than it. */
  millis(): number;
  /** Takes notice of a time that somebody else has recorded: from now on it is later here, too. */
  observe(at: string): void;
}

/** Where a clock has its time from, in milliseconds. */
export interface ClockSources {
  /** Since 1970; may jump. */
  readonly wall: () => number;
  /** Since any moment; runs evenly and never jumps. */
  readonly monotonic: () => number;
}

/**
 * How far ahead of this machine times may be that others tell, so that this clock follows them, in milliseconds: a day.
 * What is further ahead comes of a clock that was set wrong by far, and holds for its own stream only.
 */
const MAX_AHEAD_MS = 24 * 3600 * 1000;
/** How many microseconds pass in a millisecond while the clock is ahead of the machine's, so that the two meet again. */
const SLOWED = 900;

const iso = (micros: bigint): string => {
  const millis = Number(micros / 1000n);
  return `${new Date(millis).toISOString().slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}+00:00`;
};

/** Microseconds since 1970 of a time written by a {@link Clock}. */
export const microsOf = (at: string): bigint =>
  BigInt(Date.parse(`${at.slice(0, 23)}Z`)) * 1000n + BigInt(at.slice(23, 26));

const MACHINE: ClockSources = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * The clock of this machine, held back from running backwards: where it is set back, or others are ahead, time goes on at
 * nine tenths of its pace until the two meet again. So what waits for a time waits a little longer, never as long as the
 * clock was set back.
 */
export function systemClock({ wall, monotonic }: ClockSources = MACHINE): Clock {
  /** Microseconds since 1970. */
  let time = 0n;
  /** What was told last, so that nothing is told twice. */
  let told = 0n;
  let measured = monotonic();

  const wallMicros = (): bigint => BigInt(Math.floor(wall() * 1000));
  const advance = (): bigint => {
    const passed = Math.floor((monotonic() - measured) * SLOWED);
    if (passed > 0) {
      time += BigInt(passed);
      measured += passed / SLOWED;
    }
    const shown = wallMicros();
    if (shown > time) {
      time = shown;
      measured = monotonic();
    }
    return time;
  };
  const later = (one: bigint, other: bigint): bigint => (one > other ? one : other);
  /** Takes over a moment, and those after it. */
  const take = (micros: bigint): void => {
    time = later(time, micros);
    told = later(told, micros);
  };
  const isNear = (micros: bigint): boolean => micros <= wallMicros() + BigInt(MAX_AHEAD_MS) * 1000n;

  return {
    now: (notBefore = '') => {
      take(later(advance(), told + 1n));
      const floor = (notBefore ? microsOf(notBefore) : 0n) + 1n;
      if (floor <= time) return iso(time);
      if (isNear(floor)) take(floor);
      return iso(floor);
    },
    millis: () => Number(advance() / 1000n),
    observe: (at) => {
      advance();
      const micros = microsOf(at);
      if (isNear(micros)) take(micros);
    },
  };
}
