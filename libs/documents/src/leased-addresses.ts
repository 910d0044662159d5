import type { FoundationRow } from '#building';
import { foundations } from '#building';
import { mergedConfiguration, overlay } from '#config';
import type { AddressRow, IpAddress } from '#ipam';
import { addressBlocks, addresses, formatAddress, isIpv4, parseAddress, placeValues, useKey } from '#ipam';
import type { Json } from '#kernel';
import type { Key, View } from '#read-store';
import { siteLayers } from '#site';
import { textsOf } from './cloud-network.ts';

/** How many blocks, or hosts, are looked at together. */
export const SLICE = 1000;

/** An address object with its id. */
export interface Found {
  readonly key: Key;
  readonly row: AddressRow;
}

/** Addresses by a number they have; those without it are left out. */
export function grouped(found: readonly Found[], by: (row: AddressRow) => number | null): ReadonlyMap<number, Found[]> {
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

/** What all addresses of a block have in common, and where they begin. */
export interface Block {
  readonly name: string;
  /** `10.0.0.0/24`. */
  readonly subnet: string;
  readonly first: IpAddress;
  readonly netmask: string;
  readonly gateway: string | null;
}

/** The blocks of a site by id. */
export async function siteBlocks(view: View, site: string): Promise<ReadonlyMap<number, Block>> {
  const { rows } = await view.list(addressBlocks, { where: { site } });
  return new Map(
    rows.map(({ key, row }) => {
      const { name, subnet, prefix } = row;
      const { netmask, gateway } = placeValues(row, '0');
      const whole = `${subnet}/${prefix}`;
      return [Number(key), { name, subnet: whole, first: parseAddress(subnet), netmask: String(netmask), gateway }];
    }),
  );
}

/** The IPv4 blocks of a site by id. */
export const ipv4Blocks = async (view: View, site: string): Promise<ReadonlyMap<number, Block>> =>
  new Map([...(await siteBlocks(view, site))].filter(([, { first }]) => isIpv4(first)));

/** The address of an address object in its block, as text. */
export const addressIn = ({ first }: Block, { offset }: AddressRow): string =>
  formatAddress(first + BigInt(offset ?? 0));

/** The addresses of one kind in some blocks. */
export async function addressesIn(
  view: View,
  blocks: ReadonlyMap<number, unknown>,
  kind: AddressRow['kind'],
): Promise<readonly Found[]> {
  const uses = [...blocks.keys()].map((block) => useKey(block, kind));
  const found: Found[] = [];
  for (let at = 0; at < uses.length; at += SLICE) {
    const { rows } = await view.list(addresses, { where: { use: { any: uses.slice(at, at + SLICE) } } });
    for (const row of rows) found.push(row);
  }
  return found;
}

/** A foundation whose job has borrowed an address. */
export interface Borrower {
  readonly locator: string;
  readonly row: FoundationRow;
  readonly address: Found;
}

/** The foundations whose jobs have borrowed one of these addresses. */
export async function borrowersOf(view: View, dynamic: readonly Found[]): Promise<readonly Borrower[]> {
  const byId = new Map(dynamic.map((address) => [Number(address.key), address]));
  const ids = [...byId.keys()];
  const found: Borrower[] = [];
  for (let at = 0; at < ids.length; at += SLICE) {
    const { rows } = await view.list(foundations, { where: { borrowed: { any: ids.slice(at, at + SLICE) } } });
    for (const { key, row } of rows) {
      const address = byId.get(row.borrowed?.address ?? -1);
      if (address) found.push({ locator: String(key), row, address });
    }
  }
  return found;
}

/** How names are looked up by what is leased an address; what a site does not say is not there. */
export interface Resolver {
  readonly dns_server?: string;
  readonly domain_name?: string;
}

/** What the configuration of a site says of names, as it stands there: not rendered. */
export async function resolverOf(view: View, site: string): Promise<Resolver> {
  const { values } = overlay((await siteLayers(view, site)).layers, []);
  const { servers, domain } = namesIn((key) => values.get(key));
  const [first] = servers;
  return {
    ...(first === undefined ? {} : { dns_server: first }),
    ...(domain === null ? {} : { domain_name: domain }),
  };
}

/** All that the configuration of a site says of names, rendered as its other values are. */
export async function siteNames(view: View, site: string) {
  const { configuration } = await mergedConfiguration((await siteLayers(view, site)).layers, []);
  return namesIn((key) => configuration[key]);
}

function namesIn(valueOf: (key: string) => Json | undefined) {
  const domain = valueOf('domain_name');
  return {
    servers: textsOf(valueOf('dns_servers')),
    search: textsOf(valueOf('dns_search') ?? valueOf('domain_search')),
    domain: typeof domain === 'string' ? domain : null,
  };
}
