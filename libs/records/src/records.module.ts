import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import { DeadLetters } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { deadLetterModel } from './dead-letter.api.ts';
import { deadLetterHandlers } from './dead-letter.commands.ts';
import { readModelModel } from './read-model.api.ts';
import { RebuildReadModelsHandler } from './read-model.commands.ts';
import { Rebuilds } from './rebuilds.ts';
import { secretModel } from './secret.api.ts';
import { requestModel } from './undo/undo.api.ts';
import { UndoRequestHandler } from './undo/undo-request.commands.ts';

@Module({ providers: [Rebuilds], exports: [Rebuilds] })
class RebuildsModule {}

/** What is kept on record, and the rows that are made of it. */
@Module({
  imports: [
    RebuildsModule,
    ApiModule.forFeatureAsync({
      imports: [RebuildsModule],
      inject: [EVENT_STORE, READ_STORE, Rebuilds, DeadLetters],
      useFactory: (store: EventStore, reads: ReadStore, rebuilds: Rebuilds, letters: DeadLetters) => ({
        namespaces: [{ name: 'Records', position: 110 }],
        models: [deadLetterModel(letters), readModelModel(store, reads, rebuilds), secretModel, requestModel],
      }),
    }),
  ],
  providers: [RebuildReadModelsHandler, UndoRequestHandler, ...deadLetterHandlers],
})
export class RecordsModule {}
