import type { Timers } from '#directory';
import type { NameServers } from './name-servers.ts';
import { serverLines, serverNames } from './name-servers.ts';
import type { ReverseRecords } from './host-records.ts';
import type { PartOfZone } from './reverse-cut.ts';
import type { ZoneContent } from './zone-source.ts';
import { zoneContent } from './zone-text.ts';

/** What every reverse zone has, in seconds. */
const TIMERS: Timers = { ttl: 3600, refresh: 86_400, retry: 7200, expire: 36_000, minimum: 172_800 };

/** What a reverse zone is made of. */
export interface ReverseParts {
  readonly name: string;
  /** What its addresses have, also those in its pieces, in no order. */
  readonly records: readonly ReverseRecords[];
  /** Pieces of it that are zones of their own. */
  readonly parts: readonly PartOfZone[];
  readonly servers: NameServers;
  readonly contact: string;
}

/**
 * A reverse zone: the zone before, where it says the same. What is in a piece that is a zone of its own is here as well: a
 * CNAME that leads there (RFC 2317) is what somebody else writes who has the zone around it, and BIND follows none from one
 * of its zones into another unless it serves recursion.
 */
export function reverseZone({ name, records, parts, servers, contact }: ReverseParts, before: ZoneContent | undefined) {
  const names = serverNames(servers, name);
  const inOrder = name.endsWith('.in-addr.arpa') ? byNumber : byText;
  const sorted = (lines: readonly string[]): readonly string[] => [...new Set(lines)].toSorted(inOrder);
  const pieces = parts.toSorted((one, other) => one.first - other.first);
  return zoneContent(
    {
      name,
      kind: 'reverse',
      timers: TIMERS,
      master: names[0] ?? '',
      contact,
      lines: {
        NS: [...serverLines(names, '@'), ...pieces.flatMap((piece) => serverLines(names, piece.name))],
        PTR: sorted(records.map(({ PTR }) => PTR)),
        TXT: sorted(records.flatMap(({ TXT }) => TXT ?? [])),
      },
      leftOut: servers.leftOut,
    },
    before,
  );
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Lines that begin with a number in the order of the numbers. */
const byNumber = (one: string, other: string): number =>
  Number.parseInt(one, 10) - Number.parseInt(other, 10) || byText(one, other);
