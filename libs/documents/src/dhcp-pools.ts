import type { FindType, FoundationRow } from '#building';
import { foundations, interfaceNamed, interfacesOf, macOf, realInterfaces, structures } from '#building';
import { overlay } from '#config';
import type { AddressRow, IpAddress, NetworkAddressBlockRow } from '#ipam';
import {
  addressBlocks,
  addresses,
  formatAddress,
  isIpv4,
  networkAddressBlocks,
  networks,
  parseAddress,
  placeValues,
} from '#ipam';
import { pauseBetweenSlices } from '#kernel';
import type { Key, View } from '#read-store';
import { siteLayers } from '#site';

/** The addresses of a block that are leased to whoever asks. */
export interface DynamicPool {
  /** The id of the block. */
  readonly name: number;
  readonly gateway: string | null;
  readonly netmask: string;
  readonly dns_server: string;
  readonly domain_name: string;
  readonly address_list: readonly string[];
}

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

/** The DNS server of a pool whose site names none. */
const USUAL_DNS_SERVER = '1.1.1.1';
/** How many blocks, or hosts, are looked at together. */
const SLICE = 1000;

/**
 * The pools of the IPv4 blocks of a site that have dynamic addresses, in the order of the blocks. What a job has borrowed is
 * leased to its machine alone.
 */
export async function dynamicPools(view: View, site: string): Promise<readonly DynamicPool[]> {
  const blocks = await ipv4Blocks(view, site);
  const { dns_server: dns = USUAL_DNS_SERVER, domain_name: domain = '' } = await resolverOf(view, site);
  const dynamic = await addressesIn(view, blocks, 'DynamicAddress');
  const lent = new Set((await borrowersOf(view, dynamic)).map(({ address: { key } }) => key));
  const byBlock = grouped(
    dynamic.filter(({ key }) => !lent.has(key)),
    ({ block }) => block,
  );
  return [...blocks].flatMap(([name, block]) => {
    const own = byBlock.get(name)?.toSorted((one, other) => offsetOf(one) - offsetOf(other));
    if (!own) return [];
    const { gateway, netmask } = block;
    return {
      gateway,
      name,
      netmask,
      dns_server: dns,
      domain_name: domain,
      address_list: own.map(({ row }) => addressIn(block, row)),
    };
  });
}

/**
 * What the machines are leased whose structures have an address in an IPv4 block of a site, by MAC: of several addresses on
 * an interface the one that is no alias. An address counts where its interface is there, has a MAC, and is attached to a
 * network that uses the block.
 * @param uuidOf how the `config_uuid` of a structure is shown
 */
export async function staticLeases(
  view: View,
  site: string,
  findType: FindType,
  uuidOf: (configUuid: string) => string,
): Promise<Readonly<Record<string, StaticLease>>> {
  const blocks = await ipv4Blocks(view, site);
  const resolver = await resolverOf(view, site);
  const links = await linksOf(view, blocks);
  const found = await addressesIn(view, blocks, 'Address');
  // What is written later stands: the un-aliased address of an interface last.
  const byHost = grouped(found.toSorted(aliasesFirst), ({ holder }) => holder);
  const hosts = [...byHost.keys()];
  const leases: Record<string, StaticLease> = {};
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
        const link = network?.links.find(({ block }) => block === row.block);
        const block = blocks.get(Number(row.block));
        if (!mac || !network || !link || !block) continue;
        const type = below.get(structure.foundation)?.type;
        leases[mac] = {
          ip_address: addressIn(block, row),
          netmask: block.netmask,
          gateway: block.gateway,
          host_name: structure.hostname,
          config_uuid: uuidOf(structure.configUuid),
          mtu: network.mtu,
          vlan: links.get(link.link)?.vlan ?? null,
          console: (type === undefined ? undefined : findType(type)?.console) ?? 'console',
          ...resolver,
        };
      }
    }
    await pause();
  }
  return { ...(await borrowedLeases(view, { blocks, links, resolver, findType, uuidOf })), ...leases };
}

/** What leases are made of besides addresses. */
interface LeaseParts {
  readonly blocks: ReadonlyMap<number, Block>;
  readonly links: ReadonlyMap<Key, NetworkAddressBlockRow>;
  readonly resolver: Resolver;
  readonly findType: FindType;
  readonly uuidOf: (configUuid: string) => string;
}

/** What the machines are leased whose jobs have borrowed an address of a pool. */
async function borrowedLeases(view: View, parts: LeaseParts): Promise<Record<string, StaticLease>> {
  const { blocks, links, resolver, findType, uuidOf } = parts;
  const borrowers = await borrowersOf(view, await addressesIn(view, blocks, 'DynamicAddress'));
  const leases: Record<string, StaticLease> = {};
  for (const { locator, row: below, address } of borrowers) {
    const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
    const over = rows.find(({ row }) => row.provisioning)?.row;
    const network = over && (await view.get(networks, over.network));
    const link = network?.links.find(({ block }) => block === address.row.block);
    const block = blocks.get(Number(address.row.block));
    if (!over?.mac || !network || !link || !block) continue;
    const on = below.structure === null ? undefined : await view.get(structures, below.structure);
    leases[over.mac] = {
      ip_address: addressIn(block, address.row),
      netmask: block.netmask,
      gateway: block.gateway,
      host_name: on?.hostname ?? locator,
      config_uuid: on ? uuidOf(on.configUuid) : '',
      mtu: network.mtu,
      vlan: links.get(link.link)?.vlan ?? null,
      console: findType(below.type)?.console ?? 'console',
      ...resolver,
    };
  }
  return leases;
}

/** The foundations whose jobs have borrowed one of these addresses. */
async function borrowersOf(view: View, dynamic: readonly Found[]) {
  const byId = new Map(dynamic.map((address) => [Number(address.key), address]));
  const ids = [...byId.keys()];
  const found: { readonly locator: string; readonly row: FoundationRow; readonly address: Found }[] = [];
  for (let at = 0; at < ids.length; at += SLICE) {
    const { rows } = await view.list(foundations, { where: { borrowed: { any: ids.slice(at, at + SLICE) } } });
    for (const { key, row } of rows) {
      const address = byId.get(row.borrowed?.address ?? -1);
      if (address) found.push({ locator: String(key), row, address });
    }
  }
  return found;
}

interface Found {
  readonly key: Key;
  readonly row: AddressRow;
}

/** Addresses by a number they have; those without it are left out. */
function grouped(found: readonly Found[], by: (row: AddressRow) => number | null): ReadonlyMap<number, Found[]> {
  const groups = new Map<number, Found[]>();
  for (const one of found) {
    const key = by(one.row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

const offsetOf = ({ row }: Found): number => Number(row.offset);

const aliasesFirst = (one: Found, other: Found): number =>
  (other.row.aliasIndex ?? 0) - (one.row.aliasIndex ?? 0) ||
  Number(one.row.primary) - Number(other.row.primary) ||
  Number(other.key) - Number(one.key);

/** What all addresses of a block have in common, and where they begin. */
interface Block {
  readonly first: IpAddress;
  readonly netmask: string;
  readonly gateway: string | null;
}

/** Blocks by id; what is leased is IPv4. */
async function ipv4Blocks(view: View, site: string): Promise<ReadonlyMap<number, Block>> {
  const { rows } = await view.list(addressBlocks, { where: { site } });
  return new Map(
    rows.flatMap(({ key, row }) => {
      const first = parseAddress(row.subnet);
      if (!isIpv4(first)) return [];
      const { netmask, gateway } = placeValues(row, '0');
      return [[Number(key), { first, netmask: String(netmask), gateway }]];
    }),
  );
}

const addressIn = ({ first }: Block, { offset }: AddressRow): string => formatAddress(first + BigInt(offset ?? 0));

async function addressesIn(
  view: View,
  blocks: ReadonlyMap<number, unknown>,
  kind: AddressRow['kind'],
): Promise<readonly Found[]> {
  const uses = [...blocks.keys()].map((block) => `${block}/${kind}`);
  const found: Found[] = [];
  for (let at = 0; at < uses.length; at += SLICE) {
    const { rows } = await view.list(addresses, { where: { use: { any: uses.slice(at, at + SLICE) } } });
    for (const row of rows) found.push(row);
  }
  return found;
}

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

interface Resolver {
  readonly dns_server?: string;
  readonly domain_name?: string;
}

/** What the configuration of a site says of names, as it stands there. */
async function resolverOf(view: View, site: string): Promise<Resolver> {
  const { values } = overlay((await siteLayers(view, site)).layers, []);
  const servers = values.get('dns_servers');
  const first = Array.isArray(servers) ? servers[0] : undefined;
  const domain = values.get('domain_name');
  return {
    ...(typeof first === 'string' ? { dns_server: first } : {}),
    ...(typeof domain === 'string' ? { domain_name: domain } : {}),
  };
}
