import type { FactoryProvider, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import { BuildingModule } from '#building';
import type { Served } from '#config';
import { SERVED } from '#config';
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
import { settingsOfMachines } from './settings/settings.api.ts';
import { SettingsLedger } from './settings/settings-ledger.ts';
import { SettingsLooks } from './settings/settings-looks.ts';

type Settings = SettingsOf<typeof inventorySettings>;

/** Makes the ledger ready before anybody is the foreman, and looks while this process is. */
@Injectable()
class InventoryLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #ledger: LookLedger;
  readonly #looks: MachineLooks;
  readonly #foreman: Foreman;
  readonly #settingsLedger: SettingsLedger;
  readonly #settings: SettingsLooks;

  constructor(
    @Inject(LookLedger) ledger: LookLedger,
    @Inject(MachineLooks) looks: MachineLooks,
    @Inject(SettingsLedger) settingsLedger: SettingsLedger,
    @Inject(SettingsLooks) settings: SettingsLooks,
    @Inject(Foreman) foreman: Foreman,
  ) {
    this.#ledger = ledger;
    this.#looks = looks;
    this.#foreman = foreman;
    this.#settingsLedger = settingsLedger;
    this.#settings = settings;
  }

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.#ledger.start(), this.#settingsLedger.start()]);
    this.#foreman.whenLeading((leading) => {
      this.#looks.lead(leading);
      this.#settings.lead(leading);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.#looks.stop(), this.#settings.stop()]);
  }
}

/** Who looks at settings, for those who want that. */
const settingsLooks: FactoryProvider = {
  provide: SettingsLooks,
  inject: [Foreman, PLATFORMS, SERVED, READ_STORE, CLOCK, SettingsLedger, LOGGER],
  useFactory: (
    foreman: Foreman,
    platforms: readonly ServerHalf[],
    served: Served,
    reads: ReadStore,
    clock: Clock,
    ledger: SettingsLedger,
    log: Logger,
  ) => new SettingsLooks({ foreman, platforms, served, reads, clock, ledger, log }),
};

@Module({
  providers: [
    { provide: SettingsLedger, inject: [DATABASE], useFactory: (pool: Pool) => new SettingsLedger(pool) },
    settingsLooks,
  ],
  exports: [SettingsLedger, SettingsLooks],
})
class SettingsLooksModule {}

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
    SettingsLooksModule,
    EventSourcingModule.forFeature({ deciders: [adoption], undo: inventoryUndos }),
    ApiModule.forFeatureAsync({
      imports: [LookLedgerModule, SettingsLooksModule],
      inject: [PLATFORMS, LookLedger, READ_STORE, inventorySettings.KEY, SettingsLedger, SettingsLooks],
      useFactory: (
        platforms: readonly ServerHalf[],
        ledger: LookLedger,
        reads: ReadStore,
        { machineLook: usualSeconds }: Settings,
        settingsLedger: SettingsLedger,
        looks: SettingsLooks,
      ) => ({
        extensions: [
          machinesOfComplexes({ platforms, ledger, reads, usualSeconds }),
          settingsOfMachines({ platforms, ledger: settingsLedger, looks, reads }),
        ],
      }),
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
