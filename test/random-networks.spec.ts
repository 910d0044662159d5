import { expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { pxes } from '#blueprint';
import type { NamedCommand } from '#event-store';
import { addressBlocks, addresses, networks } from '#ipam';
import type { Key, ReadModel } from '#read-store';
import { CreatePxe, DeletePxe } from '../libs/blueprint/src/pxe.commands.ts';
import {
  AllocateAddress,
  ChangeAddress,
  CreateAddress,
  DeleteAddress,
} from '../libs/ipam/src/address/address.commands.ts';
import { CreateDynamicAddress, CreateReservedAddress } from '../libs/ipam/src/address/pool-address.commands.ts';
import { usedOffsets } from '../libs/ipam/src/address/used-offsets.ts';
import {
  ChangeAddressBlock,
  CreateAddressBlock,
  DeleteAddressBlock,
  HoldAddress,
  ReleaseHold,
} from '../libs/ipam/src/block/address-block.commands.ts';
import { subnetOfBlock } from '../libs/ipam/src/block/address-block.ts';
import { ChangeNetwork, CreateNetwork, DeleteNetwork } from '../libs/ipam/src/network/network.commands.ts';
import { networkAddressBlocks } from '../libs/ipam/src/network/network-address-blocks.ts';
import { sendAtOnce } from './send-at-once.ts';
import { startAddresses } from './start-addresses.ts';

jest.setTimeout(600_000);

/** Ids of hosts. */
const MAX_ID = 12;
const SITES = ['site1', 'site2'];

/** Everybody up to `MAX_ID` is a host; even ones are in the first site. */
const { modules, send } = await startAddresses(
  { load: async (_, id) => (id > MAX_ID ? undefined : { site: SITES[id % 2]!, hostname: `host${id}` }) },
  SITES,
);

const id = fc.integer({ min: 1, max: MAX_ID });
const site = fc.constantFrom(...SITES);
const prefix = fc.constantFrom(28, 29, 30, 31, 32);
const subnet = fc.constantFrom(
  '10.0.0.0',
  '10.0.0.16',
  '10.0.0.24',
  '10.0.1.0',
  '10.0.1.5',
  '2001:db8::',
  '2001:db8::8',
);
const offset = fc.integer({ min: 0, max: 17 }).map(String);
const name = fc.constantFrom('a', 'b', 'c', 'd');
const key = fc.constantFrom('k1', 'k2', 'k3');
const flag = fc.boolean();
const gateway = fc.option(offset, { nil: null });

/** The objects there are, as a turn begins. */
const known: Record<'blocks' | 'addresses' | 'networks', readonly Key[]> = { blocks: [], addresses: [], networks: [] };
/** One of them, or, now and then, one that there is not. */
const one = (kind: keyof typeof known, n: number): number =>
  Number(known[kind][n % (known[kind].length + 1)] ?? 999_999);
const sized = (text: string, bits: number) => ({ subnet: text, prefix: text.includes(':') ? bits + 96 : bits });

/** What may be wanted. */
const commands: fc.Arbitrary<() => NamedCommand<unknown>> = fc.oneof(
  ...[1, 2, 3].map(() =>
    fc.tuple(name, site, subnet, prefix, gateway).map(
      ([called, at, text, bits, way]) =>
        () =>
          new CreateAddressBlock({ name: called, site: at, ...sized(text, bits), gateway_offset: way }),
    ),
  ),
  fc.tuple(id, prefix, subnet, gateway).map(
    ([block, bits, text, way]) =>
      () =>
        new ChangeAddressBlock(one('blocks', block), { ...sized(text, bits), gateway_offset: way }),
  ),
  fc.tuple(id, site).map(
    ([block, at]) =>
      () =>
        new ChangeAddressBlock(one('blocks', block), { site: at }),
  ),
  id.map((block) => () => new DeleteAddressBlock([one('blocks', block)])),
  ...[1, 2, 3].map(() =>
    fc.tuple(id, id, name, flag).map(
      ([block, holder, interfaceName, primary]) =>
        () =>
          new AllocateAddress(one('blocks', block), { holder, interfaceName, primary }),
    ),
  ),
  fc.tuple(id, id, name, offset, flag).map(
    ([block, networked, on, at, primary]) =>
      () =>
        new CreateAddress({
          address_block: one('blocks', block),
          offset: at,
          networked,
          interface_name: on,
          alias_index: null,
          pointer: null,
          is_primary: primary,
        }),
  ),
  fc.tuple(id, id).map(
    ([networked, pointer]) =>
      () =>
        new CreateAddress({
          address_block: null,
          offset: null,
          networked,
          interface_name: 'p',
          alias_index: null,
          pointer: one('addresses', pointer),
          is_primary: false,
        }),
  ),
  ...[1, 2, 3].map(() =>
    fc.tuple(id, offset).map(
      ([block, at]) =>
        () =>
          new CreateReservedAddress({ address_block: one('blocks', block), offset: at, reason: 'x' }),
    ),
  ),
  ...[1, 2, 3].map(() =>
    fc.tuple(id, offset, fc.option(key)).map(
      ([block, at, pxe]) =>
        () =>
          new CreateDynamicAddress({ address_block: one('blocks', block), offset: at, pxe }),
    ),
  ),
  ...[1, 2].map(() => key.map((pxe) => () => new CreatePxe({ name: pxe, boot_script: 'x', template: 'x' }))),
  key.map((pxe) => () => new DeletePxe([pxe])),
  fc.tuple(id, id, offset, id, name, flag).map(
    ([address, block, at, networked, on, primary]) =>
      () =>
        new ChangeAddress(one('addresses', address), {
          address_block: one('blocks', block),
          offset: at,
          networked,
          interface_name: on,
          is_primary: primary,
        }),
  ),
  ...[1, 2].map(() =>
    fc.tuple(id, offset).map(
      ([address, at]) =>
        () =>
          new ChangeAddress(one('addresses', address), { offset: at }),
    ),
  ),
  ...[1, 2].map(() =>
    fc.tuple(id, id, name).map(
      ([address, networked, on]) =>
        () =>
          new ChangeAddress(one('addresses', address), { networked, interface_name: on, is_primary: false }),
    ),
  ),
  id.map((address) => () => new DeleteAddress([one('addresses', address)])),
  fc.tuple(id, key, flag).map(
    ([block, kept, over]) =>
      () =>
        new HoldAddress(one('blocks', block), {
          key: kept,
          reason: '',
          until: over ? modules.clock.now() : '2099-01-01T00:00:00.000000+00:00',
        }),
  ),
  fc.tuple(id, key).map(
    ([block, kept]) =>
      () =>
        new ReleaseHold(one('blocks', block), kept),
  ),
  fc.tuple(id, key, id, name).map(
    ([block, kept, holder, interfaceName]) =>
      () =>
        new AllocateAddress(one('blocks', block), { holder, interfaceName, primary: false }, kept),
  ),
  fc.tuple(name, site, fc.array(id, { maxLength: 2 })).map(
    ([called, at, blocks]) =>
      () =>
        new CreateNetwork({
          name: called,
          site: at,
          mtu: null,
          address_block_list: blocks.map((block) => one('blocks', block)),
        }),
  ),
  fc.tuple(id, fc.array(id, { maxLength: 2 })).map(
    ([network, blocks]) =>
      () =>
        new ChangeNetwork(one('networks', network), {
          address_block_list: blocks.map((block) => one('blocks', block)),
        }),
  ),
  id.map((network) => () => new DeleteNetwork([one('networks', network)])),
);

const MODELS: readonly ReadModel[] = [addressBlocks, addresses, usedOffsets, networks, networkAddressBlocks];

const rowsNow = async () => {
  const found: [string, Key, object][] = [];
  for (const model of MODELS) {
    const { rows } = await modules.reads.now.list(model);
    for (const { key: at, row } of rows) found.push([model.name, at, row]);
  }
  return found;
};

/** What holds whatever has happened. */
async function check(): Promise<void> {
  const { now } = modules.reads;
  const { rows: blocks } = await now.list(addressBlocks);
  const subnets = new Map(blocks.map(({ key: at, row }) => [at, { row, subnet: subnetOfBlock(row) }]));
  const { rows: used } = await now.list(usedOffsets);
  const places = new Set<string>();
  for (const { row } of used) {
    const block = subnets.get(row.block);
    const at = BigInt(row.offset);
    expect(block && at >= block.subnet.usable.first && at <= block.subnet.usable.last).toBe(true);
    expect(block?.row.gatewayOffset).not.toBe(row.offset);
    places.add(`${row.block}/${row.offset}`);
  }
  expect(places.size).toBe(used.length);
  const { rows: all } = await now.list(addresses);
  const there = new Set(all.map(({ key: at }) => at));
  const placed = all.filter(({ row }) => row.block !== null).map(({ row }) => `${row.block}/${row.offset}`);
  expect(new Set(placed).size).toBe(placed.length);
  expect(placed.toSorted()).toEqual(
    used
      .filter(({ row }) => row.address !== null)
      .map(({ row }) => `${row.block}/${row.offset}`)
      .toSorted(),
  );
  // Without an alias index, IPv4 and IPv6 stand side by side; what points to another one stands beside nothing.
  const slots = all.flatMap(({ row }) => {
    if (row.kind !== 'Address') return [];
    const slot = `${row.holder}/${row.interfaceName}/${row.aliasIndex}`;
    if (row.aliasIndex !== null) return [slot];
    const families = row.block === null ? [true, false] : [subnets.get(row.block)?.subnet.ipv4];
    return families.map((ipv4) => `${slot}/${ipv4 ? 4 : 6}`);
  });
  expect(new Set(slots).size).toBe(slots.length);
  const booted = new Set((await now.keys(pxes)).keys);
  expect(all.flatMap(({ row: { pxe } }) => (pxe === null || booted.has(pxe) ? [] : [pxe]))).toEqual([]);
  const primaries = all.filter(({ row }) => row.primary).map(({ row }) => row.holder);
  expect(new Set(primaries).size).toBe(primaries.length);
  expect(all.flatMap(({ row }) => (row.pointer === null || there.has(row.pointer) ? [] : [row.pointer]))).toEqual([]);
  for (const { row } of all.filter(({ row: { primary, block } }) => primary && block !== null)) {
    expect(subnets.get(row.block!)?.row.site).toBe(SITES[row.holder! % 2]);
  }
  for (const [n, { row: first }] of blocks.entries()) {
    for (const { row: other } of blocks.slice(n + 1)) {
      if (first.site !== other.site) continue;
      const [a, b] = [subnetOfBlock(first), subnetOfBlock(other)];
      const apart = a.ipv4 !== b.ipv4 || a.addresses.last < b.addresses.first || b.addresses.last < a.addresses.first;
      expect(apart && first.name !== other.name).toBe(true);
    }
  }
  const { rows: links } = await now.list(networkAddressBlocks);
  const pairs = links.map(({ row }) => `${row.network}/${row.block}`);
  expect(new Set(pairs).size).toBe(pairs.length);
  const { rows: nets } = await now.list(networks);
  expect(nets.flatMap(({ key: at, row }) => row.links.map(({ block }) => `${at}/${block}`)).toSorted()).toEqual(
    pairs.toSorted(),
  );
}

/** Notes what there is. */
async function look(): Promise<void> {
  await modules.caughtUp();
  const { now } = modules.reads;
  known.blocks = (await now.keys(addressBlocks)).keys;
  known.addresses = (await now.keys(addresses)).keys;
  known.networks = (await now.keys(networks)).keys;
}

it('whatever is asked for, nobody shares an address, all lie in their block, and a rebuild finds the same', async () => {
  const granted = new Map<string, number>();
  const turns = fc.array(fc.array(commands, { minLength: 1, maxLength: 4 }), { minLength: 30, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(turns, async (taken) => {
      for (const turn of taken) {
        await look();
        await sendAtOnce(
          turn.map((make) => make()),
          send,
          granted,
        );
      }
      await modules.caughtUp();
      await check();
    }),
    { numRuns: 12 },
  );
  expect([...granted.keys()].toSorted()).toEqual([
    'AllocateAddress',
    'ChangeAddress',
    'ChangeAddressBlock',
    'ChangeNetwork',
    'CreateAddress',
    'CreateAddressBlock',
    'CreateDynamicAddress',
    'CreateNetwork',
    'CreatePxe',
    'CreateReservedAddress',
    'DeleteAddress',
    'DeleteAddressBlock',
    'DeleteNetwork',
    'DeletePxe',
    'HoldAddress',
    'ReleaseHold',
  ]);
  const live = await rowsNow();
  await modules.reads.projector.rebuild();
  expect(await rowsNow()).toEqual(live);
  await check();
});
