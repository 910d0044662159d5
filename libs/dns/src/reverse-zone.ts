import type { Timers } from '#directory';
import type { NameServers } from './name-servers.ts';
import { serverLines, serverNames } from './name-servers.ts';
import type { ReverseRecords } from './host-records.ts';
import { recordLine } from './record-text.ts';
import type { PartOfZone } from './reverse-cut.ts';
import type { ZoneContent } from './zone-source.ts';
import { zoneContent } from './zone-text.ts';

/** What every reverse zone has, in seconds. */
const TIMERS: Timers = { ttl: 3600, refresh: 86_400, retry: 7200, expire: 36_000, minimum: 172_800 };

/** What a reverse zone is made of. */
export interface ReverseParts {
  readonly name: string;
  /** What its addresses have, in no order. */
  readonly records: readonly ReverseRecords[];
  /** Pieces of it that are zones of their own. */
  readonly parts: readonly PartOfZone[];
  readonly servers: NameServers;
  readonly contact: string;
}

/**
 * A reverse zone: the zone before, where it says the same. Where a piece of it is a zone of its own, all names of that
 * piece lead there (RFC 2317).
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
        CNAME: pieces.flatMap((piece) =>
          Array.from({ length: piece.size }, (_, n) =>
            recordLine(String(piece.first + n), 'CNAME', `${piece.first + n}.${piece.name}.${name}.`),
          ),
        ),
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
