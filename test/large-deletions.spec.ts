import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { BlueprintModule } from '#blueprint';
import { SERVED } from '#config';
import { DirectoryModule } from '#directory';
import type { NamedCommand } from '#event-store';
import { CommandContext, MAX_APPEND_STREAMS } from '#event-store';
import { addressBlocks, addresses, Holders, IpamModule } from '#ipam';
import { SiteModule } from '#site';
import type { TestModules } from '#testing';
import { startModules } from '#testing';
import { CreatePxe, DeletePxe } from '../libs/blueprint/src/pxe.commands.ts';
import { AllocateAddress } from '../libs/ipam/src/address/address.commands.ts';
import { CreateDynamicAddress } from '../libs/ipam/src/address/pool-address.commands.ts';
import { CreateAddressBlock, DeleteAddressBlock } from '../libs/ipam/src/block/address-block.commands.ts';
import { CreateSite } from '../libs/site/src/site.commands.ts';

jest.setTimeout(600_000);

/** Everybody is a host. */
@Module({
  imports: [IpamModule],
  providers: [
    {
      provide: 'hosts',
      inject: [Holders],
      useFactory: (holders: Holders) =>
        holders.add({ load: async (_, id) => ({ site: 'site1', hostname: `host${id}` }) }),
    },
  ],
})
class HostsModule {}

@Module({})
class ServedModule {
  static of() {
    const served = { provide: SERVED, useValue: { contractorHost: 'http://contractor', pxeLocation: 'http://static' } };
    return { module: ServedModule, global: true, providers: [served], exports: [SERVED] };
  }
}

/** More than an append usually takes. */
const MANY = MAX_APPEND_STREAMS + 100;

let modules: TestModules;
beforeAll(async () => {
  modules = await startModules({
    imports: [ServedModule.of(), DirectoryModule, SiteModule, BlueprintModule, IpamModule, HostsModule],
  });
  await send(new CreateSite({ name: 'site1', description: 'a site', zone: null, parent: null, config_values: {} }));
});
afterAll(() => modules.stop());

const send = <R>(command: NamedCommand<R>) =>
  modules.gateway.execute(command, CommandContext.system(modules.clock.now(), randomUUID()));
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
