import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteHandler,
  checkPattern,
} from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { siteFor } from '#site';
import { addresses } from '../address/addresses.ts';
import { removeAddresses } from '../address/place-address.ts';
import { formatAddress, InvalidAddress, parseAddress } from '../ip-address.ts';
import { takeAllBack } from '../loan/lend-address.ts';
import { removeLink } from '../network/link-block.ts';
import { networkAddressBlocks } from '../network/network-address-blocks.ts';
import { maxPrefix, subnetOf } from '../subnet.ts';
import type { addressBlockFields } from './address-block.api.ts';
import type { AddressBlock, BlockRange } from './address-block.ts';
import { addressBlock, subnetOfBlock } from './address-block.ts';
import { siteBlocks } from './site-blocks.ts';

type Fields = typeof addressBlockFields;

export class CreateAddressBlock extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeAddressBlock extends ChangeCommand<ChangedValues<Fields>> {}
/** Deletes blocks, with their addresses and their links to networks. */
export class DeleteAddressBlock extends DeleteCommand {
  override get isLarge(): boolean {
    return true;
  }
}

/** The address a subnet is given by; undefined where the text is none, which is then a fault. */
function addressFrom(work: UnitOfWork, text: string): bigint | undefined {
  try {
    return text === '' ? undefined : parseAddress(text);
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
    work.fault('subnet', 'INVALID', `Invalid Ip Address "${text}"`);
    work.fault('subnet', 'INVALID', error.message);
    return undefined;
  }
}

/** The subnet of a block, rounded down to its first address; undefined where something is wrong with it. */
function rangeFrom(work: UnitOfWork, text: string, prefix: number | null): BlockRange | undefined {
  const address = addressFrom(work, text);
  if (address === undefined || prefix === null) return undefined;
  const most = maxPrefix(address);
  if (prefix < 1) work.fault('prefix', 'RANGE', 'Min Prefix is 1');
  else if (prefix > most) work.fault('prefix', 'RANGE', `Max Prefix for ${most === 32 ? 'ipv4' : 'ipv6'} is ${most}`);
  else return { subnet: formatAddress(subnetOf(address, prefix).address), prefix };
  return undefined;
}

function checkName(work: UnitOfWork, name: string): void {
  checkPattern(work, 'name', name, 'invalid');
}

const takePlace = (
  work: UnitOfWork,
  block: number,
  { site, name, subnet, prefix }: Omit<AddressBlock, 'gatewayOffset'>,
) => work.decide(siteBlocks, site, { type: 'TakePlace', data: { block, name, subnet, prefix } });

const freePlace = (work: UnitOfWork, block: number, site: string) =>
  work.decide(siteBlocks, site, { type: 'FreePlace', data: { block } });

const createAddressBlock = createHandler(CreateAddressBlock, async (work, values, _, ids) => {
  const id = await ids.next('addressBlock');
  const { name, site, gateway_offset: gatewayOffset } = values;
  checkName(work, name);
  const there = await siteFor(work, 'site', site);
  const range = rangeFrom(work, values.subnet, values.prefix);
  // Later stages are not reached where an earlier one has found a fault.
  if (!there || !range || !(await takePlace(work, id, { name, site, ...range }))) return id;
  await work.decide(addressBlock, id, { type: 'DefineAddressBlock', data: { name, site, ...range, gatewayOffset } });
  return id;
});

const changeAddressBlock = changeHandler(ChangeAddressBlock, async (work, key, values, { now }) => {
  const id = Number(key);
  const found = await work.load(addressBlock, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Address block does not exist');
    return;
  }
  const before = found.value;
  const { name = before.name, site = before.site, gateway_offset: gatewayOffset = before.gatewayOffset } = values;
  checkName(work, name);
  if (site !== before.site && !(await siteFor(work, 'site', site))) return;
  const range = rangeFrom(work, values.subnet ?? before.subnet, values.prefix ?? before.prefix);
  if (!range) return;
  const after: AddressBlock = { name, site, ...range, gatewayOffset };
  if (site !== before.site) await freePlace(work, id, before.site);
  if (!(await takePlace(work, id, after))) return;
  await work.decide(addressBlock, id, { type: 'ChangeAddressBlock', data: { ...after, now } });
});

const deleteAddressBlock = deleteHandler(
  DeleteAddressBlock,
  'Utilities/AddressBlock',
  addressBlock,
  async (work, key, view) => {
    const id = Number(key);
    const found = await work.load(addressBlock, id);
    if (!('value' in found)) return;
    await freePlace(work, id, found.value.site);
    for (const hold of found.value.holds.keys()) {
      await work.decide(addressBlock, id, { type: 'EndHold', data: { key: hold } });
    }
    await takeAllBack(work, id);
    const { keys } = await view.keys(addresses, { where: { block: id } });
    await removeAddresses(work, keys.map(Number));
    const links = await view.keys(networkAddressBlocks, { where: { block: id } });
    for (const one of links.keys) await removeLink(work, Number(one));
  },
);

/** An address that is held, and until when. */
export interface HeldAddress {
  readonly key: string;
  /** Decimal text. */
  readonly offset: string;
  readonly address: string;
  /** ISO 8601 with microseconds. */
  readonly until: string;
}

interface HoldOptions {
  /** Chosen by the caller: with the same key it gets the same address. */
  readonly key: string;
  readonly reason: string;
  /** ISO 8601 with microseconds. */
  readonly until: string;
}

/** Holds the lowest free address of a block until a moment; with a key that is known, holds that one for longer. */
export class HoldAddress extends NamedCommand<HeldAddress> {
  constructor(
    readonly block: Key,
    readonly options: HoldOptions,
  ) {
    super();
  }

  override get keepsResult(): boolean {
    return true;
  }
}

@CommandHandler(HoldAddress)
class HoldAddressHandler extends UnitOfWorkHandler<HoldAddress> {
  async decide(work: UnitOfWork, { block, options }: HoldAddress, { now }: CommandContext): Promise<HeldAddress> {
    const { key } = options;
    await work.decide(addressBlock, block, { type: 'HoldOffset', data: { ...options, now } });
    work.throwIfFaulted();
    const found = await work.load(addressBlock, block);
    const held = 'value' in found ? found.value.holds.get(key) : undefined;
    if (!('value' in found) || !held) throw new Error(`nothing is held for ${key} in address block ${block}`);
    const address = formatAddress(subnetOfBlock(found.value).address + BigInt(held.offset));
    return { key, offset: held.offset, address, until: held.until };
  }
}

/** Gives back what is held for a key; nothing where nothing is. */
export class ReleaseHold extends NamedCommand {
  constructor(
    readonly block: Key,
    readonly hold: string,
  ) {
    super();
  }
}

@CommandHandler(ReleaseHold)
class ReleaseHoldHandler extends UnitOfWorkHandler<ReleaseHold> {
  async decide(work: UnitOfWork, { block, hold }: ReleaseHold): Promise<void> {
    await work.decide(addressBlock, block, { type: 'EndHold', data: { key: hold } });
  }
}

export const addressBlockHandlers = [
  createAddressBlock,
  changeAddressBlock,
  deleteAddressBlock,
  HoldAddressHandler,
  ReleaseHoldHandler,
];
