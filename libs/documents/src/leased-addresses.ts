import type { FoundationRow } from '#building';
import { foundations } from '#building';
import { overlay } from '#config';
import type { AddressRow, IpAddress } from '#ipam';
import { addressBlocks, addresses, formatAddress, isIpv4, parseAddress, placeValues, useKey } from '#ipam';
import type { Key, View } from '#read-store';
import { siteLayers } from '#site';

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
  readonly first: IpAddress;
  readonly netmask: string;
  readonly gateway: string | null;
}

/** Blocks by id; what is leased is IPv4. */
export async function ipv4Blocks(view: View, site: string): Promise<ReadonlyMap<number, Block>> {
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

/** What the configuration of a site says of names, as it stands there. */
export async function resolverOf(view: View, site: string): Promise<Resolver> {
  const { values } = overlay((await siteLayers(view, site)).layers, []);
  const servers = values.get('dns_servers');
  const first = Array.isArray(servers) ? servers[0] : undefined;
  const domain = values.get('domain_name');
  return {
    ...(typeof first === 'string' ? { dns_server: first } : {}),
    ...(typeof domain === 'string' ? { domain_name: domain } : {}),
  };
}
