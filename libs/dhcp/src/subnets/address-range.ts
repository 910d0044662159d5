import ipaddr from 'ipaddr.js';

/** An address as a number, of 32 or 128 bits. */
export interface NumberedAddress {
  readonly ipv4: boolean;
  readonly value: bigint;
}

/** A subnet as numbers; both ends are in it. */
export interface NumberedSubnet {
  readonly ipv4: boolean;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = (ipv4: boolean): number => (ipv4 ? 32 : 128);
const numberOf = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Reads an address; undefined where it is none. */
export function numbered(text: string): NumberedAddress | undefined {
  const ipv4 = ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!ipv4 && !ipaddr.IPv6.isValid(text)) return undefined;
  return { ipv4, value: numberOf((ipv4 ? ipaddr.IPv4 : ipaddr.IPv6).parse(text).toByteArray()) };
}

/** Reads `10.0.0.0/24`; undefined where it is no subnet. */
export function numberedSubnet(text: string): NumberedSubnet | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const at = numbered(address);
  const prefix = Number(length);
  if (!at || more.length > 0 || !/^\d{1,3}$/.test(length) || prefix > bitsOf(at.ipv4)) return undefined;
  const size = 1n << BigInt(bitsOf(at.ipv4) - prefix);
  const first = at.value - (at.value % size);
  return { ipv4: at.ipv4, prefix, first, last: first + size - 1n };
}

/** Writes an address. */
export function addressText({ ipv4, value }: NumberedAddress): string {
  const count = bitsOf(ipv4) / 8;
  const bytes = Array.from({ length: count }, (_, n) => Number((value >> BigInt(8 * (count - 1 - n))) & 0xffn));
  return ipv4 ? new ipaddr.IPv4(bytes).toString() : new ipaddr.IPv6(bytes).toRFC5952String();
}

/** Whether an address is in a subnet. */
export const isIn = ({ ipv4, first, last }: NumberedSubnet, address: NumberedAddress): boolean =>
  ipv4 === address.ipv4 && address.value >= first && address.value <= last;

/** Whether subnets have addresses in common. */
export const haveCommon = (one: NumberedSubnet, other: NumberedSubnet): boolean =>
  one.ipv4 === other.ipv4 && one.first <= other.last && other.first <= one.last;

/** Addresses of one kind as few ranges: `10.0.0.4 - 10.0.0.9`. */
export function rangesOf(addresses: readonly string[]): readonly string[] {
  const sorted = addresses
    .flatMap((text) => numbered(text) ?? [])
    .toSorted((one, other) => (one.value < other.value ? -1 : one.value > other.value ? 1 : 0));
  const ranges: { first: NumberedAddress; last: NumberedAddress }[] = [];
  for (const one of sorted) {
    const range = ranges.at(-1);
    if (range && one.value <= range.last.value + 1n) range.last = one;
    else ranges.push({ first: one, last: one });
  }
  return ranges.map(({ first, last }) => `${addressText(first)} - ${addressText(last)}`);
}
