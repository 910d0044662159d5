import type { TouchedStream, UndoRule } from '#event-sourcing';
import { FIELDS, notUndone, undoNoun, undoRegister } from '#event-sourcing';
import type { UnitOfWork } from '#kernel';
import { siteFor } from '#site';
import { address } from './address/address.ts';
import { addresses } from './address/addresses.ts';
import { checkHostAddress } from './address/check-address.ts';
import { holderAddresses } from './address/holder-addresses.ts';
import { checkPool } from './address/pool-address.commands.ts';
import { addressBlock, plainBlock } from './block/address-block.ts';
import { addressBlocks } from './block/address-blocks.ts';
import { blockFor } from './block/block-for.ts';
import { siteBlocks } from './block/site-blocks.ts';
import type { Holders } from './holders.ts';
import { formatAddress } from './ip-address.ts';
import { addressLoans } from './loan/address-loans.ts';
import { networkAddressBlock } from './network/network-address-block.ts';
import { networkAddressBlocks } from './network/network-address-blocks.ts';
import { networkName } from './network/network-name.ts';
import { network } from './network/network.ts';
import { networks } from './network/networks.ts';

const SAID = [FIELDS];

type BlockState = ReturnType<(typeof addressBlock)['initial']>;

const offsetOf = ({ offset }: { readonly offset: string }): readonly string[] => [`offset ${offset}`];
const blockOf = ({ block }: { readonly block: number }): readonly string[] => [String(block)];
const addressOf = ({ address: id }: { readonly address: number }): readonly string[] => [String(id)];

const blockFields = undoNoun(addressBlock, {
  model: 'Utilities/AddressBlock',
  rows: addressBlocks,
  plain: plainBlock,
  events: {
    AddressBlockRenamed: SAID,
    AddressBlockMoved: SAID,
    AddressBlockResized: SAID,
    AddressBlockGatewayChosen: SAID,
    OffsetTaken: offsetOf,
    OffsetFreed: offsetOf,
    OffsetHoldEnded: offsetOf,
    OffsetHeld: { instead: 'give the address that is held back (Utilities/AddressBlock, releaseHold)' },
  },
  parts: { [FIELDS]: ['name', 'site', 'subnet', 'prefix', 'gatewayOffset'] },
  check: async (work, _, { site }) => void (await siteFor(work, 'site', site)),
  uses: async (view, id) => {
    const { keys } = await view.keys(networkAddressBlocks, { where: { block: Number(id) } });
    return keys.map((key) => `NetworkAddressBlock ${key}`);
  },
});

/** An offset that the request has taken or given back. */
type Offset = { readonly offset: string; readonly address: number; readonly kind: 'Address' };

/** Frees the offsets that were taken, puts the block back, and takes again what was given back. */
async function undoBlock(work: UnitOfWork, touched: TouchedStream<BlockState>): Promise<void> {
  const { id, before, events, lastBefore, now } = touched;
  const holds = 'value' in before ? before.value.holds : new Map<string, { readonly until: string }>();
  /** What became of each offset in the end, and what it was at first. */
  const first = new Map<string, { readonly type: string; readonly data: Offset }>();
  const last = new Map<string, { readonly type: string; readonly data: Offset }>();
  for (const { type, data } of events) {
    const { offset, key } = data as Offset & { readonly key?: string };
    if (type === 'OffsetHoldEnded' && (holds.get(key ?? '')?.until ?? '') > now) {
      work.fault('', 'NOT_UNDOABLE', `what was held for "${key}" is not: have an address held again`);
    }
    if (type !== 'OffsetTaken' && type !== 'OffsetFreed') continue;
    if (!first.has(offset)) first.set(offset, { type, data: data as Offset });
    last.set(offset, { type, data: data as Offset });
  }
  for (const { type, data } of last.values()) {
    const { offset, address: of, kind } = data;
    if (type === 'OffsetTaken') {
      await work.decide(addressBlock, id, { type: 'FreeOffset', data: { offset, address: of, kind } });
    }
  }
  await blockFields.undo?.(work, touched as never);
  for (const { type, data } of first.values()) {
    if (type !== 'OffsetFreed') continue;
    const { offset, address: of, kind } = data;
    const taken = lastBefore.get(`offset ${offset}`);
    const since = (taken?.data as { readonly since?: string } | undefined)?.since ?? taken?.at;
    await work.decide(addressBlock, id, {
      type: 'TakeOffset',
      data: { offset, address: of, kind, now, ...(since === undefined ? {} : { since }) },
    });
  }
}

/** How what a request did to address plans, addresses and networks is undone. */
export const ipamUndos = (holders: Holders): readonly UndoRule[] => [
  { ...blockFields, undo: undoBlock },
  undoRegister(siteBlocks, {
    events: { BlockPlaceTaken: blockOf, BlockPlaceFreed: blockOf },
    undo: async (work, { id, before, parts }) => {
      for (const block of parts) {
        await work.decide(siteBlocks, id, { type: 'FreePlace', data: { block: Number(block) } });
      }
      for (const block of parts) {
        const was = before.get(Number(block));
        if (!was) continue;
        const { name, subnet } = was;
        const place = { block: Number(block), name, subnet: formatAddress(subnet.address), prefix: subnet.prefix };
        await work.decide(siteBlocks, id, { type: 'TakePlace', data: place });
      }
    },
  }),
  undoNoun(address, {
    model: 'Utilities/Address',
    kind: ({ kind }) => `Utilities/${kind}`,
    rows: addresses,
    check: (work, id, value) =>
      value.kind === 'Address' ? checkHostAddress(work, Number(id), value, holders) : checkPool(work, value),
  }),
  undoRegister(holderAddresses, {
    events: { AddressPut: addressOf, AddressDropped: addressOf },
    undo: async (work, { id, before, parts }) => {
      for (const one of parts) {
        await work.decide(holderAddresses, id, { type: 'DropAddress', data: { address: Number(one) } });
      }
      const besides = [...before.keys()];
      for (const one of parts) {
        const was = before.get(Number(one));
        if (was) await work.decide(holderAddresses, id, { type: 'PutAddress', data: { ...was, besides } });
      }
    },
  }),
  notUndone(addressLoans, 'what a job has borrowed goes back when the job is over; it can be cancelled'),
  undoNoun(network, {
    model: 'Utilities/Network',
    rows: networks,
    events: {
      NetworkRenamed: SAID,
      NetworkMoved: SAID,
      NetworkMtuChosen: SAID,
      NetworkBlockLinked: ['links'],
      NetworkBlockUnlinked: ['links'],
    },
    parts: { [FIELDS]: ['name', 'site', 'mtu'], links: ['links'] },
    check: async (work, _, { site }) => void (await siteFor(work, 'site', site)),
  }),
  undoRegister(networkName, {
    events: { NetworkNameTaken: ['name'], NetworkNameFreed: ['name'] },
    undo: async (work, { id, before }) => {
      const now = await work.load(networkName, id);
      if (now !== undefined) await work.decide(networkName, id, { type: 'FreeNetworkName', data: { network: now } });
      if (before !== undefined) {
        await work.decide(networkName, id, { type: 'TakeNetworkName', data: { network: before } });
      }
    },
  }),
  undoNoun(networkAddressBlock, {
    model: 'Utilities/NetworkAddressBlock',
    rows: networkAddressBlocks,
    check: async (work, id, { network: of, block }) => {
      await blockFor(work, 'address_block', block);
      const found = await work.load(network, of);
      const linked = found.stage === 'active' && found.value.links.some(({ link }) => link === Number(id));
      if (!linked) work.fault('network', 'INVALID_VALUE', `there is no network ${of} that it links`);
    },
  }),
];
