import type { Logger } from '#kernel';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import { EventSourcingModule } from '#event-sourcing';
import { LOGGER } from '#runtime';
import { siteConfigActions } from './site-config.api.ts';
import { siteModel, zoneUsers } from './site.api.ts';
import { siteHandlers } from './site.commands.ts';
import { site } from './site.ts';
import { sites } from './sites.ts';

/** Sites. */
@Module({
  imports: [
    EventSourcingModule.forFeature({ deciders: [site], readModels: [sites] }),
    ApiModule.forFeatureAsync({
      inject: [SERVED, LOGGER],
      useFactory: (served: Served, log: Logger) => ({
        namespaces: [{ name: 'Site', position: 30 }],
        models: [siteModel(siteConfigActions(served, log))],
        extensions: [zoneUsers],
      }),
    }),
  ],
  providers: siteHandlers,
})
export class SiteModule {}
