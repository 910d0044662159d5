import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';
import { formatAddress, parseAddress } from '../ip-address.ts';
import type { Subnet } from '../subnet.ts';
import { overlaps, subnetOf } from '../subnet.ts';
import type { BlockRange } from './address-block.ts';
import { subnetOfBlock } from './address-block.ts';

interface Place extends BlockRange {
  readonly block: number;
  readonly name: string;
}

/** What is where in a site, by the id of the block. */
type State = Map<number, { readonly name: string; readonly subnet: Subnet }>;

export type SiteBlocksCommand = Message<'TakePlace', Place> | Message<'FreePlace', { readonly block: number }>;
export type SiteBlocksEvent =
  Message<'BlockPlaceTaken', Place> | Message<'BlockPlaceFreed', { readonly block: number }>;

/** The largest number of address blocks of one site. */
export const MAX_BLOCKS = 10_000;

/**
 * The blocks of one site: no two have the same name, nor an address in common, whether one lies in, around or across the
 * other. One stream for each site, so that this holds whoever is faster.
 */
export const siteBlocks: Decider<State, SiteBlocksCommand, SiteBlocksEvent> = {
  category: 'siteBlocks',
  initial: () => new Map(),
  decide: {
    TakePlace: (data, state) => {
      const subnet = subnetOfBlock(data);
      const before = state.get(data.block);
      if (
        before?.name === data.name &&
        before.subnet.address === subnet.address &&
        before.subnet.prefix === data.prefix
      )
        return [];
      if (!before && state.size >= MAX_BLOCKS) {
        return refuse('site', 'TOO_MANY', `a site has at most ${MAX_BLOCKS} address blocks`);
      }
      for (const [block, other] of state) {
        if (block === data.block) continue;
        if (other.name === data.name) {
          return refuse('__all__', 'TAKEN', 'Address block with this Site and Name already exists.');
        }
        if (overlaps(subnet, other.subnet)) {
          const where = `${other.name}, ${formatAddress(other.subnet.address)}/${other.subnet.prefix}`;
          const text = `This subnet/prefix overlaps with an existing Address Block in the same site: ${where}`;
          return refuse('subnet', 'OVERLAP', text);
        }
      }
      return { type: 'BlockPlaceTaken', data };
    },
    FreePlace: ({ block }, state) => (state.has(block) ? { type: 'BlockPlaceFreed', data: { block } } : []),
  },
  evolve: {
    BlockPlaceTaken: ({ block, name, subnet, prefix }, state) =>
      state.set(block, { name, subnet: subnetOf(parseAddress(subnet), prefix) }),
    BlockPlaceFreed: ({ block }, state) => {
      state.delete(block);
      return state;
    },
  },
};
