import { createHash } from 'node:crypto';
import type { Timers } from '#directory';
import type { RecordType } from './record-text.ts';
import { RECORD_TYPES, seconds } from './record-text.ts';
import type { LeftOut, ZoneContent } from './zone-source.ts';

/** How many of those that were left out are named. */
export const MAX_LEFT_OUT = 1000;
/** Stands for the serial where the text is hashed. */
const ANY_SERIAL = '**ZONE_SERIAL**';
const MAX_SERIAL = 2 ** 32 - 1;

/** What a zone is to say. */
export interface ZoneParts {
  readonly name: string;
  readonly kind: ZoneContent['kind'];
  readonly timers: Timers;
  /** The name server that the zone is made on, with a dot at the end. */
  readonly master: string;
  /** Whom to write to, as a name: `hostmaster.site.test.` */
  readonly contact: string;
  /** Lines by the kind of their records, in order. */
  readonly lines: Readonly<Partial<Record<RecordType, readonly string[]>>>;
  readonly leftOut: readonly LeftOut[];
}

/** A zone with these parts: the one before, where it says the same. */
export function zoneContent(parts: ZoneParts, before: ZoneContent | undefined): ZoneContent {
  const { name, kind, lines } = parts;
  const [head, tail] = soa(parts);
  const body = `${tail}\n${RECORD_TYPES.flatMap((type) => lines[type] ?? []).join('\n')}\n`;
  const hash = createHash('sha256').update(head).update(ANY_SERIAL).update(body).digest('hex');
  const leftOut = parts.leftOut.slice(0, MAX_LEFT_OUT);
  const told = { hash, leftOut, leftOutCount: parts.leftOut.length };
  if (before && isSameContent(before, told)) return before;
  const text = (serial: number): string => {
    if (!Number.isInteger(serial) || serial < 1 || serial > MAX_SERIAL) {
      throw new RangeError(`a serial is from 1 to ${MAX_SERIAL}, not ${serial}`);
    }
    return `${head}${serial}${body}`;
  };
  return { name, kind, ...told, text };
}

/** The beginning of a zone, up to its serial and from there on. */
function soa({ name, timers, master, contact }: ZoneParts): readonly [string, string] {
  const { ttl, refresh, retry, expire, minimum } = timers;
  const rest = [refresh, retry, expire, minimum].map(seconds).join(' ');
  return [`$TTL ${seconds(ttl)}\n$ORIGIN ${name}.\n@  IN SOA ${master} ${contact} ( `, ` ${rest} )`];
}

type Told = Pick<ZoneContent, 'hash' | 'leftOut' | 'leftOutCount'>;

/** Whether two zones of the same name say the same, and leave out the same. */
export const isSameContent = (one: Told, other: Told): boolean =>
  one === other ||
  (one.hash === other.hash &&
    one.leftOutCount === other.leftOutCount &&
    one.leftOut.every((left, n) => {
      const right = other.leftOut[n];
      return left.host === right?.host && left.what === right.what && left.reason === right.reason;
    }));
