import type { IpAddress } from '#ipam';
import { MAX_POINTERS } from '#ipam';
import type { AddressFact, Facts, FactKey } from './facts.ts';
import { ownerKey } from './facts.ts';
import type { PlacedBlock } from './outer-blocks.ts';

/** What rendering looks things up in. */
export interface Lookup {
  readonly facts: Facts;
  readonly placed: ReadonlyMap<number, PlacedBlock>;
}

/** Where an address of a host leads to. */
export interface Resolved {
  readonly address: IpAddress;
  /** 1 to 4095; null: untagged. */
  readonly vlan: number | null;
  /** The block it is in itself; undefined where it points to another address. */
  readonly block: PlacedBlock | undefined;
}

/** Where an address leads to, seen from the DNS zone its host is in; or why it cannot be told. */
export function resolveAddress(lookup: Lookup, address: AddressFact, zone: number): Resolved | string {
  if (address.pointer === null) return ownPlace(lookup, address, zone);
  let target: AddressFact | undefined = address;
  let key: FactKey = '';
  for (let steps = 0; target && target.pointer !== null; steps += 1) {
    if (steps === MAX_POINTERS) return `more than ${MAX_POINTERS} addresses point to each other`;
    key = target.pointer;
    target = lookup.facts.addresses.get(key);
  }
  if (!target) return `there is no Address ${key}, to which it points`;
  const found = ownPlace(lookup, target, undefined);
  return typeof found === 'string'
    ? `Address ${key}, to which it points, has none: ${found}`
    : { ...found, block: undefined };
}

/** @param zone the block has to be of one of its sites; undefined: of any site */
function ownPlace({ facts, placed }: Lookup, address: AddressFact, zone: number | undefined): Resolved | string {
  const { block: id, offset, holder, interfaceName } = address;
  if (id === null || offset === null || holder === null) return 'it has no place in an address block';
  const block = placed.get(id);
  const row = facts.blocks.get(id);
  if (!block || !row) return `there is no AddressBlock ${id}`;
  if (zone !== undefined && facts.sites.get(row.site)?.zone !== zone) {
    return `its address block is in the site ${row.site}, which is not in this zone`;
  }
  const vlan = vlanOf(facts, holder, interfaceName, id);
  return typeof vlan === 'string' ? vlan : { address: block.first + BigInt(offset), vlan, block };
}

/** The VLAN in which a host has an address of a block on one of its interfaces; null: in none. */
function vlanOf(facts: Facts, holder: number, interfaceName: string | null, block: number): number | null | string {
  const structure = facts.structures.get(holder);
  // Nothing is built for it, so nothing is known of its interfaces but their names.
  if (!structure) return null;
  const owners = [ownerKey('foundation', structure.foundation), ownerKey('structure', holder)];
  const network = owners
    .flatMap((owner) => found(facts.interfaces, facts.interfaces.by('owner', owner)))
    .find(({ name }) => name === interfaceName)?.network;
  if (network === undefined) return `it has no interface ${interfaceName}`;
  const link = found(facts.links, facts.links.by('block', block)).find((one) => one.network === network);
  if (link) return link.vlan === 0 ? null : link.vlan;
  return `its address block is not used on the network of its interface ${interfaceName}`;
}

/** Facts in the order of their keys, so that what comes first does not depend on what came first. */
const found = <F extends object>(table: { get(key: FactKey): F | undefined }, keys: Iterable<FactKey>): readonly F[] =>
  [...keys].sort((one, other) => (one < other ? -1 : 1)).flatMap((key) => table.get(key) ?? []);
