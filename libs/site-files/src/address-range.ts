import type { IpAddress, Subnet } from '#ipam';
import { formatAddress, InvalidAddress, parseAddress, subnetOf } from '#ipam';

/** How many addresses one range may have. */
export const MAX_RANGE = 10_000;

/** The address a text is; undefined: it is none. */
export function addressFrom(text: string): IpAddress | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}

/** The subnet `10.0.0.0/24`, whichever of its addresses is given; undefined: a text is none. */
export function subnetFrom(text: string): Subnet | undefined {
  const [first = '', prefix = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  try {
    return subnetOf(parseAddress(first), Number(prefix));
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}

/** The addresses of `10.0.0.5` or `10.0.0.5-10.0.0.9`; a text: why there are none. */
export function addressRange(text: string): readonly string[] | string {
  const [from = '', to = from, ...more] = text.split('-');
  if (more.length > 0) return 'must be an address, or two with "-" between them';
  try {
    const [first, last] = [parseAddress(from.trim()), parseAddress(to.trim())];
    if (last < first) return 'the last address of the range is before the first';
    const count = last - first + 1n;
    if (count > BigInt(MAX_RANGE)) return `${count} addresses in a range; at most ${MAX_RANGE}`;
    return Array.from({ length: Number(count) }, (_, n) => formatAddress(first + BigInt(n)));
  } catch (error) {
    if (error instanceof InvalidAddress) return `"${text}" is no address: ${error.message}`;
    throw error;
  }
}

/** Addresses with a text each, as few ranges: neighbours with the same text stand together. */
export function asRanges(addresses: readonly (readonly [address: bigint, text: string])[]): [string, string][] {
  const sorted = addresses.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const ranges: { first: bigint; last: bigint; readonly text: string }[] = [];
  for (const [address, text] of sorted) {
    const before = ranges.at(-1);
    if (before && before.last + 1n === address && before.text === text) before.last = address;
    else ranges.push({ first: address, last: address, text });
  }
  return ranges.map(({ first, last, text }) => [
    first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`,
    text,
  ]);
}
