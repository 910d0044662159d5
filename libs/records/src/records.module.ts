import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import type { EventStore } from '#event-store';
import { EVENT_STORE, positionAt } from '#event-store';
import { People } from '#people';
import { DeadLetters } from '#reactions';
import type { ReadStore } from '#read-store';
import { quarantinedRows, READ_STORE } from '#read-store';
import type { ServerFacts } from '#runtime';
import { DATABASE, SERVER_FACTS } from '#runtime';
import { deadLetterModel } from './dead-letter.api.ts';
import { deadLetterHandlers } from './dead-letter.commands.ts';
import { readModelModel } from './read-model.api.ts';
import { RebuildReadModelsHandler } from './read-model.commands.ts';
import { Secrets } from '#secrets';
import { Rebuilds } from './rebuilds.ts';
import { RequestIndex } from './request-index.ts';
import { requestModel } from './request.api.ts';
import { Requests } from './requests.ts';
import { requestProviders } from './requests.providers.ts';
import { secretModel } from './secret.api.ts';
import { serverModel } from './server.api.ts';
import { undoExtension } from './undo/undo.api.ts';
import { UndoRequestHandler } from './undo/undo-request.commands.ts';

@Module({ providers: [Rebuilds], exports: [Rebuilds] })
class RebuildsModule {}

@Module({ providers: [...requestProviders], exports: [Requests, RequestIndex] })
class RequestsModule {}

/** What is kept on record, and the rows that are made of it. */
@Module({
  imports: [
    RebuildsModule,
    RequestsModule,
    ApiModule.forFeatureAsync({
      imports: [RebuildsModule, RequestsModule],
      inject: [
        EVENT_STORE,
        READ_STORE,
        Rebuilds,
        DeadLetters,
        Requests,
        Secrets,
        People,
        DATABASE,
        { token: SERVER_FACTS, optional: true },
      ],
      useFactory: (
        store: EventStore,
        reads: ReadStore,
        rebuilds: Rebuilds,
        letters: DeadLetters,
        requests: Requests,
        secrets: Secrets,
        people: People,
        pool: Pool,
        facts?: ServerFacts,
      ) => ({
        namespaces: [{ name: 'Records', position: 110 }],
        models: [
          deadLetterModel(letters),
          readModelModel(store, reads, { rebuilds, quarantined: (count) => quarantinedRows(pool, count) }),
          requestModel(requests, { positionAt: (time) => positionAt(store, time), head: () => store.head(), people }),
          secretModel(secrets.reads),
          ...(facts ? [serverModel(facts)] : []),
        ],
        extensions: [undoExtension],
      }),
    }),
  ],
  providers: [RebuildReadModelsHandler, UndoRequestHandler, ...deadLetterHandlers],
})
export class RecordsModule {}
