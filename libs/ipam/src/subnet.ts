import type { IpAddress } from './ip-address.ts';
import { InvalidAddress, isIpv4 } from './ip-address.ts';

/** The first and the last of a run of addresses or offsets, both in it. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** A subnet: where it begins, and what can be told of it. Offsets count from its first address. */
export interface Subnet {
  /** Its first address. */
  readonly address: IpAddress;
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
  readonly ipv4: boolean;
  readonly netmask: IpAddress;
  /** All of its addresses. */
  readonly addresses: Range;
  /**
   * The offsets that can be given to somebody: without the first and the last, in IPv6 too; all of them where there are
   * only one or two.
   */
  readonly usable: Range;
  /** How many addresses it has. */
  readonly size: bigint;
  /** How many of them are usable. */
  readonly usableSize: bigint;
}

/** The longest prefix: 32 or 128. */
export const maxPrefix = (address: IpAddress): number => (isIpv4(address) ? 32 : 128);

/**
 * The subnet that an address is in.
 * @throws InvalidAddress where the prefix is none
 */
export function subnetOf(address: IpAddress, prefix: number): Subnet {
  const bits = maxPrefix(address);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) throw new InvalidAddress('Invalid Prefix');
  const size = 1n << BigInt(bits - prefix);
  const first = address - (address % size);
  const all = (1n << BigInt(bits)) - 1n;
  const whole = { first: 0n, last: size - 1n };
  const usable = size <= 2n ? whole : { first: 1n, last: size - 2n };
  return {
    address: first,
    prefix,
    ipv4: bits === 32,
    netmask: (bits === 32 ? 0xffffn << 32n : 0n) | (all - (size - 1n)),
    addresses: { first, last: first + size - 1n },
    usable,
    size,
    usableSize: usable.last - usable.first + 1n,
  };
}

/** Whether two subnets have addresses in common; those of IPv4 and IPv6 never do. */
export const overlaps = (one: Subnet, other: Subnet): boolean =>
  one.ipv4 === other.ipv4 && one.addresses.first <= other.addresses.last && other.addresses.first <= one.addresses.last;

/** Whether something is in a run. */
export const contains = ({ first, last }: Range, value: bigint): boolean => value >= first && value <= last;
