import type { Extension } from '#api';
import { action } from '#api';
import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import { addresses } from '../address/addresses.ts';
import { addressAt } from '../address/derived-values.ts';
import { usedOffsets } from '../address/used-offsets.ts';
import { addressBlocks } from './address-blocks.ts';
import type { Page } from './page-of.ts';
import { pageOf, pageParameters } from './page-of.ts';

/** How many addresses of a site are told at a time. */
const MAX_TOLD = 1000;

/** The addresses of a site: block by block, in the order of the addresses. */
async function addressesOf(view: View, site: string, { position, count }: Page): Promise<JsonMap> {
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
      parameters: pageParameters(MAX_TOLD),
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Utilities.view_address' },
      asOf: true,
      query: (site, page, { view }) => addressesOf(view, String(site), pageOf(page, MAX_TOLD)),
    }),
  },
};
