import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import { countOver, countUsed } from '../address/used-offsets.ts';
import { sortableAddress } from '../ip-address.ts';
import { overlaps } from '../subnet.ts';
import { subnetOfBlock } from './address-block.ts';
import type { AddressBlockRow } from './address-blocks.ts';
import { addressBlocks } from './address-blocks.ts';

/** From how much on a block is nearly full: in hundredths of its usable addresses. */
const NEARLY_FULL_PERCENT = 90n;
/** How many warnings are told at a time. */
export const MAX_WARNINGS = 1000;

const named = (key: number, { name, site, subnet, prefix }: AddressBlockRow): JsonMap => ({
  address_block: key,
  name,
  site,
  subnet: `${subnet}/${prefix}`,
});

/** How full a block is, where that is to be told. */
async function fullness(view: View, key: number, row: AddressBlockRow, now: string): Promise<JsonMap[]> {
  const { usableSize } = subnetOfBlock(row);
  const isRoomy = (used: bigint): boolean => used * 100n < usableSize * NEARLY_FULL_PERCENT;
  const most = BigInt(await countUsed(view, key)) + (row.gatewayOffset === null ? 0n : 1n);
  if (isRoomy(most)) return [];
  const used = most - BigInt(await countOver(view, key, now));
  if (isRoomy(used)) return [];
  return [
    { warning: used >= usableSize ? 'full' : 'nearly-full', ...named(key, row), free: Number(usableSize - used) },
  ];
}

/**
 * What is to be told of the blocks of a site, or of all of them. Within a site no blocks have addresses in common.
 * @param now ISO 8601 with microseconds
 */
export async function warningsOf(view: View, site: string | null, now: string): Promise<JsonMap[]> {
  const { rows } = await view.list(addressBlocks);
  const blocks = rows
    .map(({ key, row }) => ({ key: Number(key), row, subnet: subnetOfBlock(row) }))
    .map((block) => ({ ...block, at: sortableAddress(block.subnet.address) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.row.prefix - other.row.prefix));
  const found: JsonMap[] = [];
  const concerns = ({ row }: { readonly row: AddressBlockRow }): boolean => site === null || row.site === site;
  // Subnets lie in each other or apart: those around the one at hand are all that it can overlap with.
  const around: typeof blocks = [];
  for (const block of blocks) {
    if (found.length >= MAX_WARNINGS) break;
    while (around.length > 0 && !overlaps(around.at(-1)!.subnet, block.subnet)) around.pop();
    for (const other of around) {
      if (!overlaps(other.subnet, block.subnet) || !(concerns(block) || concerns(other))) continue;
      found.push({ warning: 'overlap', ...named(block.key, block.row), with: named(other.key, other.row) });
    }
    around.push(block);
    if (concerns(block)) found.push(...(await fullness(view, block.key, block.row, now)));
  }
  return found.slice(0, MAX_WARNINGS);
}
