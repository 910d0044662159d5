import type { UnitOfWork } from '#kernel';
import type { AddressKind } from '../block/address-block.ts';
import { addressBlock } from '../block/address-block.ts';
import type { Address } from './address.ts';
import { address } from './address.ts';
import { holderAddresses } from './holder-addresses.ts';

/** Takes the offset of an address in its block; where somebody else has it, that is a fault. */
export async function takePlace(
  work: UnitOfWork,
  id: number,
  { block, offset, kind }: Pick<Address, 'block' | 'offset' | 'kind'>,
  now: string,
): Promise<boolean> {
  if (block === null || offset === null) return true;
  return work.decide(addressBlock, block, { type: 'TakeOffset', data: { offset, address: id, kind, now } });
}

/** Gives the offset of an address back. */
export async function freePlace(
  work: UnitOfWork,
  id: number,
  {
    block,
    offset,
    kind,
  }: { readonly block: number | null; readonly offset: string | null; readonly kind: AddressKind },
): Promise<void> {
  if (block === null || offset === null) return;
  await work.decide(addressBlock, block, { type: 'FreeOffset', data: { offset, address: id, kind } });
}

/** Gives one offset back and takes another, where they differ. */
export async function movePlace(
  work: UnitOfWork,
  id: number,
  before: Address,
  after: Address,
  now: string,
): Promise<void> {
  if (after.block === before.block && after.offset === before.offset) return;
  await freePlace(work, id, before);
  await takePlace(work, id, after, now);
}

/** Notes an address with its host, which has rules of its own for it. */
export async function putWithHolder(
  work: UnitOfWork,
  id: number,
  { holder, interfaceName, aliasIndex, primary }: Address,
): Promise<boolean> {
  if (holder === null || interfaceName === null) return true;
  return work.decide(holderAddresses, holder, {
    type: 'PutAddress',
    data: { address: id, interfaceName, aliasIndex, primary },
  });
}

/** Takes an address from its host. */
export async function dropFromHolder(work: UnitOfWork, id: number, holder: number | null): Promise<void> {
  if (holder !== null) await work.decide(holderAddresses, holder, { type: 'DropAddress', data: { address: id } });
}

/** Makes an address, which takes its offset and is noted with its host. */
export async function defineAddress(work: UnitOfWork, id: number, value: Address, now: string): Promise<void> {
  await takePlace(work, id, value, now);
  await putWithHolder(work, id, value);
  await work.decide(address, id, { type: 'DefineAddress', data: value });
}

/** Deletes an address together with something else; its offset is free, its host is without it. */
export async function removeAddress(work: UnitOfWork, id: number): Promise<void> {
  const found = await work.load(address, id);
  if (!('value' in found)) return;
  await freePlace(work, id, found.value);
  await dropFromHolder(work, id, found.value.holder);
  if (found.stage === 'active') await work.decide(address, id, { type: 'CloseAddress', data: {} });
  await work.decide(address, id, { type: 'DeleteAddress', data: {} });
}

/** Deletes all addresses of a host. */
export async function removeAddressesOf(work: UnitOfWork, holder: number): Promise<void> {
  const held = await work.load(holderAddresses, holder);
  for (const id of held.keys()) await removeAddress(work, id);
}
