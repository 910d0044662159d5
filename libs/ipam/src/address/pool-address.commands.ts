import { CommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand } from '#api';
import type { CommandContext } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { Ids } from '#read-store';
import { pxeFor } from '#blueprint';
import { blockFor } from '../block/block-for.ts';
import { refuseLent } from '../loan/lend-address.ts';
import type { AddressKind } from '../block/address-block.ts';
import type { Address } from './address.ts';
import { address } from './address.ts';
import { checkPlace } from './check-address.ts';
import { defineAddress, movePlace, sharedBy } from './place-address.ts';
import type { dynamicAddressFields, reservedAddressFields } from './pool-address.api.ts';

type Reserved = typeof reservedAddressFields;
type Dynamic = typeof dynamicAddressFields;

export class CreateReservedAddress extends CreateCommand<NewValues<Reserved>, number> {
  override get sharesAppend(): string | undefined {
    return sharedBy(this.values.address_block);
  }
}
export class ChangeReservedAddress extends ChangeCommand<ChangedValues<Reserved>> {}
export class CreateDynamicAddress extends CreateCommand<NewValues<Dynamic>, number> {
  override get sharesAppend(): string | undefined {
    return sharedBy(this.values.address_block);
  }
}
export class ChangeDynamicAddress extends ChangeCommand<ChangedValues<Dynamic>> {}

/** What only the addresses of hosts have. */
const NOBODY = { holder: null, interfaceName: null, aliasIndex: null, pointer: null, primary: false } as const;

/** Such an address has a place. */
export async function checkPool(work: UnitOfWork, value: Address): Promise<void> {
  const { block, offset, pxe } = value;
  if (block === null) work.fault('address_block', 'BLANK', 'This field cannot be blank.');
  if (offset === null) work.fault('offset', 'BLANK', 'This field cannot be blank.');
  if (block !== null && offset !== null) checkPlace(work, value);
  await blockFor(work, 'address_block', block);
  if (pxe !== null) await pxeFor(work, 'pxe', pxe);
}

/** The values of a new address, whichever kind it is of. */
interface PoolValues {
  readonly address_block: number | null;
  readonly offset: string | null;
  readonly reason?: string;
  readonly pxe?: string | null;
}

abstract class CreatePoolAddress<C extends CreateCommand<PoolValues, number>> extends UnitOfWorkHandler<C> {
  @Inject(Ids) protected readonly ids!: Ids;
  protected abstract readonly kind: AddressKind;

  async decide(work: UnitOfWork, { values }: C, { now }: CommandContext) {
    const id = await this.ids.next('address');
    const { address_block: block, offset, reason = null, pxe = null } = values;
    const value: Address = { kind: this.kind, block, offset, ...NOBODY, reason, pxe };
    await checkPool(work, value);
    if (block !== null && offset !== null) await defineAddress(work, id, value, now);
    return id as never;
  }
}

@CommandHandler(CreateReservedAddress)
class CreateReservedAddressHandler extends CreatePoolAddress<CreateReservedAddress> {
  protected readonly kind = 'ReservedAddress';
}

@CommandHandler(CreateDynamicAddress)
class CreateDynamicAddressHandler extends CreatePoolAddress<CreateDynamicAddress> {
  protected readonly kind = 'DynamicAddress';
}

async function changePoolAddress(
  work: UnitOfWork,
  id: number,
  values: Partial<PoolValues>,
  now: string,
): Promise<void> {
  const found = await work.load(address, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Address does not exist');
    return;
  }
  const before = found.value;
  const after: Address = {
    ...before,
    block: values.address_block === undefined ? before.block : values.address_block,
    offset: values.offset === undefined ? before.offset : values.offset,
    reason: values.reason ?? before.reason,
    pxe: values.pxe === undefined ? before.pxe : values.pxe,
  };
  await checkPool(work, after);
  if (after.block === null || after.offset === null) return;
  const moves = after.block !== before.block || after.offset !== before.offset;
  if (moves && before.kind === 'DynamicAddress' && before.block !== null) await refuseLent(work, before.block, id);
  await movePlace(work, id, before, after, now);
  await work.decide(address, id, { type: 'ChangeAddress', data: after });
}

export const poolAddressHandlers = [
  CreateReservedAddressHandler,
  CreateDynamicAddressHandler,
  changeHandler(ChangeReservedAddress, (work, key, values, { now }) =>
    changePoolAddress(work, Number(key), values, now),
  ),
  changeHandler(ChangeDynamicAddress, (work, key, values, { now }) =>
    changePoolAddress(work, Number(key), values, now),
  ),
];
