import type { Action, Model } from '#api';
import { parameter, staticAction } from '#api';
import type { View } from '#read-store';
import { blocksAround } from '../block/address-blocks.ts';
import { InvalidAddress, parseAddress } from '../ip-address.ts';
import { subnetOfBlock } from '../block/address-block.ts';
import { derivedFields, placeFields } from './base-fields.ts';
import { offsetKey, usedOffsets } from './used-offsets.ts';

/**
 * The one address object with an address, in a site or in all.
 * @returns undefined where there is none or more than one, or the text is no address
 */
export async function findAddress(view: View, text: string, site: string | null): Promise<number | undefined> {
  let address: bigint;
  try {
    address = parseAddress(text);
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
  const keys = (await blocksAround(view, address, site)).map(({ id, row }) =>
    offsetKey(id, address - subnetOfBlock(row).address),
  );
  const found = [...(await view.many(usedOffsets, keys)).values()].flatMap((row) => row.address ?? []);
  return found.length === 1 ? found[0] : undefined;
}

const lookup: Action = staticAction({
  doc: 'The address object with this address, in a site or in all of them; null where there is none, or several.',
  parameters: { ip_address: parameter.text(), site: parameter.reference('Site/Site', { default: null }) },
  returns: { type: { kind: 'Model', model: 'Utilities/BaseAddress' } },
  permission: { grant: 'Utilities.view_address' },
  asOf: true,
  query: async ({ ip_address: text, site }, { view }) => (await findAddress(view, text ?? '', site)) ?? null,
});

/** Addresses whichever kind they are of: what a reference may point to. */
export const baseAddressModel: Model = {
  path: 'Utilities/BaseAddress',
  doc: 'An address of whichever kind.',
  idField: 'id',
  fields: { ...placeFields, ...derivedFields },
  sites: 'none',
  readable: false,
  actions: { lookup },
};
