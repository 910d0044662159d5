import ipaddr from 'ipaddr.js';

/**
 * Addresses are whole numbers of 128 bits. IPv4 has its place among them: `a.b.c.d` is `::ffff:a.b.c.d`, so a number is
 * an IPv4 address exactly where its upper 96 bits say so.
 */
export type IpAddress = bigint;

/** The first IPv4 address, as a number. */
const IPV4_BASE = 0xffff_0000_0000n;
const MAX_ADDRESS = (1n << 128n) - 1n;

/** A part of a dotted address: no sign, no blank, and no leading zero, which some read as octal. */
const OCTET = String.raw`(?:0|[1-9]\d{0,2})`;
const DOTTED = new RegExp(String.raw`^${OCTET}(?:\.${OCTET}){3}$`);
/** What stands before the last part of an IPv6 address: groups of one to four hexadecimal digits, and colons. */
const GROUPS = /^(?:[0-9a-f]{0,4}:){2,8}$/i;
const GROUP = /^[0-9a-f]{0,4}$/i;

/** Text that is no address; the message is for people. */
export class InvalidAddress extends Error {}

/**
 * Reads an address: IPv4 with four decimal parts, IPv6 in any case and shortened or not, IPv4-mapped with a dotted end.
 * Parts with signs, blanks or leading zeros, and zone ids, are refused.
 * @throws InvalidAddress
 */
export function parseAddress(text: string): IpAddress {
  if (text.includes(':')) return parseIpv6(text);
  if (!text.includes('.')) throw new InvalidAddress('Invalid Ip Address');
  if (!DOTTED.test(text) || !ipaddr.IPv4.isValidFourPartDecimal(text)) {
    throw new InvalidAddress('Invalid IPv4 Address');
  }
  return IPV4_BASE + numberOf(ipaddr.IPv4.parse(text).toByteArray());
}

function parseIpv6(text: string): IpAddress {
  const end = text.lastIndexOf(':') + 1;
  const last = text.slice(end);
  const strict = GROUPS.test(text.slice(0, end)) && (GROUP.test(last) || DOTTED.test(last));
  // The library takes a dotted end right behind `::` for IPv4-mapped; in groups it is what it says.
  const grouped = DOTTED.test(last) ? text.slice(0, end) + groupsOf(last) : text;
  if (!strict || !ipaddr.IPv6.isValid(grouped)) throw new InvalidAddress('Invalid IPv6 Address');
  return numberOf(ipaddr.IPv6.parse(grouped).toByteArray());
}

/** A dotted end as two groups: `10.1.2.3` is `a01:203`. @throws InvalidAddress */
function groupsOf(dotted: string): string {
  const number = parseAddress(dotted) - IPV4_BASE;
  return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
}

const numberOf = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Whether an address is IPv4. */
export const isIpv4 = (address: IpAddress): boolean => address >> 32n === 0xffffn;

/**
 * Writes an address: dotted, or lower case with the first longest run of zeros shortened (RFC 5952).
 * @throws InvalidAddress where it has more than 128 bits
 */
export function formatAddress(address: IpAddress): string {
  if (address < 0n || address > MAX_ADDRESS) throw new InvalidAddress('Invalid Ip Address');
  const bytes = Array.from({ length: 16 }, (_, n) => Number((address >> BigInt(8 * (15 - n))) & 0xffn));
  return isIpv4(address) ? new ipaddr.IPv4(bytes.slice(12)).toString() : new ipaddr.IPv6(bytes).toRFC5952String();
}

/** An address as 32 hexadecimal digits, which sort as the addresses do. */
export const sortableAddress = (address: IpAddress): string => address.toString(16).padStart(32, '0');
