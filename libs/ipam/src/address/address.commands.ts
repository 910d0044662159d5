import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, DeletionHandler } from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { Ids } from '#read-store';
import { addressBlock, nextOffset, noneLeft } from '../block/address-block.ts';
import { Holders } from '../holders.ts';
import type { addressFields } from './address.api.ts';
import type { Address } from './address.ts';
import { address } from './address.ts';
import { checkHostAddress } from './check-address.ts';
import { defineAddress, dropFromHolder, movePlace, putWithHolder, removeAddress, sharedBy } from './place-address.ts';

type Fields = typeof addressFields;

export class CreateAddress extends CreateCommand<NewValues<Fields>, number> {
  override get sharesAppend(): string | undefined {
    return sharedBy(this.values.address_block);
  }
}
export class ChangeAddress extends ChangeCommand<ChangedValues<Fields>> {}
/** Deletes addresses of any kind. */
export class DeleteAddress extends DeleteCommand {}

/** What only addresses of other kinds have. */
const HOST = { kind: 'Address', reason: null, pxe: null } as const;

@CommandHandler(CreateAddress)
class CreateAddressHandler extends UnitOfWorkHandler<CreateAddress> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(Holders) private readonly holders: Holders,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { values }: CreateAddress, { now }: CommandContext) {
    const id = await this.ids.next('address');
    const value: Address = {
      ...HOST,
      block: values.address_block,
      offset: values.offset,
      holder: values.networked,
      interfaceName: values.interface_name,
      aliasIndex: values.alias_index === 0 ? null : values.alias_index,
      pointer: values.pointer,
      primary: values.is_primary ?? false,
    };
    await checkHostAddress(work, id, value, this.holders);
    await defineAddress(work, id, value, now);
    return id;
  }
}

@CommandHandler(ChangeAddress)
class ChangeAddressHandler extends UnitOfWorkHandler<ChangeAddress> {
  constructor(@Inject(Holders) private readonly holders: Holders) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeAddress, { now }: CommandContext) {
    const id = Number(key);
    const found = await work.load(address, id);
    if (found.stage !== 'active') {
      work.fault('', 'NOT_FOUND', 'Address does not exist');
      return;
    }
    const before = found.value;
    const alias = values.alias_index === undefined ? before.aliasIndex : values.alias_index;
    const after: Address = {
      ...before,
      block: values.address_block === undefined ? before.block : values.address_block,
      offset: values.offset === undefined ? before.offset : values.offset,
      holder: values.networked ?? before.holder,
      interfaceName: values.interface_name ?? before.interfaceName,
      aliasIndex: alias === 0 ? null : alias,
      pointer: values.pointer === undefined ? before.pointer : values.pointer,
      primary: values.is_primary ?? before.primary,
    };
    await changeAddress(work, id, { before, after }, { holders: this.holders, now });
  }
}

/** What giving and moving addresses takes. */
interface AddressContext {
  readonly holders: Holders;
  /** ISO 8601 with microseconds. */
  readonly now: string;
}

/** Makes an address of a host what it is to be: what is wrong with that is noted. */
export async function changeAddress(
  work: UnitOfWork,
  id: number,
  { before, after }: { readonly before: Address; readonly after: Address },
  { holders, now }: AddressContext,
): Promise<void> {
  await checkHostAddress(work, id, after, holders);
  await movePlace(work, id, before, after, now);
  if (after.holder !== before.holder) await dropFromHolder(work, id, before.holder);
  await putWithHolder(work, id, after);
  await work.decide(address, id, { type: 'ChangeAddress', data: after });
}

@CommandHandler(DeleteAddress)
class DeleteAddressHandler extends DeletionHandler {
  protected readonly model = 'Utilities/BaseAddress';
  protected close = (work: UnitOfWork, id: Key) => work.decide(address, id, { type: 'CloseAddress', data: {} });
  protected reopen = (work: UnitOfWork, id: Key) => work.decide(address, id, { type: 'ReopenAddress', data: {} });
  protected remove = (work: UnitOfWork, id: Key) => removeAddress(work, Number(id));
}

/** Whom an address is given to, and on which of its interfaces. */
export interface Allotment {
  readonly holder: number;
  readonly interfaceName: string;
  readonly primary: boolean;
}

/**
 * Gives the lowest free address of a block to a host; or that which is held by a key. Results in its id; null where the
 * host shares the network of what carries it, and is given none.
 */
export class AllocateAddress extends NamedCommand<number | null> {
  constructor(
    readonly block: Key,
    readonly allotment: Allotment,
    readonly hold?: string,
  ) {
    super();
  }

  override get sharesAppend(): string | undefined {
    return sharedBy(this.block);
  }
}

/** Out of which block an address is given, and to whom. */
export interface Allocation {
  readonly block: Key;
  readonly allotment: Allotment;
  /** Key of a hold that is used up by it. */
  readonly hold?: string | undefined;
  /** Which one it is to be; the lowest that is free, or the one that is held, unless said. Decimal text. */
  readonly offset?: string | undefined;
}

/**
 * Gives an address of a block to a host, as `AllocateAddress` does.
 * @returns its id; null where the host is given none
 * @throws Refusal where the block is full
 */
export async function allocateAddress(
  work: UnitOfWork,
  id: number,
  { block, allotment, hold, offset: wanted }: Allocation,
  { holders, now }: AddressContext,
): Promise<number | null> {
  const found = await work.load(addressBlock, block);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Address block does not exist');
    return id;
  }
  if (await holders.sharesNetwork(work, allotment.holder)) return null;
  const held = hold === undefined ? undefined : found.value.holds.get(hold);
  if (hold !== undefined && !(held && held.until > now)) {
    work.fault('key', 'NOT_HELD', 'nothing is held for this key');
    return id;
  }
  const offset = wanted ?? held?.offset ?? nextOffset(found.value, now);
  if (offset === undefined) throw noneLeft();
  const { holder, interfaceName, primary } = allotment;
  const place = { block: Number(block), offset, holder, interfaceName, aliasIndex: null, pointer: null, primary };
  const value: Address = { ...HOST, ...place };
  await checkHostAddress(work, id, value, holders);
  if (hold !== undefined) await work.decide(addressBlock, block, { type: 'EndHold', data: { key: hold } });
  await defineAddress(work, id, value, now);
  return id;
}

@CommandHandler(AllocateAddress)
class AllocateAddressHandler extends UnitOfWorkHandler<AllocateAddress, number> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(Holders) private readonly holders: Holders,
  ) {
    super();
  }

  override prepare(): Promise<number> {
    return this.ids.next('address');
  }

  async decide(work: UnitOfWork, { block, allotment, hold }: AllocateAddress, { now }: CommandContext, id: number) {
    return allocateAddress(work, id, { block, allotment, hold }, { holders: this.holders, now });
  }
}

export const addressHandlers = [
  CreateAddressHandler,
  ChangeAddressHandler,
  DeleteAddressHandler,
  AllocateAddressHandler,
];
