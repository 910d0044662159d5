import { rangesOf } from '../subnets/address-range.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import { byWire } from '../subnets/wires.ts';
import type { DhcpSettings } from './boot-settings.ts';
import { bootScriptUrl } from './boot-settings.ts';
import type { KeaMap } from './kea-json.ts';
import { listOption, operatorsPart, textOption } from './kea-json.ts';

const BOOT_FILE_URL = 59;
/** The user class of iPXE, with its length before it. */
const IPXE = '0x000469505845';

/**
 * The configuration of Kea's DHCPv6 server.
 * @param subnets IPv6, checked
 * @param interfaces the interface of this machine that is on the wire of a subnet, by subnet
 * @param running what it has now, of which the operator's part stays
 */
export function kea6Configuration(
  subnets: readonly SiteSubnet[],
  { settings, interfaces }: { readonly settings: DhcpSettings; readonly interfaces: ReadonlyMap<string, string> },
  running: KeaMap,
): { readonly Dhcp6: KeaMap } {
  const wires = byWire(subnets);
  const shown = (wire: readonly SiteSubnet[]): readonly KeaMap[] => {
    // Subnets of one wire are on one interface.
    const on = wire.flatMap(({ subnet }) => interfaces.get(subnet) ?? [])[0];
    return wire.map((subnet) => subnet6(subnet, on, settings));
  };
  const { staticLease, dynamicLease } = settings;
  return {
    Dhcp6: {
      ...operatorsPart(running),
      'host-reservation-identifiers': ['hw-address'],
      'mac-sources': ['any'],
      'reservations-global': false,
      'reservations-in-subnet': true,
      'reservations-out-of-pool': true,
      'calculate-tee-times': true,
      'valid-lifetime': dynamicLease,
      'preferred-lifetime': dynamicLease,
      'client-classes': [
        {
          name: 'ipxe',
          test: `option[15].hex == ${IPXE}`,
          'option-data': [textOption(BOOT_FILE_URL, bootScriptUrl(settings.bootUrl))],
        },
        {
          name: 'reserved',
          test: "member('KNOWN')",
          'valid-lifetime': staticLease,
          'preferred-lifetime': staticLease,
        },
      ],
      'shared-networks': wires.flatMap((wire) =>
        wire.length > 1 ? [{ name: `wire-${wire[0]?.block}`, subnet6: shown(wire) }] : [],
      ),
      subnet6: wires.flatMap((wire) => (wire.length === 1 ? shown(wire) : [])),
    },
  };
}

function subnet6(subnet: SiteSubnet, on: string | undefined, { relays }: DhcpSettings): KeaMap {
  const through = relays.get(subnet.subnet);
  const { dns_servers: servers, domain_search: search } = subnet;
  const resolvers = servers.filter((server) => server.includes(':'));
  return {
    id: subnet.block,
    subnet: subnet.subnet,
    ...(on === undefined ? {} : { interface: on }),
    ...(through ? { relay: { 'ip-addresses': through } } : {}),
    pools: rangesOf(subnet.pool).map((pool) => ({ pool })),
    'option-data': [
      ...(resolvers.length > 0 ? [listOption('dns-servers', resolvers)] : []),
      ...(search.length > 0 ? [listOption('domain-search', search)] : []),
    ],
    reservations: subnet.machines.map(({ mac, ip_address: address, host_name: hostname }) => ({
      'hw-address': mac,
      'ip-addresses': [address],
      hostname,
    })),
  };
}
