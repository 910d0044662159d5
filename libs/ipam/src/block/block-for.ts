import type { UnitOfWork } from '#kernel';
import type { AddressBlock } from './address-block.ts';
import { addressBlock } from './address-block.ts';

/**
 * Reads a block that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function blockFor(
  work: UnitOfWork,
  field: string,
  id: number | null,
): Promise<Readonly<AddressBlock> | undefined> {
  if (id === null) return undefined;
  const found = await work.load(addressBlock, id);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no address block ${id}`);
  return undefined;
}
