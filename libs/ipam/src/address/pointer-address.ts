import type { UnitOfWork } from '#kernel';
import type { Holders } from '../holders.ts';
import type { Address } from './address.ts';
import { checkHostAddress } from './check-address.ts';
import { holderAddresses } from './holder-addresses.ts';
import { defineAddress } from './place-address.ts';

/** An address of a host that takes everything from another one. */
export interface PointerAddress {
  readonly holder: number;
  readonly interfaceName: string;
  /** Id of the other one. */
  readonly pointer: number;
  readonly primary: boolean;
}

/** Makes an address that points to another one; what is wrong with it is noted. */
export async function definePointer(
  work: UnitOfWork,
  id: number,
  pointer: PointerAddress,
  holders: Holders,
): Promise<void> {
  const nowhere = { block: null, offset: null, aliasIndex: null, reason: null, pxe: null };
  const value: Address = { kind: 'Address', ...nowhere, ...pointer };
  await checkHostAddress(work, id, value, holders);
  // It takes no place in a block, so no moment is noted there.
  await defineAddress(work, id, value, '');
}

/** Ids of the addresses of a host: those that are not primary first, the older ones before the others. */
export async function addressesOfHost(work: UnitOfWork, holder: number): Promise<readonly number[]> {
  const held = [...(await work.load(holderAddresses, holder)).values()];
  return held
    .toSorted((one, other) => Number(one.primary) - Number(other.primary) || one.address - other.address)
    .map(({ address }) => address);
}
