import type { UnitOfWork } from '#kernel';
import { addressBlock } from './block/address-block.ts';
import { siteBlocks } from './block/site-blocks.ts';
import { networkName } from './network/network-name.ts';
import { hasOffset } from './offset-set.ts';

/** The address block of this name in a site, as the log has it; undefined where there is none. */
export async function blockNamed(work: UnitOfWork, site: string, name: string): Promise<number | undefined> {
  for (const [block, place] of await work.load(siteBlocks, site)) if (place.name === name) return block;
  return undefined;
}

/** The network of this name in a site, as the log has it; undefined where there is none. */
export const networkNamed = (work: UnitOfWork, site: string, name: string): Promise<number | undefined> =>
  work.load(networkName, `${site}/${name}`);

/** Whether an offset of a block is taken, held, or its gateway. */
export async function isOffsetUsed(work: UnitOfWork, block: number, offset: bigint): Promise<boolean> {
  const found = await work.load(addressBlock, block);
  if (!('value' in found)) return false;
  return hasOffset(found.value.used, offset) || found.value.gatewayOffset === String(offset);
}
