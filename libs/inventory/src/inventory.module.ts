import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import { BuildingModule } from '#building';
import type { Clock, EventStore } from '#event-store';
import { EventSourcingModule } from '#event-sourcing';
import { CLOCK, CommandGateway, EVENT_STORE } from '#event-store';
import { Foreman } from '#foreman';
import type { Logger } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { adoptHandlers } from './adopt.commands.ts';
import { adoption } from './adoption.ts';
import { machinesOfComplexes } from './inventory.api.ts';
import { inventorySettings } from './inventory.settings.ts';
import { inventoryUndos } from './inventory.undo.ts';
import { LookLedger } from './look-ledger.ts';
import { MachineLooks } from './machine-looks.ts';

type Settings = SettingsOf<typeof inventorySettings>;

/** Makes the ledger ready before anybody is the foreman, and looks while this process is. */
@Injectable()
class InventoryLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #ledger: LookLedger;
  readonly #looks: MachineLooks;
  readonly #foreman: Foreman;

  constructor(
    @Inject(LookLedger) ledger: LookLedger,
    @Inject(MachineLooks) looks: MachineLooks,
    @Inject(Foreman) foreman: Foreman,
  ) {
    this.#ledger = ledger;
    this.#looks = looks;
    this.#foreman = foreman;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#ledger.start();
    this.#foreman.whenLeading((leading) => this.#looks.lead(leading));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.stop();
  }
}

@Module({
  providers: [{ provide: LookLedger, inject: [DATABASE], useFactory: (pool: Pool) => new LookLedger(pool) }],
  exports: [LookLedger],
})
class LookLedgerModule {}

/** What machines the hosts of complexes have: told to their foundations, and adopted where no foundation knows them. */
@Module({
  imports: [
    BuildingModule,
    LookLedgerModule,
    EventSourcingModule.forFeature({ deciders: [adoption], undo: inventoryUndos }),
    ApiModule.forFeatureAsync({
      imports: [LookLedgerModule],
      inject: [PLATFORMS, LookLedger, READ_STORE, inventorySettings.KEY],
      useFactory: (
        platforms: readonly ServerHalf[],
        ledger: LookLedger,
        reads: ReadStore,
        { machineLook: usualSeconds }: Settings,
      ) => ({ extensions: [machinesOfComplexes({ platforms, ledger, reads, usualSeconds })] }),
    }),
  ],
  providers: [
    ...adoptHandlers,
    {
      provide: MachineLooks,
      inject: [
        Foreman,
        PLATFORMS,
        EVENT_STORE,
        READ_STORE,
        CLOCK,
        CommandGateway,
        LookLedger,
        LOGGER,
        inventorySettings.KEY,
      ],
      useFactory: (
        foreman: Foreman,
        platforms: readonly ServerHalf[],
        store: EventStore,
        reads: ReadStore,
        clock: Clock,
        gateway: CommandGateway,
        ledger: LookLedger,
        log: Logger,
        { machineLook: usualSeconds }: Settings,
      ) => new MachineLooks({ foreman, platforms, store, reads, clock, gateway, ledger, log, usualSeconds }),
    },
    InventoryLifecycle,
  ],
})
export class InventoryModule {}
