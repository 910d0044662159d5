import { foundations, structures } from '#building';
import type { ConfigPath } from '#config';
import { addressBlocks, addresses, findAddress, InvalidAddress, parseAddress } from '#ipam';
import type { View } from '#read-store';

/** What a document is about. */
export type About =
  | { readonly kind: 'Structure'; readonly id: number }
  | { readonly kind: 'Foundation'; readonly locator: string }
  /** An address that no structure has: its documents are what its site says. */
  | {
      readonly kind: 'Address';
      readonly id: number;
      readonly site: string;
      readonly pxe: string | null;
      readonly model: string;
    };

/** The object of the API that stands behind what a document is about. */
export const objectOf = (about: About): readonly [model: string, key: string | number] => {
  if (about.kind === 'Foundation') return ['Building/Foundation', about.locator];
  return about.kind === 'Structure' ? ['Building/Structure', about.id] : [about.model, about.id];
};

/** What a document is about, and whether it is whoever asks. */
export interface Target {
  readonly about: About;
  readonly itself: boolean;
}

/**
 * What a path leads to: by an id or an address, or by where the request comes from. The address of the caller is theirs
 * in either form of the path.
 * @param source where the request comes from
 */
export async function findTarget(view: View, { by, id }: ConfigPath, source: string): Promise<Target | undefined> {
  switch (by) {
    case 'uuid': {
      const { keys } = await view.keys(structures, { where: { configUuid: id } });
      return keys[0] === undefined ? undefined : { about: { kind: 'Structure', id: Number(keys[0]) }, itself: true };
    }
    case 'structure': {
      const number = Number(id);
      return Number.isSafeInteger(number) ? { about: { kind: 'Structure', id: number }, itself: false } : undefined;
    }
    case 'foundation':
      return { about: { kind: 'Foundation', locator: id }, itself: false };
    default: {
      const text = by === 'caller' ? source : id;
      const about = await atAddress(view, text);
      return about && { about, itself: by === 'caller' || isSame(text, source) };
    }
  }
}

/** The structure that has an address, the foundation whose job has borrowed it, or else the address itself. */
async function atAddress(view: View, text: string): Promise<About | undefined> {
  const id = await findAddress(view, text, null);
  const row = id === undefined ? undefined : await view.get(addresses, id);
  if (id === undefined || !row) return undefined;
  if (row.holder !== null && (await view.get(structures, row.holder))) return { kind: 'Structure', id: row.holder };
  const { keys } = await view.keys(foundations, { where: { borrowed: id } });
  if (keys[0] !== undefined) return { kind: 'Foundation', locator: String(keys[0]) };
  const block = row.block === null ? undefined : await view.get(addressBlocks, row.block);
  return block && { kind: 'Address', id, site: block.site, pxe: row.pxe, model: `Utilities/${row.kind}` };
}

/** Whether two texts are the same address, however they are written. */
export function isSame(one: string, other: string): boolean {
  try {
    return parseAddress(one) === parseAddress(other);
  } catch (error) {
    if (error instanceof InvalidAddress) return false;
    throw error;
  }
}
