import type { OnModuleInit } from '@nestjs/common';
import { Inject, Injectable, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Logger } from '#kernel';
import { ApiModule } from '#api';
import { contributeListeners } from '#event-sourcing';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { Reconciler } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { HealthState } from '#runtime';
import { DATABASE, LOGGER } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { ZoneSource } from '../zone-source.ts';
import { bindSettings } from './bind.settings.ts';
import { publicationExtension } from './publication.api.ts';
import { publicationHealth } from './publication-health.ts';
import type { Publication, PublicationCounts } from './publication-ledger.ts';
import { MAX_LISTED, PublicationLedger } from './publication-ledger.ts';
import { publishZones } from './publishing.ts';
import { zoneRecords } from './zone-records.api.ts';

/** Publishes zones, where a directory for them is set, and knows how that stands in whichever server does it. */
@Injectable()
export class Publisher implements OnModuleInit {
  readonly #ledger: PublicationLedger;
  readonly #settings: SettingsOf<typeof bindSettings>;
  /** None where no directory is set. */
  readonly reconcilers: readonly Reconciler[];

  constructor(
    @Inject(DATABASE) pool: Pool,
    @Inject(bindSettings.KEY) settings: SettingsOf<typeof bindSettings>,
    @Inject(ZoneSource) source: ZoneSource,
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(LOGGER) log: Logger,
  ) {
    this.#ledger = new PublicationLedger(pool);
    this.#settings = settings;
    const reconciler = publishZones({ settings, source, ledger: this.#ledger, store, log });
    this.reconcilers = reconciler ? [reconciler] : [];
  }

  async onModuleInit(): Promise<void> {
    await this.#ledger.start();
  }

  /** Whether zones are published at all. */
  get isOn(): boolean {
    return this.reconcilers.length > 0;
  }

  async health(): Promise<HealthState> {
    const { server } = this.#settings;
    return publicationHealth(this.#ledger, server && `${server.host}:${server.port}`);
  }

  /** How many zones there are, how many wait, and how many do not get on. */
  counts(): Promise<PublicationCounts> {
    return this.#ledger.counts(0, this.#settings.server !== undefined);
  }

  /** The serials of at most {@link MAX_LISTED} zones. */
  serials(): Promise<readonly Publication[]> {
    return this.#ledger.list({ skip: 0, count: MAX_LISTED, faulty: 'no' });
  }
}

/** From what zones say to what BIND serves. */
@Module({
  imports: [
    ApiModule.forFeatureAsync({
      inject: [DATABASE, READ_STORE, ZoneSource, bindSettings.KEY],
      useFactory: (pool: Pool, reads: ReadStore, source: ZoneSource, { server }: SettingsOf<typeof bindSettings>) => {
        const ledger = new PublicationLedger(pool);
        return { extensions: [publicationExtension(ledger, reads), zoneRecords({ source, ledger, server })] };
      },
    }),
  ],
  providers: [Publisher, contributeListeners(Publisher, ({ reconcilers }) => reconcilers)],
  exports: [Publisher],
})
export class PublisherModule {}
