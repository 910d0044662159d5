import type { AddressBlockRow, AddressRow, NetworkAddressBlockRow, NetworkRow } from '#ipam';
import { addressBlocks, addresses, networkAddressBlocks, networks } from '#ipam';
import type { View } from '#read-store';
import type { RealInterfaceRow } from '../interface/real-interfaces.ts';
import { realInterfaces } from '../interface/real-interfaces.ts';

/** An interface of a host or foundation, as it is known to documents and scripts. */
export interface AttachedInterface {
  readonly id: number;
  readonly row: RealInterfaceRow;
  /** What it is attached to; undefined where that is gone. */
  readonly network: NetworkRow | undefined;
}

/** An address of a host, with where it has its place: for a pointer, that is where what it points to has its own. */
export interface AttachedAddress {
  readonly id: number;
  readonly row: AddressRow;
  readonly offset: string | null;
  readonly blockId: number | null;
  readonly block: AddressBlockRow | undefined;
}

/** What a host or a foundation is attached to networks by, and with which addresses. */
export interface Attached {
  readonly interfaces: readonly AttachedInterface[];
  /** On each interface the one without an alias index first, then by that. */
  readonly addresses: readonly AttachedAddress[];
  /** The VLANs of blocks on the networks of the interfaces. */
  readonly links: ReadonlyMap<number, NetworkAddressBlockRow>;
  /** Every row that was read, and what was looked for and is not there. */
  readonly parts: readonly unknown[];
}

/** How many addresses are followed from a pointer; more never point to each other. */
const MAX_FOLLOWED = 11;

/** What a foundation is attached to. */
export async function attachedFoundation(view: View, locator: string): Promise<Attached> {
  const parts: unknown[] = [];
  const interfaces = await interfacesOf(view, locator, parts);
  return { interfaces, addresses: [], links: new Map(), parts };
}

/** What a host is attached to by the interfaces of its foundation, and its addresses. */
export async function attachedHost(view: View, id: number, locator: string): Promise<Attached> {
  const parts: unknown[] = [];
  const interfaces = await interfacesOf(view, locator, parts);
  const own = await addressesOf(view, id, parts);
  return { interfaces, addresses: own, links: await linksOf(view, interfaces, own, parts), parts };
}

/** @param parts takes over what was read */
async function interfacesOf(view: View, locator: string, parts: unknown[]): Promise<readonly AttachedInterface[]> {
  const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
  if (rows.length === 0) return [];
  const known = await view.many(
    networks,
    rows.map(({ row }) => row.network),
  );
  return rows.map(({ key, row }) => {
    const network = known.get(row.network);
    parts.push(row, network);
    return { id: Number(key), row, network };
  });
}

async function addressesOf(view: View, holder: number, parts: unknown[]): Promise<readonly AttachedAddress[]> {
  const { rows } = await view.list(addresses, { where: { holder } });
  if (rows.length === 0) return [];
  const places: { readonly id: number; readonly row: AddressRow; readonly at: AddressRow | undefined }[] = [];
  for (const { key, row } of rows) {
    parts.push(row);
    places.push({ id: Number(key), row, at: await followed(view, row, parts) });
  }
  const blocks = await view.many(
    addressBlocks,
    places.flatMap(({ at }) => at?.block ?? []),
  );
  return places
    .map(({ id, row, at }): AttachedAddress => {
      const blockId = at?.block ?? null;
      const block = blockId === null ? undefined : blocks.get(blockId);
      parts.push(block);
      return { id, row, offset: at?.offset ?? null, blockId, block };
    })
    .toSorted((one, other) => (one.row.aliasIndex ?? 0) - (other.row.aliasIndex ?? 0) || one.id - other.id);
}

/** Where the pointers of an address lead to; undefined where they lead nowhere. */
async function followed(view: View, row: AddressRow, parts: unknown[]): Promise<AddressRow | undefined> {
  let at: AddressRow | undefined = row;
  for (let steps = 0; at && at.pointer !== null; steps += 1) {
    if (steps === MAX_FOLLOWED) return undefined;
    at = await view.get(addresses, at.pointer);
    parts.push(at);
  }
  return at;
}

async function linksOf(
  view: View,
  interfaces: readonly AttachedInterface[],
  own: readonly AttachedAddress[],
  parts: unknown[],
): Promise<ReadonlyMap<number, NetworkAddressBlockRow>> {
  const used = new Set(own.map(({ blockId }) => blockId));
  const wanted = new Set<number>();
  for (const { network } of interfaces) {
    for (const { link, block } of network?.links ?? []) if (used.has(block)) wanted.add(link);
  }
  if (wanted.size === 0) return new Map();
  const found = await view.many(networkAddressBlocks, [...wanted]);
  for (const link of wanted) parts.push(found.get(link));
  return found as Map<number, NetworkAddressBlockRow>;
}
