import { BlockList, isIP, isIPv4 } from 'node:net';

/** Which addresses requests may go to besides what is reachable by default. */
export interface AddressRules {
  /** Networks (CIDR) that are allowed although they are forbidden by default. */
  readonly allow: BlockList;
  /** Networks (CIDR) that are forbidden whatever else says. */
  readonly forbid: BlockList;
}

/** Addresses of this machine, of the link, of no machine or of many, and those at which clouds tell secrets of machines. */
const FORBIDDEN: readonly string[] = [
  '0.0.0.0/8', // this host
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, with the metadata of most clouds
  '100.100.100.200/32', // metadata of Alibaba
  '168.63.129.16/32', // wire server of Azure
  '192.0.0.192/32', // metadata of Oracle
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, with the broadcast address
  '::/128', // unspecified
  '::1/128', // loopback
  'fe80::/10', // link-local
  'fec0::/10', // site-local, given up
  'ff00::/8', // multicast
  'fd00:ec2::/32', // metadata of Amazon
];

/** How an IPv4 address is hidden in an IPv6 address: the prefix, and at which byte it begins. */
const EMBEDDING: readonly { readonly prefix: readonly number[]; readonly at: number }[] = [
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], at: 12 }, // mapped, ::ffff:0:0/96
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], at: 12 }, // translated, ::ffff:0:0:0/96
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], at: 12 }, // compatible, ::/96
  { prefix: [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], at: 12 }, // NAT64, 64:ff9b::/96
  { prefix: [0x20, 0x02], at: 2 }, // 6to4, 2002::/16
];

/** Networks as a list that addresses are looked up in. @throws Error naming the one that is no network */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const most = family === 'ipv4' ? 32 : 128;
    const bits = length === undefined ? most : Number(length);
    if (isIP(address) === 0 || !/^\d+$/.test(length ?? '0') || bits > most) {
      throw new Error(`${JSON.stringify(network)} is no network such as 10.0.0.0/8 or fd00::/8`);
    }
    list.addSubnet(address, bits, family);
  }
  return list;
}

const forbidden = networkList(FORBIDDEN);

/**
 * Why no request may go to an address; undefined: it may. An IPv4 address that is hidden in an IPv6 address counts as
 * itself.
 * @param address an IPv4 or IPv6 address, without brackets
 */
export function forbiddenAddress(address: string, { allow, forbid }: AddressRules): string | undefined {
  const [bare = ''] = address.split('%');
  if (isIP(bare) === 0) return `${address} is no address`;
  const all = [bare, ...embeddedIn(bare)];
  const inOne = (list: BlockList) => all.some((one) => list.check(one, isIPv4(one) ? 'ipv4' : 'ipv6'));
  if (inOne(forbid)) return `${address} is in a network that is forbidden`;
  if (inOne(forbidden) && !all.every((one) => !isForbidden(one) || isIn(allow, one))) {
    return `${address} is a loopback, link-local, multicast, reserved or metadata address`;
  }
  return undefined;
}

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
const isForbidden = (address: string): boolean => isIn(forbidden, address);

/** The IPv4 address that is hidden in an IPv6 address, if there is one. */
function embeddedIn(address: string): string[] {
  if (isIPv4(address)) return [];
  const bytes = bytesOf(address);
  return EMBEDDING.filter(({ prefix }) => prefix.every((byte, n) => bytes[n] === byte)).map(({ at }) =>
    bytes.slice(at, at + 4).join('.'),
  );
}

/** The 16 bytes of an IPv6 address. */
function bytesOf(address: string): number[] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const tail = dotted?.[2]?.split('.').map(Number) ?? [];
  const text = dotted ? `${dotted[1]}${hex(tail[0], tail[1])}:${hex(tail[2], tail[3])}` : address;
  const [head = '', rest] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), rest === undefined ? [] : groups(rest)];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

const hex = (high = 0, low = 0): string => ((high << 8) | low).toString(16);
