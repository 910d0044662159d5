import type { Extension } from '#api';
import { action, parameter } from '#api';
import { refuse } from '#kernel';
import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import { addresses } from '../address/addresses.ts';
import { addressAt } from '../address/derived-values.ts';
import { usedOffsets } from '../address/used-offsets.ts';
import { addressBlocks } from './address-blocks.ts';

/** How many addresses of a site are told at a time. */
const MAX_TOLD = 1000;

/** The addresses of a site: block by block, in the order of the addresses. */
async function addressesOf(view: View, site: string, position: number, count: number): Promise<JsonMap> {
  const found: JsonMap[] = [];
  let before = 0;
  const blocks = await view.list(addressBlocks, { where: { site } });
  for (const { key, row: block } of blocks.rows) {
    const skip = Math.max(0, position - before);
    const { rows, total } = await view.list(usedOffsets, {
      where: { block: key },
      skip,
      count: count - found.length,
    });
    before += total;
    const known = await view.many(
      addresses,
      rows.flatMap(({ row }) => row.address ?? []),
    );
    for (const { row } of rows) {
      const of = row.address === null ? undefined : known.get(row.address);
      found.push({
        ip_address: addressAt(block, row.offset),
        address_block: Number(key),
        type: row.kind,
        address: row.address,
        networked: of?.holder ?? null,
        interface_name: of?.interfaceName ?? null,
        since: of?.given.since ?? row.since,
      });
    }
  }
  return { addresses: found, total: before, next: position + found.length < before ? position + found.length : null };
}

/** What a site tells of its addresses. */
export const siteAddresses: Extension = {
  model: 'Site/Site',
  actions: {
    addresses: action({
      doc: 'All addresses of the site that are in use, block by block.',
      protocols: ['rest'],
      parameters: {
        position: parameter.integer({ default: 0 }),
        count: parameter.integer({ default: MAX_TOLD, doc: `1 to ${MAX_TOLD}.` }),
      },
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Utilities.view_address' },
      asOf: true,
      query: (site, { position, count }, { view }) => {
        if (position === null || position < 0) throw refuse('position', 'RANGE', 'must be at least 0');
        if (count === null || count < 1 || count > MAX_TOLD) {
          throw refuse('count', 'RANGE', `must be between 1 and ${MAX_TOLD}`);
        }
        return addressesOf(view, String(site), position, count);
      },
    }),
  },
};
