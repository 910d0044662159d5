import type { Json, JsonMap } from '#kernel';

/** An address as configurations tell it. */
interface Address {
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string | null;
  readonly primary: boolean;
  readonly vlan?: number;
}

/** An interface as configurations tell it. */
interface Interface {
  readonly name: string;
  readonly mac?: string | null;
  readonly mtu?: number;
  readonly primary?: string | null;
  readonly secondary?: readonly (string | null)[];
  readonly paramaters?: Readonly<Record<string, Json>>;
  readonly address_list: readonly Address[];
}

/** The texts of a list; a text alone is a list of one. */
export const textsOf = (value: Json | undefined): readonly string[] =>
  [value].flat().flatMap((one) => (typeof one === 'string' && one !== '' ? [one] : []));

/** How netplan calls what Linux calls so. */
const BONDING: ReadonlyMap<string, string> = new Map([
  ['mode', 'mode'],
  ['miimon', 'mii-monitor-interval'],
  ['lacp_rate', 'lacp-rate'],
  ['xmit_hash_policy', 'transmit-hash-policy'],
]);

/**
 * The interfaces of a structure with their addresses, as version 2 of the network configuration of cloud-init: real ones
 * by their MAC, VLANs and bonds over them. The default route is that of the primary address.
 */
export function networkConfig(values: Readonly<Record<string, Json>>): JsonMap {
  const interfaces = Object.values((values['_interface_map'] ?? {}) as unknown as Record<string, Interface>);
  const addresses = interfaces.flatMap(({ address_list: list }) => list);
  const over = addresses.find(({ primary }) => primary) ?? addresses.find(({ gateway }) => gateway !== null);
  const nameservers = {
    addresses: [...textsOf(values['dns_servers'])],
    search: [...textsOf(values['dns_search'] ?? values['domain_search'] ?? values['_domain_name'])],
  };
  const placed = (given: readonly Address[]): JsonMap => ({
    dhcp4: false,
    dhcp6: false,
    ...(given.length > 0
      ? { addresses: given.map(({ address, prefix }) => `${address}/${prefix}`), nameservers: { ...nameservers } }
      : {}),
    ...(over && over.gateway !== null && given.includes(over) ? { routes: [routeTo(over.gateway)] } : {}),
  });
  const ethernets: Record<string, Json> = {};
  const bonds: Record<string, Json> = {};
  const vlans: Record<string, Json> = {};
  for (const { name, mac, mtu, primary, secondary, paramaters = {}, address_list: list } of interfaces) {
    const own = {
      ...placed(list.filter(({ vlan }) => vlan === undefined)),
      ...(mtu === undefined ? {} : { mtu }),
    };
    if (secondary) {
      const members = [primary, ...secondary].filter((one) => typeof one === 'string');
      bonds[name] = { interfaces: members, parameters: parametersOf(paramaters), ...own };
    } else if (typeof mac === 'string') {
      ethernets[name] = { match: { macaddress: mac }, 'set-name': name, ...own };
    } else continue;
    for (const id of new Set(list.flatMap(({ vlan }) => vlan ?? []))) {
      vlans[`${name}.${id}`] = { id, link: name, ...placed(list.filter(({ vlan }) => vlan === id)) };
    }
  }
  const parts = Object.entries({ ethernets, bonds, vlans }).filter(([, part]) => Object.keys(part).length > 0);
  return { version: 2, ...Object.fromEntries(parts) };
}

const routeTo = (gateway: string): JsonMap => ({ to: gateway.includes(':') ? '::/0' : '0.0.0.0/0', via: gateway });

const parametersOf = (given: Readonly<Record<string, Json>>): JsonMap =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const known = BONDING.get(name);
      return known === undefined ? [] : [[known, value]];
    }),
  );
