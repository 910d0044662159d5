import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { BlueprintModule } from '#blueprint';
import type { Served } from '#config';
import { SERVED } from '#config';
import { DirectoryModule } from '#directory';
import type { CommandResult, NamedCommand } from '#event-store';
import { CommandContext } from '#event-store';
import type { HolderSource } from '#ipam';
import { Holders, IpamModule } from '#ipam';
import { SiteModule } from '#site';
import type { TestModules } from '#testing';
import { startModules } from '#testing';
import { CreateSite } from '../libs/site/src/site.commands.ts';

/** The modules that addresses stand on, without buildings and protocols. */
export interface AddressModules {
  readonly modules: TestModules;
  /** Carries a command out. @throws Refusal */
  send<R>(command: NamedCommand<R>): Promise<CommandResult<R>>;
}

const served: Served = { contractorUrl: 'http://contractor', pxeUrl: 'http://static' };

@Module({ providers: [{ provide: SERVED, useValue: served }], exports: [SERVED] })
class ServedModule {}

/**
 * Starts them for a file of tests, to be awaited at its top; they end with the tests of that file.
 * @param hosts who has addresses
 * @param sites names of the sites that are made
 */
export async function startAddresses(hosts: HolderSource, sites: readonly string[]): Promise<AddressModules> {
  @Module({
    imports: [IpamModule],
    providers: [{ provide: 'hosts', inject: [Holders], useFactory: (holders: Holders) => holders.add(hosts) }],
  })
  class HostsModule {}
  const served: { readonly module: Type; readonly global: boolean } = { module: ServedModule, global: true };
  const modules = await startModules({
    imports: [served, DirectoryModule, SiteModule, BlueprintModule, IpamModule, HostsModule],
  });
  afterAll(() => modules.stop());
  const send: AddressModules['send'] = (command) =>
    modules.gateway.execute(command, CommandContext.system(modules.clock.now(), randomUUID()));
  for (const name of sites) {
    await send(new CreateSite({ name, description: 'a site', zone: null, parent: null, config_values: {} }));
  }
  return { modules, send };
}
