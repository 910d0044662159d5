import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { SettingsOf } from '#runtime/settings';
import { LiveZones } from './live-zones.ts';
import type { dnsSettings } from './dns.settings.ts';
import { zoneFiles } from './zone-file.api.ts';
import { ZoneDifferences } from './zone-differences.ts';
import { ZoneSource } from './zone-source.ts';

/** What DNS zones say. */
@Module({})
export class DnsModule {
  static forRoot({ nameServers = [], soaEmail }: SettingsOf<typeof dnsSettings>): DynamicModule {
    const options = { nameServers, soaEmail };
    const source = {
      provide: ZoneSource,
      inject: [EVENT_STORE, READ_STORE],
      useFactory: (store: EventStore, reads: ReadStore) => new LiveZones({ ...options, store, reads }),
    };
    return {
      module: DnsModule,
      global: true,
      imports: [
        ApiModule.forFeatureAsync({
          inject: [ZoneSource, READ_STORE],
          useFactory: (zones: ZoneSource, reads: ReadStore) => ({
            extensions: [zoneFiles({ source: zones, reads, options })],
          }),
        }),
      ],
      providers: [source, { provide: ZoneDifferences, useValue: new ZoneDifferences(options) }],
      exports: [ZoneSource, ZoneDifferences],
    };
  }
}
