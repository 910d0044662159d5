import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { BlueprintModule } from '#blueprint';
import { SERVED } from '#config';
import { DirectoryModule } from '#directory';
import type { NamedCommand } from '#event-store';
import { CommandContext } from '#event-store';
import { addresses, Holders, IpamModule } from '#ipam';
import { SiteModule } from '#site';
import type { TestModules } from '#testing';
import { startModules } from '#testing';
import { AllocateAddress } from '../libs/ipam/src/address/address.commands.ts';
import { CreateAddressBlock } from '../libs/ipam/src/block/address-block.commands.ts';
import { CreateSite } from '../libs/site/src/site.commands.ts';

jest.setTimeout(240_000);

/** Host 2 shares the network of what carries it. */
@Module({
  imports: [IpamModule],
  providers: [
    {
      provide: 'hosts',
      inject: [Holders],
      useFactory: (holders: Holders) =>
        holders.add({
          load: async (_, id) => ({ site: 'site1', hostname: `host${id}` }),
          sharesNetwork: async (_, id) => id === 2,
        }),
    },
  ],
})
class HostsModule {}

@Module({
  providers: [{ provide: SERVED, useValue: { contractorUrl: 'http://contractor', pxeUrl: 'http://static' } }],
  exports: [SERVED],
})
class ServedModule {}

let modules: TestModules;
beforeAll(async () => {
  modules = await startModules({
    imports: [
      { module: ServedModule, global: true },
      DirectoryModule,
      SiteModule,
      BlueprintModule,
      IpamModule,
      HostsModule,
    ],
  });
});
afterAll(() => modules.stop());

const send = async <R>(command: NamedCommand<R>): Promise<R> =>
  (await modules.gateway.execute(command, CommandContext.system(modules.clock.now(), randomUUID()))).value;

it('whoever shares the network of what carries it is given no address, and nothing is made', async () => {
  await send(new CreateSite({ name: 'site1', description: 'a site', zone: null, parent: null, config_values: {} }));
  const values = { name: 'one', site: 'site1', subnet: '10.0.0.1', prefix: 32, gateway_offset: null };
  const block = await send(new CreateAddressBlock(values));
  const allotted = { interfaceName: 'eth0', primary: true };
  expect(await send(new AllocateAddress(block, { ...allotted, holder: 2 }))).toBeNull();
  const made = await send(new AllocateAddress(block, { ...allotted, holder: 1 }));
  expect(made).toEqual(expect.any(Number));
  // Also where none is left it is not told so: it wants none.
  expect(await send(new AllocateAddress(block, { ...allotted, holder: 2 }))).toBeNull();
  await modules.caughtUp();
  expect((await modules.reads.now.keys(addresses)).keys).toEqual([made]);
});
