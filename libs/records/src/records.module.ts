import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { readModelModel } from './read-model.api.ts';
import { RebuildReadModelsHandler } from './read-model.commands.ts';
import { Rebuilds } from './rebuilds.ts';
import { secretModel } from './secret.api.ts';

@Module({ providers: [Rebuilds], exports: [Rebuilds] })
class RebuildsModule {}

/** What is kept on record, and the rows that are made of it. */
@Module({
  imports: [
    RebuildsModule,
    ApiModule.forFeatureAsync({
      imports: [RebuildsModule],
      inject: [EVENT_STORE, READ_STORE, Rebuilds],
      useFactory: (store: EventStore, reads: ReadStore, rebuilds: Rebuilds) => ({
        namespaces: [{ name: 'Records', position: 110 }],
        models: [readModelModel(store, reads, rebuilds), secretModel],
      }),
    }),
  ],
  providers: [RebuildReadModelsHandler],
})
export class RecordsModule {}
