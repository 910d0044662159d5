import type { OnApplicationBootstrap, OnApplicationShutdown, Provider } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { ApiCatalogue } from '#api';
import { Features } from '#event-sourcing';
import type { EventStore } from '#event-store';
import { EVENT_STORE, EventLog } from '#event-store';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { Pool } from 'pg';
import { RequestIndex } from './request-index.ts';
import { Requests } from './requests.ts';

/** Keeps the index of requests while the server runs. */
@Injectable()
export class RequestIndexKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(RequestIndex) private readonly index: RequestIndex) {}

  onApplicationBootstrap(): Promise<void> {
    return this.index.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.index.stop();
  }
}

/** What tells of requests, for Nest. */
export const requestProviders: readonly Provider[] = [
  {
    provide: RequestIndex,
    inject: [EVENT_STORE, DATABASE, LOGGER],
    useFactory: (store: EventStore, pool: Pool, log: Logger) =>
      new RequestIndex(store, pool, {
        onError: (error) => log.warn('the index of requests could not be kept', { error: String(error) }),
      }),
  },
  {
    provide: Requests,
    inject: [RequestIndex, EVENT_STORE, Features, READ_STORE, ApiCatalogue],
    useFactory: (
      index: RequestIndex,
      store: EventStore,
      { upcasters }: Features,
      reads: ReadStore,
      catalogue: ApiCatalogue,
    ) => new Requests(index, new EventLog(store, upcasters), reads, () => catalogue.whole),
  },
  RequestIndexKeeper,
];
