import type { IpAddress } from '#ipam';
import { isIpv4 } from '#ipam';

/** A run of addresses: a block that lies in no other. */
export interface OuterBlock {
  readonly first: IpAddress;
  readonly prefix: number;
}

/** In which reverse zone an address is. */
export interface ReverseCut {
  /** Name of the zone. */
  readonly zone: string;
  /** Name of the address, seen from the zone. */
  readonly name: string;
  /** Of a zone smaller than a /24 (RFC 2317): the zone of the /24, which says the same. */
  readonly part: PartOfZone | undefined;
}

/** A piece of a /24 that is a zone of its own. */
export interface PartOfZone {
  /** Name of the zone of the /24. */
  readonly zone: string;
  /** Name of the piece, seen from there: `64-26`, where its addresses begin and its prefix. */
  readonly name: string;
  /** The last octet of its first address. */
  readonly first: number;
}

const MAX_IPV4_PREFIX = 24;
/** The smallest reverse zone of IPv6; what is handed to somebody else is never smaller. */
const MAX_IPV6_PREFIX = 64;
const NIBBLE = 4;

/**
 * The reverse zone of an address. IPv4: that of its /24; one of its own for a block of a /25 to a /31, where no larger
 * block of ours is around it, as the rest of the /24 may be another one's. IPv6: the block, in zones that end with a whole
 * hexadecimal digit, and at a /64 at the latest.
 * @param block the outermost block that the address lies in
 */
export function reverseCut(address: IpAddress, block: OuterBlock): ReverseCut {
  return isIpv4(address) ? ipv4Cut(address, block) : ipv6Cut(address, block);
}

function ipv4Cut(address: IpAddress, { first, prefix }: OuterBlock): ReverseCut {
  const bits = Number(address & 0xffff_ffffn);
  const octet = (n: number): number => (bits >>> (8 * n)) & 0xff;
  const name = String(octet(0));
  const zone = `${octet(1)}.${octet(2)}.${octet(3)}.in-addr.arpa`;
  if (prefix <= MAX_IPV4_PREFIX || prefix === 32) return { zone, name, part: undefined };
  const begin = Number(first & 0xffn);
  const part = { zone, name: `${begin}-${prefix}`, first: begin };
  return { zone: `${part.name}.${zone}`, name, part };
}

function ipv6Cut(address: IpAddress, { prefix }: OuterBlock): ReverseCut {
  const digits = Math.ceil(Math.min(prefix, MAX_IPV6_PREFIX) / NIBBLE);
  const all = address.toString(16).padStart(32, '0').split('');
  const nameOf = (part: readonly string[]): string => part.toReversed().join('.');
  const zone = digits === 0 ? 'ip6.arpa' : `${nameOf(all.slice(0, digits))}.ip6.arpa`;
  return { zone, name: nameOf(all.slice(digits)), part: undefined };
}
