import type { Lifecycle } from '#kernel';
import type { EntityRow, View } from '#read-store';
import { entityRows } from '#read-store';
import type { IpAddress } from '../ip-address.ts';
import { sortableAddress } from '../ip-address.ts';
import type { AddressBlock } from './address-block.ts';
import { subnetOfBlock } from './address-block.ts';

/** An address block as it is shown. */
export type AddressBlockRow = EntityRow<AddressBlock>;

/** What rows need to know of the decider of blocks; offsets that are taken have rows of their own. */
const blockEvents = {
  noun: 'AddressBlock',
  defined: 'AddressBlockDefined',
  changes: ['AddressBlockRenamed', 'AddressBlockMoved', 'AddressBlockResized', 'AddressBlockGatewayChosen'],
  initial: (): Lifecycle<AddressBlock> => ({ stage: 'absent' }),
};

/** Index value of a block in its site. */
export const blockNameKey = (site: string, name: string): string => `${site}/${name}`;

/** Address blocks by id. */
export const addressBlocks = entityRows(blockEvents, {
  name: 'address_blocks',
  version: 1,
  key: 'integer',
  indexes: { site: ({ site }) => site, name: ({ site, name }) => blockNameKey(site, name) },
});

/** Where rows begin and end, worked out once for each. */
const ends = new WeakMap<AddressBlockRow, { readonly first: string; readonly last: string }>();

function endsOf(row: AddressBlockRow): { readonly first: string; readonly last: string } {
  const known = ends.get(row);
  if (known) return known;
  const { addresses, ipv4 } = subnetOfBlock(row);
  // IPv4 addresses stand among those of IPv6; a block of one kind holds none of the other.
  const kind = ipv4 ? '4' : '6';
  const made = {
    first: kind + sortableAddress(addresses.first),
    last: kind + sortableAddress(addresses.last),
  };
  ends.set(row, made);
  return made;
}

/** The blocks, of one site or of all, that an address lies in. */
export async function blocksAround(
  view: View,
  address: IpAddress,
  site: string | null,
): Promise<readonly { readonly id: number; readonly row: AddressBlockRow }[]> {
  const { rows } = await view.list(addressBlocks, site === null ? {} : { where: { site } });
  const at = (address >> 32n === 0xffffn ? '4' : '6') + sortableAddress(address);
  return rows
    .filter(({ row }) => {
      const { first, last } = endsOf(row);
      return first <= at && at <= last;
    })
    .map(({ key, row }) => ({ id: Number(key), row }));
}
