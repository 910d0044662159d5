import type { IpAddress } from '#ipam';
import { isIpv4, parseAddress } from '#ipam';
import type { BlockFact, FactTable } from './facts.ts';
import type { OuterBlock } from './reverse-cut.ts';

/** A block, and the one around it that lies in no other. */
export interface PlacedBlock {
  readonly first: IpAddress;
  readonly outer: OuterBlock;
}

/**
 * For each block the outermost one around it, itself where there is none. Blocks of different sites may lie in each other;
 * they never overlap otherwise.
 */
export function placedBlocks(blocks: FactTable<BlockFact, 'site'>): ReadonlyMap<number, PlacedBlock> {
  const all = Array.from(blocks.entries(), ([key, { subnet, prefix }]) => {
    const first = parseAddress(subnet);
    const size = 1n << BigInt((isIpv4(first) ? 32 : 128) - prefix);
    return { key: Number(key), first, prefix, end: first + size, ipv4: isIpv4(first) };
  });
  // IPv4 addresses stand among those of IPv6, and have nothing to do with them.
  all.sort(
    (one, other) =>
      Number(one.ipv4) - Number(other.ipv4) ||
      (one.first < other.first ? -1 : one.first > other.first ? 1 : one.prefix - other.prefix),
  );
  const placed = new Map<number, PlacedBlock>();
  let outer: (typeof all)[number] | undefined;
  for (const block of all) {
    if (!outer || outer.ipv4 !== block.ipv4 || block.first >= outer.end) outer = block;
    placed.set(block.key, { first: block.first, outer: { first: outer.first, prefix: outer.prefix } });
  }
  return placed;
}
