import type { FindType, FoundationRow } from '#building';
import { foundations, interfaceNamed, interfacesOf, macOf, realInterfaces, structures } from '#building';
import type { AddressRow, NetworkAddressBlockRow, NetworkRow } from '#ipam';
import { networkAddressBlocks, networks } from '#ipam';
import { pauseBetweenSlices } from '#kernel';
import type { Key, View } from '#read-store';
import type { Block, Found, Resolver } from './leased-addresses.ts';
import { addressesIn, addressIn, borrowersOf, grouped, ipv4Blocks, resolverOf, SLICE } from './leased-addresses.ts';

/** What a machine is leased that is known by its MAC. */
export interface StaticLease {
  readonly ip_address: string;
  readonly netmask: string;
  readonly gateway: string | null;
  readonly host_name: string;
  readonly config_uuid: string;
  readonly mtu: number | null;
  readonly vlan: number | null;
  readonly console: string;
  readonly dns_server?: string;
  readonly domain_name?: string;
}

type Leases = Record<string, StaticLease>;

/** What leases are made of besides addresses. */
interface LeaseParts {
  readonly blocks: ReadonlyMap<number, Block>;
  readonly links: ReadonlyMap<Key, NetworkAddressBlockRow>;
  readonly resolver: Resolver;
  readonly findType: FindType;
  readonly uuidOf: (configUuid: string) => string;
}

/**
 * What the machines are leased whose structures have an address in an IPv4 block of a site, by MAC: of several addresses on
 * an interface the one that is no alias. An address counts where its interface is there, has a MAC, and is attached to a
 * network that uses the block. A machine whose job has borrowed an address of a pool is leased that one.
 * @param uuidOf how the `config_uuid` of a structure is shown
 */
export async function staticLeases(
  view: View,
  site: string,
  findType: FindType,
  uuidOf: (configUuid: string) => string,
): Promise<Readonly<Leases>> {
  const blocks = await ipv4Blocks(view, site);
  const resolver = await resolverOf(view, site);
  const parts = { blocks, resolver, links: await linksOf(view, blocks), findType, uuidOf };
  return { ...(await borrowedLeases(view, parts)), ...(await ownLeases(view, parts)) };
}

/** What the machines are leased whose structures have addresses of their own. */
async function ownLeases(view: View, parts: LeaseParts): Promise<Leases> {
  const found = await addressesIn(view, parts.blocks, 'Address');
  // What is written later stands: the un-aliased address of an interface last.
  const byHost = grouped(found.toSorted(aliasesFirst), ({ holder }) => holder);
  const hosts = [...byHost.keys()];
  const leases: Leases = {};
  const pause = pauseBetweenSlices();
  for (let at = 0; at < hosts.length; at += SLICE) {
    const slice = hosts.slice(at, at + SLICE);
    const interfaces = await interfacesOf(view, slice);
    const standing = await view.many(structures, slice);
    const below = await view.many(
      foundations,
      [...standing.values()].map(({ foundation }) => foundation),
    );
    const attached = [...interfaces.values()].flat().flatMap(({ row }) => row.network ?? []);
    const known = await view.many(networks, [...new Set(attached)]);
    for (const host of slice) {
      const structure = standing.get(host);
      if (!structure) continue;
      const its = interfaces.get(host) ?? [];
      for (const { row } of byHost.get(host) ?? []) {
        const on = interfaceNamed(its, row.interfaceName);
        const mac = on && macOf(its, on);
        const network = on?.row.network == null ? undefined : known.get(on.row.network);
        const lease = leaseOf(parts, row, network, {
          host_name: structure.hostname,
          config_uuid: parts.uuidOf(structure.configUuid),
          below: below.get(structure.foundation),
        });
        if (mac && lease) leases[mac] = lease;
      }
    }
    await pause();
  }
  return leases;
}

/** What the machines are leased whose jobs have borrowed an address of a pool. */
async function borrowedLeases(view: View, parts: LeaseParts): Promise<Leases> {
  const borrowers = await borrowersOf(view, await addressesIn(view, parts.blocks, 'DynamicAddress'));
  const leases: Leases = {};
  for (const { locator, row: below, address } of borrowers) {
    const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
    const over = rows.find(({ row }) => row.provisioning)?.row;
    const network = over && (await view.get(networks, over.network));
    const on = below.structure === null ? undefined : await view.get(structures, below.structure);
    const lease = leaseOf(parts, address.row, network, {
      host_name: on?.hostname ?? locator,
      config_uuid: on ? parts.uuidOf(on.configUuid) : '',
      below,
    });
    if (over?.mac && lease) leases[over.mac] = lease;
  }
  return leases;
}

/** What a machine is leased with an address; undefined where its block is not used on the network it is attached to. */
function leaseOf(
  { blocks, links, resolver, findType }: LeaseParts,
  row: AddressRow,
  network: NetworkRow | undefined,
  machine: Pick<StaticLease, 'host_name' | 'config_uuid'> & { readonly below: FoundationRow | undefined },
): StaticLease | undefined {
  const link = network?.links.find(({ block }) => block === row.block);
  const block = blocks.get(Number(row.block));
  if (!network || !link || !block) return undefined;
  const { below, host_name, config_uuid } = machine;
  return {
    ip_address: addressIn(block, row),
    netmask: block.netmask,
    gateway: block.gateway,
    host_name,
    config_uuid,
    mtu: network.mtu,
    vlan: links.get(link.link)?.vlan ?? null,
    console: (below && findType(below.type)?.console?.(below.own)) ?? 'console',
    ...resolver,
  };
}

const aliasesFirst = (one: Found, other: Found): number =>
  (other.row.aliasIndex ?? 0) - (one.row.aliasIndex ?? 0) ||
  Number(one.row.primary) - Number(other.row.primary) ||
  Number(other.key) - Number(one.key);

async function linksOf(
  view: View,
  blocks: ReadonlyMap<number, unknown>,
): Promise<ReadonlyMap<Key, NetworkAddressBlockRow>> {
  const ids = [...blocks.keys()];
  const found = new Map<Key, NetworkAddressBlockRow>();
  for (let at = 0; at < ids.length; at += SLICE) {
    const { rows } = await view.list(networkAddressBlocks, { where: { block: { any: ids.slice(at, at + SLICE) } } });
    for (const { key, row } of rows) found.set(key, row);
  }
  return found;
}
