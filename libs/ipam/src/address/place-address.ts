import type { UnitOfWork } from '#kernel';
import { pauseBetweenSlices } from '#kernel';
import type { Key } from '#read-store';
import type { AddressKind } from '../block/address-block.ts';
import { addressBlock, subnetOfBlock } from '../block/address-block.ts';
import type { Address } from './address.ts';
import { address } from './address.ts';
import { holderAddresses } from './holder-addresses.ts';

/**
 * The key by which those who want addresses of one block share appends (`NamedCommand.sharesAppend`): nobody stands in
 * the way of the others.
 */
export const sharedBy = (block: Key | null): string | undefined =>
  block === null ? undefined : `addressBlock-${block}`;

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

/** Whether a block is of IPv4; undefined where there is none, as of an address that points to another. */
async function isIpv4Block(work: UnitOfWork, block: number | null): Promise<boolean | undefined> {
  const found = block === null ? undefined : await work.load(addressBlock, block);
  return found && 'value' in found ? subnetOfBlock(found.value).ipv4 : undefined;
}

/** The addresses without an alias index on the same interface of a host that are of the other family, IPv4 or IPv6. */
async function addressesBeside(work: UnitOfWork, id: number, { holder, interfaceName, block }: Address) {
  const ipv4 = await isIpv4Block(work, block);
  const besides: number[] = [];
  if (holder === null || ipv4 === undefined) return besides;
  for (const held of (await work.load(holderAddresses, holder)).values()) {
    if (held.address === id || held.interfaceName !== interfaceName || held.aliasIndex !== null) continue;
    const found = await work.load(address, held.address);
    const its = 'value' in found ? await isIpv4Block(work, found.value.block) : undefined;
    if (its !== undefined && its !== ipv4) besides.push(held.address);
  }
  return besides;
}

/** Notes an address with its host, which has rules of its own for it. */
export async function putWithHolder(work: UnitOfWork, id: number, value: Address): Promise<boolean> {
  const { holder, interfaceName, aliasIndex, primary } = value;
  if (holder === null || interfaceName === null) return true;
  const data = { address: id, interfaceName, aliasIndex, primary };
  // Only where another one is in the way it is looked what kind that is of.
  if (!(await work.attempt(holderAddresses, holder, { type: 'PutAddress', data }))) return true;
  const besides = aliasIndex === null ? await addressesBeside(work, id, value) : [];
  return work.decide(holderAddresses, holder, { type: 'PutAddress', data: { ...data, besides } });
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

/** How many streams are read at once. */
const READ_TOGETHER = 500;

/** Reads many addresses together, and what their hosts have, so that what is done to each of them waits for nothing. */
export async function loadAddresses(work: UnitOfWork, ids: readonly number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += READ_TOGETHER) {
    const found = await Promise.all(ids.slice(at, at + READ_TOGETHER).map((id) => work.load(address, id)));
    const holders = found.map((one) => ('value' in one ? one.value.holder : null)).filter((one) => one !== null);
    await Promise.all([...new Set(holders)].map((holder) => work.load(holderAddresses, holder)));
  }
}

/** Deletes all addresses of a host. */
export async function removeAddressesOf(work: UnitOfWork, holder: number): Promise<void> {
  const held = await work.load(holderAddresses, holder);
  for (const id of held.keys()) await removeAddress(work, id);
}

/** Deletes many addresses; others have their turn in between. */
export async function removeAddresses(work: UnitOfWork, ids: readonly number[]): Promise<void> {
  await loadAddresses(work, ids);
  const pause = pauseBetweenSlices();
  for (const id of ids) {
    await removeAddress(work, id);
    await pause();
  }
}
