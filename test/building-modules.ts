import { Module } from '@nestjs/common';
import { BlueprintModule } from '#blueprint';
import { BuildingModule } from '#building';
import type { Served } from '#config';
import { SERVED } from '#config';
import { DirectoryModule } from '#directory';
import { ForemanModule } from '#foreman';
import { IpamModule } from '#ipam';
import { PLATFORMS } from '#platform';
import { repeatOf, retryOf, serverHalves } from '#platforms/servers';
import { PlotsModule } from '#plots';
import { settingsModule } from '#runtime';
import { SiteModule, sites } from '#site';
import { inProcessWire } from '#wire';
import { serverSettings, settingsTables } from '../apps/contractor/src/settings.ts';

@Module({})
class PartsModule {
  static of() {
    const served: Served = { contractorUrl: 'http://contractor', pxeUrl: 'http://static' };
    const parts = [
      { provide: SERVED, useValue: served },
      { provide: PLATFORMS, useValue: serverHalves },
    ];
    return { module: PartsModule, global: true, providers: parts, exports: [SERVED, PLATFORMS] };
  }
}

/** The modules of everything that is built, with the settings of a first try and a wire within the process. */
export const buildingModules = () => [
  settingsModule(settingsTables, serverSettings({})),
  PartsModule.of(),
  DirectoryModule,
  SiteModule,
  BlueprintModule,
  IpamModule,
  PlotsModule,
  ForemanModule.forRoot({
    wire: inProcessWire().foreman,
    repeatOf,
    retryOf,
    sites,
    onUndeliverableReport: () => undefined,
    onLateReport: () => undefined,
  }),
  BuildingModule,
];
