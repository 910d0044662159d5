/** What is not in a zone although it was to be, and why. */
export interface LeftOut {
  /** Name of the host it belongs to; null where it belongs to none, an entry say. */
  readonly host: string | null;
  /** What was left out: `Address 12`, `Entry 3`, `Structure 7`. */
  readonly what: string;
  /** Why, for people. */
  readonly reason: string;
}

/** A zone as a name server is to serve it. It never changes: a zone with another content is another object. */
export interface ZoneContent {
  /** Its domain, without the dot at the end. */
  readonly name: string;
  readonly kind: 'forward' | 'reverse';
  /** SHA-256 of its text without the serial, in hexadecimal digits. */
  readonly hash: string;
  /** The first `MAX_LEFT_OUT` of what was left out. */
  readonly leftOut: readonly LeftOut[];
  /** How much was left out. */
  readonly leftOutCount: number;
  /** The zone file. @param serial 1 to 2^32-1 */
  text(serial: number): string;
}

/** All zones as of one position of the log. */
export interface ZoneSet {
  readonly position: bigint;
  /** By name. */
  readonly zones: ReadonlyMap<string, ZoneContent>;
}

/** Tells what every zone says. A zone that has not changed from one call to the next is the very same object. */
export abstract class ZoneSource {
  /** The zones as of now: they show everything that was in the log when they were asked for. */
  abstract zones(): Promise<ZoneSet>;
}
