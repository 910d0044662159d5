import ipaddr from 'ipaddr.js';

/** What counts as one source: an IPv4 address, or the 64 bits of an IPv6 network somebody has all of. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toNormalizedString().split(':').slice(0, 4).join(':');
}
