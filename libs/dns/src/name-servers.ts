import type { IpAddress } from '#ipam';
import { formatAddress, isIpv4 } from '#ipam';
import { isWithin, relativeTo } from './dns-name.ts';
import { isSameFact } from './facts.ts';
import type { RecordType } from './record-text.ts';
import { recordLine } from './record-text.ts';
import type { LeftOut } from './zone-source.ts';

/** A host that serves all zones. */
export interface NameServer {
  /** Name of its primary address, without the dot at the end. */
  readonly name: string;
  /** The zone it is in, by its domain. */
  readonly domain: string;
  readonly address: IpAddress;
}

/** Who serves the zones, the master first, and who cannot although it is to. */
export interface NameServers {
  readonly servers: readonly NameServer[];
  readonly leftOut: readonly LeftOut[];
}

/** The name of this very machine, which stands for the name server of a zone where none is known. */
const LOCALHOST = 'localhost';
/** A name that nobody ever has (RFC 2606). */
const NOBODY = 'nobody.invalid';

/** Names of the name servers that a zone names, the master first, each with a dot at the end. */
export function serverNames({ servers }: NameServers, zone: string): readonly string[] {
  if (servers.length > 0) return servers.map(({ name }) => `${name}.`);
  // A name within the zone would need an address.
  return [`${isWithin(LOCALHOST, zone) ? NOBODY : LOCALHOST}.`];
}

/** Lines that say who serves a zone, or the zone that begins at a name within it. */
export const serverLines = (names: readonly string[], at: string): readonly string[] =>
  names.map((name) => recordLine(at, 'NS', name));

/** Addresses of name servers whose names lie below those of a zone, in zones within it (glue). */
export function glueLines({ servers }: NameServers, zone: string): Readonly<Record<'A' | 'AAAA', readonly string[]>> {
  const lines: Record<'A' | 'AAAA', string[]> = { A: [], AAAA: [] };
  for (const { name, domain, address } of servers) {
    if (domain === zone || !isWithin(domain, zone)) continue;
    const type = (isIpv4(address) ? 'A' : 'AAAA') satisfies RecordType;
    lines[type].push(recordLine(relativeTo(name, zone), type, formatAddress(address)));
  }
  return { A: [...new Set(lines.A)].toSorted(), AAAA: [...new Set(lines.AAAA)].toSorted() };
}

/** Whether two lists of name servers say the same. */
export const isSameServers = (one: NameServers, other: NameServers): boolean =>
  isSameFact(one.leftOut, other.leftOut) &&
  one.servers.length === other.servers.length &&
  one.servers.every(({ name, domain, address }, n) => {
    const server = other.servers[n];
    return server?.name === name && server.domain === domain && server.address === address;
  });
