import { rangesOf } from '../subnets/address-range.ts';
import type { SiteSubnet, SubnetMachine } from '../subnets/site-subnet.ts';
import { byWire } from '../subnets/wires.ts';
import { bootClasses, consoleClass, MACHINE, requiredClasses } from './boot-classes.ts';
import type { DhcpSettings } from './boot-settings.ts';
import type { KeaMap } from './kea-json.ts';
import { listOption, operatorsPart, textOption, wordOption } from './kea-json.ts';

const MTU = 26;
/** The VLAN, as many clients of bare metal read it. */
const VLAN = 132;
/** The configuration file (RFC 5071): a machine's `config_uuid`, which our iPXE asks for its boot script with. */
const CONFIG_FILE = 210;

/**
 * The configuration of Kea's DHCPv4 server.
 * @param subnets IPv4, checked
 * @param running what it has now, of which the operator's part stays
 */
export function kea4Configuration(
  subnets: readonly SiteSubnet[],
  settings: DhcpSettings,
  running: KeaMap,
): { readonly Dhcp4: KeaMap } {
  const wires = byWire(subnets);
  const classes = bootClasses(subnets, settings);
  const required = requiredClasses(classes);
  const shown = (subnet: SiteSubnet) => subnet4(subnet, settings, required);
  return {
    Dhcp4: {
      ...operatorsPart(running),
      // Firmware, iPXE and the system of one machine have client ids of their own: the MAC says who it is.
      'match-client-id': false,
      'host-reservation-identifiers': ['hw-address'],
      'reservations-global': false,
      'reservations-in-subnet': true,
      'reservations-out-of-pool': true,
      'calculate-tee-times': true,
      'valid-lifetime': settings.dynamicLease,
      'client-classes': classes,
      'shared-networks': wires.flatMap((wire) =>
        wire.length > 1 ? [{ name: `wire-${wire[0]?.block}`, subnet4: wire.map(shown) }] : [],
      ),
      subnet4: wires.flatMap((wire) => (wire.length === 1 ? wire.map(shown) : [])),
    },
  };
}

function subnet4(subnet: SiteSubnet, { relays }: DhcpSettings, required: readonly string[]): KeaMap {
  const { block, gateway, dns_servers: servers, domain_name: domain, domain_search: search, mtu, vlan } = subnet;
  const through = relays.get(subnet.subnet);
  const resolvers = servers.filter((server) => !server.includes(':'));
  return {
    id: block,
    subnet: subnet.subnet,
    ...(through ? { relay: { 'ip-addresses': through } } : {}),
    ...(required.length > 0 ? { 'require-client-classes': required } : {}),
    pools: rangesOf(subnet.pool).map((pool) => ({ pool })),
    'option-data': [
      ...(gateway === null ? [] : [listOption('routers', [gateway])]),
      ...(resolvers.length > 0 ? [listOption('domain-name-servers', resolvers)] : []),
      ...(domain === null || domain === '' ? [] : [listOption('domain-name', [domain])]),
      ...(search.length > 0 ? [listOption('domain-search', search)] : []),
      ...(mtu === null ? [] : [wordOption(MTU, mtu)]),
      ...(vlan === null ? [] : [wordOption(VLAN, vlan)]),
    ],
    reservations: subnet.machines.map((machine) => reservation(machine, subnet)),
  };
}

function reservation(machine: SubnetMachine, { mtu, vlan }: SiteSubnet): KeaMap {
  const own = [
    ...(machine.mtu === null || machine.mtu === mtu ? [] : [wordOption(MTU, machine.mtu)]),
    ...(machine.vlan === null || machine.vlan === vlan ? [] : [wordOption(VLAN, machine.vlan)]),
    ...(machine.config_uuid === '' ? [] : [textOption(CONFIG_FILE, machine.config_uuid)]),
  ];
  return {
    'hw-address': machine.mac,
    'ip-address': machine.ip_address,
    hostname: machine.host_name,
    'client-classes': [MACHINE, consoleClass(machine.console)],
    ...(own.length > 0 ? { 'option-data': own } : {}),
  };
}
