import type { Provider } from '@nestjs/common';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { JobTargetRegistry } from '../job-target.ts';
import { LimitBook } from './limit-book.ts';
import { limitHandlers } from './limit.commands.ts';

/** What keeps limits, for Nest. */
export const limitProviders: readonly Provider[] = [
  {
    provide: LimitBook,
    inject: [READ_STORE, EVENT_STORE, JobTargetRegistry, LOGGER],
    useFactory: (reads: ReadStore, store: EventStore, targets: JobTargetRegistry, log: Logger) =>
      new LimitBook({ reads, store, targets, log }),
  },
  ...limitHandlers,
];
