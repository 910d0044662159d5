import type { FindType } from '#building';
import type { SiteSubnet, SubnetMachine } from '#dhcp';
import type { NetworkAddressBlockRow } from '#ipam';
import { networks } from '#ipam';
import type { View } from '#read-store';
import type { Block, Found } from './leased-addresses.ts';
import { addressesIn, addressIn, borrowersOf, grouped, siteBlocks, siteNames } from './leased-addresses.ts';
import type { MachineAddress } from './static-leases.ts';
import { linksOf, machineAddresses } from './static-leases.ts';

/**
 * What a DHCP server serves of a site, block by block, IPv4 and IPv6: those blocks that have dynamic addresses, or machines
 * that are known by their MAC. Nobody is left out for having the MAC of somebody else: that is told where it is served.
 * @param uuidOf how the `config_uuid` of a structure is shown
 */
export async function siteSubnets(
  view: View,
  site: string,
  findType: FindType,
  uuidOf: (configUuid: string) => string,
): Promise<readonly SiteSubnet[]> {
  const blocks = await siteBlocks(view, site);
  const names = await siteNames(view, site);
  const links = linksByBlock([...(await linksOf(view, blocks)).values()]);
  const known = await view.many(networks, [...new Set([...links.values()].flat().map(({ network }) => network))]);
  const dynamic = await addressesIn(view, blocks, 'DynamicAddress');
  const lent = new Set((await borrowersOf(view, dynamic)).map(({ address: { key } }) => key));
  const pools = grouped(
    dynamic.filter(({ key }) => !lent.has(key)),
    ({ block }) => block,
  );
  const machines = unaliased(await machineAddresses(view, blocks, findType));
  return [...blocks].flatMap(([id, block]) => {
    const pool = pools.get(id) ?? [];
    const its = machines.get(id) ?? [];
    if (pool.length + its.length === 0) return [];
    const on = links.get(id) ?? [];
    return {
      block: id,
      site,
      name: block.name,
      subnet: block.subnet,
      gateway: block.gateway,
      links: on.map(({ network, vlan }) => `${network}/${vlan ?? 0}`),
      mtu: agreed(on.map(({ network }) => known.get(network)?.mtu ?? null)),
      vlan: agreed(on.map(({ vlan }) => vlan)),
      dns_servers: names.servers,
      domain_name: names.domain,
      domain_search: names.search,
      pool: pool.toSorted(byOffset).map(({ row }) => addressIn(block, row)),
      machines: its.map((machine) => shownMachine(machine, block, uuidOf)),
    };
  });
}

function shownMachine(
  { mac, address, hostName, configUuid, console, network, vlan, structure, locator }: MachineAddress,
  block: Block,
  uuidOf: (configUuid: string) => string,
): SubnetMachine {
  return {
    mac,
    ip_address: addressIn(block, address.row),
    host_name: hostName,
    config_uuid: configUuid === '' ? '' : uuidOf(configUuid),
    console,
    mtu: network.mtu,
    vlan,
    ...(structure === undefined
      ? { of: `foundation ${locator}`, borrowed: true }
      : { of: `structure ${structure} (${hostName})` }),
  };
}

/** Machines by block, in the order of their ids; of several addresses on an interface the one that is no alias. */
function unaliased(found: readonly MachineAddress[]): ReadonlyMap<number, readonly MachineAddress[]> {
  const byBlock = new Map<number, Map<string, MachineAddress>>();
  for (const machine of found) {
    const block = Number(machine.address.row.block);
    const its = byBlock.get(block) ?? new Map<string, MachineAddress>();
    byBlock.set(block, its.set(`${machine.structure ?? machine.locator} ${machine.mac}`, machine));
  }
  return new Map(
    [...byBlock].map(([block, its]) => [
      block,
      [...its.values()].toSorted((one, other) => (one.structure ?? 0) - (other.structure ?? 0)),
    ]),
  );
}

function linksByBlock(
  links: readonly NetworkAddressBlockRow[],
): ReadonlyMap<number, readonly NetworkAddressBlockRow[]> {
  const byBlock = new Map<number, NetworkAddressBlockRow[]>();
  for (const link of links) byBlock.set(link.block, [...(byBlock.get(link.block) ?? []), link]);
  return byBlock;
}

/** The value that all have; null where they differ. */
const agreed = <T>(values: readonly (T | null)[]): T | null =>
  values.length > 0 && values.every((one) => one === values[0]) ? (values[0] ?? null) : null;

const byOffset = (one: Found, other: Found): number => {
  const [a, b] = [BigInt(one.row.offset ?? 0), BigInt(other.row.offset ?? 0)];
  return a < b ? -1 : a > b ? 1 : 0;
};
