import type { NumberedSubnet } from './address-range.ts';
import { addressText, haveCommon, isIn, numbered, numberedSubnet } from './address-range.ts';
import { keptNames } from './check-names.ts';
import type { SiteSubnet, SubnetMachine } from './site-subnet.ts';

/** What can be served, and what is not, each with the reason in words. */
export interface CheckedSubnets {
  readonly served: readonly SiteSubnet[];
  readonly refused: readonly string[];
}

/** Addresses that the machine of the DHCP server has itself, with the MAC of the interface. */
export type OwnAddresses = ReadonlyMap<string, string>;

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/**
 * Leaves out what no DHCP server can serve, or would serve wrongly; everything else is served. Of two machines with one
 * MAC or address in a subnet, the one that comes first keeps what it has.
 */
export function checkSubnets(subnets: readonly SiteSubnet[], own: OwnAddresses): CheckedSubnets {
  const refused: string[] = [];
  const ofNames = new Set<string>();
  const served: SiteSubnet[] = [];
  const known: { readonly range: NumberedSubnet; readonly subnet: SiteSubnet }[] = [];
  for (const subnet of subnets) {
    const range = numberedSubnet(subnet.subnet);
    if (!range) {
      refused.push(`${blockText(subnet)}: "${subnet.subnet}" is no subnet`);
      continue;
    }
    const other = known.find((one) => haveCommon(one.range, range));
    if (other) {
      refused.push(`${blockText(subnet)}: it has addresses in common with ${blockText(other.subnet)}`);
      continue;
    }
    known.push({ range, subnet });
    const machines = keptMachines(subnet, range, own, refused);
    const names = keptNames(subnet, ofNames);
    served.push({ ...subnet, ...names, machines, pool: keptPool(subnet, range, machines, own, refused) });
  }
  return { served, refused: [...ofNames, ...refused] };
}

function keptMachines(
  subnet: SiteSubnet,
  range: NumberedSubnet,
  own: OwnAddresses,
  refused: string[],
): readonly SubnetMachine[] {
  const byMac = new Map<string, SubnetMachine>();
  const byAddress = new Map<string, SubnetMachine>();
  const kept: SubnetMachine[] = [];
  for (const machine of subnet.machines) {
    const { mac, ip_address: address } = machine;
    // The machine of the DHCP server needs no lease from itself.
    if (own.get(address) === mac) continue;
    const reason = reasonAgainst(address, subnet, range, own) ?? conflict(machine, byMac, byAddress);
    if (reason === undefined) {
      byMac.set(mac, machine);
      byAddress.set(address, machine);
      kept.push(machine);
    } else refused.push(`${mac} of ${machine.of} at ${address} in ${blockText(subnet)}: ${reason}`);
  }
  return kept;
}

function keptPool(
  subnet: SiteSubnet,
  range: NumberedSubnet,
  machines: readonly SubnetMachine[],
  own: OwnAddresses,
  refused: string[],
): readonly string[] {
  const taken = new Map(machines.map((machine) => [machine.ip_address, machine]));
  return subnet.pool.filter((address) => {
    const holder = taken.get(address);
    const reason = holder ? `it is the address of ${holder.of}` : reasonAgainst(address, subnet, range, own);
    if (reason !== undefined) refused.push(`${address} of the pool in ${blockText(subnet)}: ${reason}`);
    return reason === undefined;
  });
}

/** Why nobody can be leased an address. */
function reasonAgainst(
  text: string,
  { gateway }: SiteSubnet,
  range: NumberedSubnet,
  own: OwnAddresses,
): string | undefined {
  const address = numbered(text);
  if (!address || !isIn(range, address)) return 'the address is not in the block';
  // Both ends of a subnet of two addresses, or one, are addresses like others.
  if (range.last - range.first > 1n) {
    if (address.value === range.first) return 'it is the address of the subnet itself';
    if (address.value === range.last && range.ipv4) return 'it is the broadcast address of the subnet';
  }
  if (text === gateway) return 'it is the address of the gateway';
  if (own.has(text)) return 'the DHCP server has this address itself';
  return undefined;
}

function conflict(
  { mac, ip_address: address }: SubnetMachine,
  byMac: ReadonlyMap<string, SubnetMachine>,
  byAddress: ReadonlyMap<string, SubnetMachine>,
): string | undefined {
  if (!MAC.test(mac)) return 'the MAC is none';
  const sameMac = byMac.get(mac);
  if (sameMac) return `${sameMac.of} has the same MAC there, at ${sameMac.ip_address}`;
  const sameAddress = byAddress.get(address);
  return sameAddress && `${sameAddress.of} with ${sameAddress.mac} has the same address`;
}

const blockText = ({ name, site, subnet }: SiteSubnet): string => `block ${name} (${subnet}) of site ${site}`;

/** The first address of a subnet that can be given to somebody. */
export function firstUsable(subnet: string): string | undefined {
  const range = numberedSubnet(subnet);
  if (!range) return undefined;
  return addressText({ ipv4: range.ipv4, value: range.last - range.first > 1n ? range.first + 1n : range.first });
}
