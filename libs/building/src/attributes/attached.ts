import { LRUCache } from 'lru-cache';
import type { AddressBlockRow, AddressRow, NetworkAddressBlockRow, NetworkRow } from '#ipam';
import { addressBlocks, addresses, MAX_POINTERS, networkAddressBlocks, networks } from '#ipam';
import type { View } from '#read-store';
import type { NetworkInterface } from '../interface/interfaces-of.ts';
import { byLocation } from '../interface/interfaces-of.ts';
import { logicalInterfaces } from '../interface/logical-interfaces.ts';
import { realInterfaces } from '../interface/real-interfaces.ts';

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
  /** Those of the foundation first, by physical location, then those of the structure itself. */
  readonly interfaces: readonly NetworkInterface[];
  /** What the interfaces are attached to, by id. */
  readonly networks: ReadonlyMap<number, NetworkRow>;
  /** On each interface the one without an alias index first, then by that. */
  readonly addresses: readonly AttachedAddress[];
  /** The VLANs of blocks on the networks of the interfaces. */
  readonly links: ReadonlyMap<number, NetworkAddressBlockRow>;
  /** Every row that was read, and what was looked for and is not there. */
  readonly parts: readonly unknown[];
}

/** What has neither interfaces nor addresses. */
export const NOT_ATTACHED: Attached = {
  interfaces: [],
  networks: new Map(),
  addresses: [],
  links: new Map(),
  parts: [],
};

/** Where what something is attached to may change. */
const MODELS = [realInterfaces, logicalInterfaces, networks, networkAddressBlocks, addressBlocks, addresses];
/** Of so many foundations and structures it is remembered, for each view. */
const MAX_REMEMBERED = 10_000;
const remembered = new WeakMap<View, LRUCache<string, { readonly stamp: number; readonly attached: Attached }>>();

/** What was read before, where nothing of its kind has changed since, of whatever. */
async function remember(view: View, key: string, read: () => Promise<Attached>): Promise<Attached> {
  const stamp = view.stamp(MODELS);
  if (stamp === undefined) return read();
  let known = remembered.get(view);
  if (!known) remembered.set(view, (known = new LRUCache({ max: MAX_REMEMBERED })));
  const found = known.get(key);
  if (found?.stamp === stamp) return found.attached;
  const attached = await read();
  if (view.stamp(MODELS) === stamp) known.set(key, { stamp, attached });
  return attached;
}

/** What a foundation is attached to. */
export const attachedFoundation = (view: View, locator: string): Promise<Attached> =>
  remember(view, `foundation ${locator}`, () => readFoundation(view, locator));

/** What a structure is attached to by its interfaces and those of its foundation, and its addresses. */
export const attachedStructure = (view: View, id: number, locator: string): Promise<Attached> =>
  remember(view, `structure ${id} ${locator}`, () => readStructure(view, id, locator));

async function readFoundation(view: View, locator: string): Promise<Attached> {
  const parts: unknown[] = [];
  const interfaces = await realInterfacesOf(view, locator, parts);
  return { interfaces, networks: await networksOf(view, interfaces, parts), addresses: [], links: NONE, parts };
}

async function readStructure(view: View, id: number, locator: string): Promise<Attached> {
  const parts: unknown[] = [];
  const real = await realInterfacesOf(view, locator, parts);
  const logical = await view.list(logicalInterfaces, { where: { structure: id } });
  const interfaces = [...real];
  for (const { key, row } of logical.rows) {
    parts.push(row);
    interfaces.push({ id: Number(key), kind: row.kind, row });
  }
  const known = await networksOf(view, interfaces, parts);
  const own = await addressesOf(view, id, parts);
  return { interfaces, networks: known, addresses: own, links: await linksOf(view, known, own, parts), parts };
}

/** @param parts takes over what was read */
async function realInterfacesOf(view: View, locator: string, parts: unknown[]): Promise<readonly NetworkInterface[]> {
  const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
  return rows.toSorted(byLocation).map(({ key, row }) => {
    parts.push(row);
    return { id: Number(key), kind: 'Real', row };
  });
}

const NONE: ReadonlyMap<number, never> = new Map<number, never>();

async function networksOf(
  view: View,
  interfaces: readonly NetworkInterface[],
  parts: unknown[],
): Promise<ReadonlyMap<number, NetworkRow>> {
  if (interfaces.length === 0) return NONE;
  const wanted = [...new Set(interfaces.map(({ row }) => row.network))];
  const found = await view.many(networks, wanted);
  for (const id of wanted) parts.push(found.get(id));
  return found as Map<number, NetworkRow>;
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
    if (steps > MAX_POINTERS) return undefined;
    at = await view.get(addresses, at.pointer);
    parts.push(at);
  }
  return at;
}

async function linksOf(
  view: View,
  known: ReadonlyMap<number, NetworkRow>,
  own: readonly AttachedAddress[],
  parts: unknown[],
): Promise<ReadonlyMap<number, NetworkAddressBlockRow>> {
  if (own.length === 0) return NONE;
  const used = new Set(own.map(({ blockId }) => blockId));
  const wanted = new Set<number>();
  for (const { links } of known.values()) {
    for (const { link, block } of links) if (used.has(block)) wanted.add(link);
  }
  if (wanted.size === 0) return NONE;
  const found = await view.many(networkAddressBlocks, [...wanted]);
  for (const link of wanted) parts.push(found.get(link));
  return found as Map<number, NetworkAddressBlockRow>;
}
