import type { Logger } from '#kernel';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import { EventSourcingModule } from '#event-sourcing';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { siteConfigActions } from './site-config.api.ts';
import { siteModel, zoneUsers } from './site.api.ts';
import { siteHandlers, sitesWithSecrets } from './site.commands.ts';
import { site } from './site.ts';
import { siteUndo } from './site.undo.ts';
import { sites } from './sites.ts';

/** Sites. */
@Module({
  imports: [
    EventSourcingModule.forFeature({ deciders: [site], readModels: [sites], undo: [siteUndo] }),
    ApiModule.forFeatureAsync({
      inject: [SERVED, LOGGER, READ_STORE],
      useFactory: (served: Served, log: Logger, reads: ReadStore) => ({
        namespaces: [{ name: 'Site', position: 30 }],
        models: [siteModel(siteConfigActions(served, log, reads))],
        extensions: [zoneUsers],
        configHolders: [sitesWithSecrets],
      }),
    }),
  ],
  providers: siteHandlers,
})
export class SiteModule {}
