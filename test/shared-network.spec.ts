import { expect, it, jest } from '@jest/globals';
import type { NamedCommand } from '#event-store';
import { addresses } from '#ipam';
import { AllocateAddress } from '../libs/ipam/src/address/address.commands.ts';
import { CreateAddressBlock } from '../libs/ipam/src/block/address-block.commands.ts';
import { startAddresses } from './start-addresses.ts';

jest.setTimeout(240_000);

/** Host 2 shares the network of what carries it. */
const { modules, send } = await startAddresses(
  {
    load: async (_, id) => ({ site: 'site1', hostname: `host${id}` }),
    sharesNetwork: async (_, id) => id === 2,
  },
  ['site1'],
);
const valueOf = async <R>(command: NamedCommand<R>): Promise<R> => (await send(command)).value;

it('whoever shares the network of what carries it is given no address, and nothing is made', async () => {
  const values = { name: 'one', site: 'site1', subnet: '10.0.0.1', prefix: 32, gateway_offset: null };
  const block = await valueOf(new CreateAddressBlock(values));
  const allotted = { interfaceName: 'eth0', primary: true };
  expect(await valueOf(new AllocateAddress(block, { ...allotted, holder: 2 }))).toBeNull();
  const made = await valueOf(new AllocateAddress(block, { ...allotted, holder: 1 }));
  expect(made).toEqual(expect.any(Number));
  // Also where none is left it is not told so: it wants none.
  expect(await valueOf(new AllocateAddress(block, { ...allotted, holder: 2 }))).toBeNull();
  await modules.caughtUp();
  expect((await modules.reads.now.keys(addresses)).keys).toEqual([made]);
});
