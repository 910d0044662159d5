import { existsSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { isIn, numbered, numberedSubnet } from '../subnets/address-range.ts';
import type { OwnAddresses } from '../subnets/check-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { DiscoverTarget } from './discover.ts';
import type { KeaMap } from './kea-json.ts';

/** The interfaces of a machine, as Node tells them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Whether the system has an interface of a name, be its link up or down. */
const hasInterface = (name: string): boolean => existsSync(`/sys/class/net/${name}`);

/**
 * Tells the interfaces of a machine as they were seen last: the system leaves out those whose link is down, which have their
 * addresses still. One that is there no more is gone, and so is one of which another interface has an address by now.
 */
export function seenInterfaces(
  read: () => Interfaces,
  isThere: (name: string) => boolean = hasInterface,
): () => Interfaces {
  let seen: Interfaces = {};
  return () => {
    const now = read();
    const taken = new Set(Object.values(now).flatMap((infos) => (infos ?? []).map(({ address }) => address)));
    const down = Object.entries(seen).filter(
      ([name, infos]) =>
        !now[name] && isThere(name) && !infos?.some(({ address }) => taken.has(address) && !isOfLink(address)),
    );
    seen = { ...Object.fromEntries(down), ...now };
    return seen;
  };
}

/** Whether an address is of a link alone: several may have it. */
const isOfLink = (address: string): boolean => address.startsWith('fe80:');

/** The addresses of a machine, with the MAC of the interface. */
export const ownAddresses = (interfaces: Interfaces): OwnAddresses =>
  new Map(Object.values(interfaces).flatMap((infos) => (infos ?? []).map(({ address, mac }) => [address, mac])));

/** The names in a configuration of Kea's of interfaces it listens on: of `eth1/10.0.0.2` it is `eth1`. */
function listenedOn(running: KeaMap): readonly string[] {
  const { interfaces } = (running['interfaces-config'] ?? {}) as KeaMap;
  return Array.isArray(interfaces) ? interfaces.map(String) : [];
}

/** The interface that is on the wire of each subnet: the one with an address in it, else the only one Kea listens on. */
export function interfacesBySubnet(
  subnets: readonly SiteSubnet[],
  interfaces: Interfaces,
  running: KeaMap | undefined,
): ReadonlyMap<string, string> {
  const names = listenedOn(running ?? {}).map((one) => one.split('/')[0] ?? '');
  const only = names.length === 1 && names[0] !== '*' ? names[0] : undefined;
  const found = new Map<string, string>();
  for (const { subnet } of subnets) {
    const range = numberedSubnet(subnet);
    const own = Object.entries(interfaces).find(([, infos]) =>
      infos?.some(({ address }) => {
        const at = numbered(address);
        return range !== undefined && at !== undefined && isIn(range, at);
      }),
    );
    const on = own?.[0] ?? only;
    if (on !== undefined) found.set(subnet, on);
  }
  return found;
}

const DHCP_PORT = 67;
const EVERYBODY = '255.255.255.255';

/**
 * Where a question reaches a DHCPv4 server on this machine: over UDP its own address; where it reads frames of an interface,
 * everybody there. Undefined where it listens on nothing that is seen from here.
 */
export function questionTarget(running: KeaMap, interfaces: Interfaces): DiscoverTarget | undefined {
  const { 'dhcp-socket-type': type } = (running['interfaces-config'] ?? {}) as KeaMap;
  for (const one of listenedOn(running)) {
    const [name = '', wanted] = one.split('/');
    const infos = name === '*' ? Object.values(interfaces).flatMap((its) => its ?? []) : interfaces[name];
    const from = infos?.find(
      ({ family, address, internal }) =>
        family === 'IPv4' && (wanted === undefined || wanted === address) && (name !== '*' || !internal),
    )?.address;
    if (from === undefined) continue;
    // Of frames Kea takes those to its own address or to everybody; to its own address nothing goes out to the interface.
    return type === 'udp' ? { address: from, port: DHCP_PORT } : { address: EVERYBODY, port: DHCP_PORT, from };
  }
  return undefined;
}
