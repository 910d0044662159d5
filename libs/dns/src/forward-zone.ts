import type { Domain } from './domains.ts';
import type { PlacedEntries } from './entry-records.ts';
import type { HostRecords } from './host-records.ts';
import type { NameServers } from './name-servers.ts';
import { glueLines, serverLines, serverNames } from './name-servers.ts';
import type { RecordType } from './record-text.ts';
import type { LeftOut, ZoneContent } from './zone-source.ts';
import { zoneContent } from './zone-text.ts';

/** What a forward zone is made of. */
export interface ForwardParts {
  readonly domain: Domain;
  /** Its hosts, by name. */
  readonly hosts: readonly HostRecords[];
  readonly entries: PlacedEntries;
  readonly servers: NameServers;
  readonly contact: string;
  /** Whether a name, without the dot at its end, is one of ours that only leads to another name. */
  readonly isAlias: (name: string) => boolean;
}

/** A forward zone: the zone before, where it says the same. */
export function forwardZone(parts: ForwardParts, before: ZoneContent | undefined): ZoneContent {
  const { domain, hosts, entries, servers, contact, isAlias } = parts;
  const { name } = domain;
  const names = serverNames(servers, name);
  const glue = glueLines(servers, name);
  const leftOut: LeftOut[] = [...servers.leftOut, ...entries.leftOut];
  const ofEntries: Partial<Record<RecordType, string[]>> = {};
  for (const { id, type, line, target } of entries.entries) {
    if (target !== undefined && isAlias(target)) {
      leftOut.push({ host: null, what: `Entry ${id}`, reason: `its target ${target} is a CNAME` });
    } else {
      (ofEntries[type] ??= []).push(line);
    }
  }
  const sorted = (type: RecordType): readonly string[] => (ofEntries[type] ?? []).toSorted();
  const of = (type: 'A' | 'AAAA' | 'TXT'): readonly string[] => hosts.flatMap(({ lines }) => lines[type]);
  const text = [...of('TXT'), ...sorted('TXT')];
  for (const host of hosts) leftOut.push(...host.leftOut);
  return zoneContent(
    {
      name,
      kind: 'forward',
      timers: domain.timers,
      master: names[0] ?? '',
      contact,
      lines: {
        NS: [
          ...serverLines(names, '@'),
          // The zones within are on the same servers.
          ...[...domain.cuts].toSorted().flatMap((cut) => serverLines(names, cut)),
        ],
        MX: sorted('MX'),
        SRV: sorted('SRV'),
        A: [...glue.A, ...of('A')],
        AAAA: [...glue.AAAA, ...of('AAAA')],
        CNAME: sorted('CNAME'),
        TXT: text,
      },
      leftOut,
    },
    before,
  );
}
