import { checkPattern } from '#api';
import type { Lifecycle, UnitOfWork } from '#kernel';
import { blockFor } from '../block/block-for.ts';
import type { Holders } from '../holders.ts';
import type { Address } from './address.ts';
import { address } from './address.ts';
import { holderAddresses } from './holder-addresses.ts';

/** How many addresses may point to each other, one to the next. */
export const MAX_POINTERS = 10;
export const MAX_INTERFACE_NAME = 20;

/** An address has a block and an offset, or neither. */
export function checkPlace(work: UnitOfWork, { block, offset }: Pick<Address, 'block' | 'offset'>): void {
  if (offset !== null && block === null) {
    work.fault('offset', 'ALONE', 'Can not be specified without address_block');
  }
  if (block !== null && offset === null) {
    work.fault('address_block', 'ALONE', 'Can not be specified without offset');
  }
}

/** Refuses a pointer to what is not there, or that leads back to where it begins. */
async function checkPointer(work: UnitOfWork, id: number, pointer: number, holders: Holders): Promise<void> {
  let at: number | null = pointer;
  for (let steps = 0; at !== null; steps += 1) {
    if (at === id) {
      work.fault('pointer', 'CYCLE', 'the address would point to itself');
      return;
    }
    if (steps === MAX_POINTERS) {
      work.fault('pointer', 'TOO_MANY', `at most ${MAX_POINTERS} addresses point to each other, one to the next`);
      return;
    }
    const found: Lifecycle<Address> = await work.load(address, at);
    const active: Address | undefined =
      found.stage === 'active' && found.value.kind === 'Address' ? found.value : undefined;
    // Its host or its block may be going, and the address with them.
    const stays =
      active !== undefined &&
      (active.holder === null || (await holders.load(work, active.holder)) !== undefined) &&
      (active.block === null || (await blockFor(work, 'pointer', active.block)) !== undefined);
    if (!stays) {
      work.fault('pointer', 'INVALID_VALUE', `there is no address ${at}`);
      return;
    }
    at = active.pointer;
  }
}

/** The rules of an address of a host, but for those that its block and its host have for it. */
export async function checkHostAddress(work: UnitOfWork, id: number, value: Address, holders: Holders): Promise<void> {
  const { block, offset, holder, interfaceName, aliasIndex, pointer, primary } = value;
  if (interfaceName === '') work.fault('interface_name', 'BLANK', 'This field cannot be blank.');
  else if (interfaceName !== null && interfaceName.length > MAX_INTERFACE_NAME) {
    work.fault('interface_name', 'TOO_LONG', `must be at most ${MAX_INTERFACE_NAME} characters long`);
  } else checkPattern(work, 'interface_name', interfaceName, 'invalid');
  if (aliasIndex !== null && aliasIndex < 1) {
    work.fault('alias_index', 'RANGE', 'If Defined, must be greater than 1', {
      rule: `${aliasIndex} must be at least 1, or 0 or null for none`,
    });
  }
  if (pointer !== null && (block !== null || offset !== null)) {
    work.fault('pointer', 'CONFLICT', 'Conflicts with address_block and offset');
    if (block !== null) work.fault('address_block', 'CONFLICT', 'Conflicts with pointer');
    if (offset !== null) work.fault('offset', 'CONFLICT', 'Conflicts with pointer');
  } else {
    checkPlace(work, value);
  }
  if (pointer !== null) await checkPointer(work, id, pointer, holders);
  const host = holder === null ? undefined : await holders.load(work, holder);
  if (holder !== null && !host) work.fault('networked', 'INVALID_VALUE', `there is no host ${holder}`);
  const around = await blockFor(work, 'address_block', block);
  if (primary && host && around && host.site !== around.site) {
    const text = 'Primary Address is not in the same site as the Networked it belongs to';
    work.fault('address_block', 'SITE', text);
  }
}

/** Whether the primary address of a host can stay where it is when the host moves to a site; a fault where it can not. */
export async function checkHolderMoves(work: UnitOfWork, holder: number, site: string): Promise<void> {
  const held = [...(await work.load(holderAddresses, holder)).values()].find(({ primary }) => primary);
  const found = held && (await work.load(address, held.address));
  const block = found && 'value' in found ? await blockFor(work, 'site', found.value.block) : undefined;
  if (block && block.site !== site) {
    work.fault('site', 'ADDRESS', `its primary address is in an address block of the site ${block.site}`);
  }
}
