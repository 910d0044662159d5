import ipaddr from 'ipaddr.js';

/** What counts as one source: an IPv4 address, or the 64 bits of an IPv6 network somebody has all of. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toNormalizedString().split(':').slice(0, 4).join(':');
}

/** An address and a prefix, apart; undefined where a text is no block of addresses, such as `10.0.0.0/24`. */
function blockOf(text: string): readonly [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  const [address = '', prefix = '', ...more] = text.split('/');
  const isAddress = address.includes(':') ? ipaddr.IPv6.isValid(address) : ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isAddress || address.includes('%') || !/^\d{1,3}$/.test(prefix) || more.length > 0) return undefined;
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
}

/** Whether a text is a block of addresses, and not of all there are. */
export const isSourceBlock = (text: string): boolean => (blockOf(text)?.[1] ?? 0) > 0;

/** Whether an address lies in one of some blocks. */
export function isWithin(address: string, blocks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const source = ipaddr.process(address);
  return blocks.some((text) => {
    const block = blockOf(text);
    if (block?.[0].kind() !== source.kind()) return false;
    return source.match(block[0], block[1]);
  });
}
