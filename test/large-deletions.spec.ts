import { expect, it, jest } from '@jest/globals';
import { MAX_APPEND_STREAMS } from '#event-store';
import { addressBlocks, addresses } from '#ipam';
import { CreatePxe, DeletePxe } from '../libs/blueprint/src/pxe.commands.ts';
import { AllocateAddress } from '../libs/ipam/src/address/address.commands.ts';
import { CreateDynamicAddress } from '../libs/ipam/src/address/pool-address.commands.ts';
import { CreateAddressBlock, DeleteAddressBlock } from '../libs/ipam/src/block/address-block.commands.ts';
import { startAddresses } from './start-addresses.ts';

jest.setTimeout(600_000);

/** Everybody is a host. */
const { modules, send } = await startAddresses({ load: async (_, id) => ({ site: 'site1', hostname: `host${id}` }) }, [
  'site1',
]);

/** More than an append usually takes. */
const MANY = MAX_APPEND_STREAMS + 100;

const newBlock = async (subnet: string): Promise<number> => {
  const name = `b${subnet.replaceAll('.', '_')}`;
  const { value } = await send(
    new CreateAddressBlock({ name, site: 'site1', subnet, prefix: 16, gateway_offset: null }),
  );
  return value;
};
/** Does something for each of many numbers from 1, some at a time. */
async function forMany(each: (n: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < MANY; at += 100) {
    await Promise.all(Array.from({ length: Math.min(100, MANY - at) }, (_, n) => each(at + n + 1)));
  }
  await modules.caughtUp();
}
const events = async (type: string): Promise<number> => {
  const { rows } = await modules.database.pool.query<{ n: string }>(
    'SELECT count(*) AS n FROM log.events WHERE type = $1',
    [type],
  );
  return Number(rows[0]?.n);
};

it('a block goes with all its addresses, more than an append usually takes', async () => {
  const block = await newBlock('10.0.0.0');
  await forMany((n) => send(new AllocateAddress(block, { holder: n, interfaceName: 'eth0', primary: true })));
  await send(new DeleteAddressBlock([block]));
  await modules.caughtUp();
  expect((await modules.reads.now.keys(addresses)).total).toBe(0);
  expect(await modules.reads.now.get(addressBlocks, block)).toBeUndefined();
  expect([await events('AddressDeleted'), await events('OffsetFreed')]).toEqual([MANY, MANY]);
  // Its hosts are without them, and may have others.
  const other = await newBlock('10.1.0.0');
  await send(new AllocateAddress(other, { holder: 1, interfaceName: 'eth0', primary: true }));
});

it('a PXE is let go of by all addresses that boot it', async () => {
  const name = 'bootstrap';
  await send(new CreatePxe({ name, boot_script: 'x', template: 'x' }));
  const block = await newBlock('10.2.0.0');
  await forMany((n) => send(new CreateDynamicAddress({ address_block: block, offset: String(n), pxe: name })));
  await send(new DeletePxe([name]));
  await modules.caughtUp();
  expect((await modules.reads.now.keys(addresses, { where: { pxe: name } })).total).toBe(0);
  expect((await modules.reads.now.keys(addresses, { where: { block } })).total).toBe(MANY);
});
