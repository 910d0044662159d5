import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import type { EventStore } from '#event-store';
import {
  CLOCK,
  CommandBatchHandler,
  CommandExecutor,
  CommandGateway,
  CommandRunner,
  EVENT_STORE,
  PRECONDITION_CHECK,
} from '#event-store';
import type { PreconditionCheck } from '#event-store';
import { DeadLetters } from '#reactions';
import type { ReadStore } from '#read-store';
import { Ids, openReadStore, preconditionCheck, READ_STORE } from '#read-store';
import type { EventSourcingOptions } from './event-sourcing-options.ts';
import { EVENT_SOURCING_OPTIONS } from './event-sourcing-options.ts';
import type { Feature } from './features.ts';
import { Features } from './features.ts';
import { LogTimes } from './log-times.ts';

/** How long a precondition waits for the read models. */
const PRECONDITION_TIMEOUT_MS = 5000;

/** Starts the projector with the application, after every module has said which read models it has; stops it last. */
class ProjectorLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #reads: ReadStore;
  readonly #store: EventStore;

  constructor(@Inject(READ_STORE) reads: ReadStore, @Inject(EVENT_STORE) store: EventStore) {
    this.#reads = reads;
    this.#store = store;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#reads.projector.start();
    await this.#reads.projector.caughtUp(await this.#store.head(), Number.POSITIVE_INFINITY);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#reads.projector.stop();
  }
}

/**
 * The log, the commands that write it and the read models that are made from it. `forRoot` once per server; every
 * subject adds its deciders and read models with `forFeature`.
 */
@Module({})
export class EventSourcingModule {
  static forRoot(options: EventSourcingOptions): DynamicModule {
    return {
      module: EventSourcingModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [
        Features,
        CommandBatchHandler,
        LogTimes,
        ProjectorLifecycle,
        { provide: EVENT_SOURCING_OPTIONS, useValue: options },
        { provide: EVENT_STORE, useValue: options.store },
        { provide: CLOCK, useValue: options.clock },
        { provide: Ids, useFactory: () => new Ids(options.pool) },
        { provide: DeadLetters, useFactory: () => new DeadLetters(options.pool) },
        {
          provide: READ_STORE,
          inject: [Features],
          useFactory: ({ readModels: models, upcasters }: Features) =>
            openReadStore({
              store: options.store,
              pool: options.pool,
              models,
              upcasters,
              onError: options.onProjectorError,
              ...(options.onRebuildProgress ? { onProgress: options.onRebuildProgress } : {}),
              ...(options.onProjected ? { onProjected: options.onProjected } : {}),
            }),
        },
        {
          provide: CommandExecutor,
          inject: [Features],
          useFactory: ({ upcasters }: Features) => {
            const { store, clock, snapshots, onConflict, onAppended } = options;
            return new CommandExecutor(store, clock, {
              upcasters,
              ...(snapshots ? { snapshots } : {}),
              ...(onConflict ? { onConflict } : {}),
              ...(onAppended ? { onAppended } : {}),
            });
          },
        },
        {
          provide: PRECONDITION_CHECK,
          inject: [READ_STORE],
          useFactory: (reads: ReadStore) =>
            preconditionCheck({ reads, head: () => options.store.head(), timeoutMs: PRECONDITION_TIMEOUT_MS }),
        },
        {
          provide: CommandRunner,
          inject: [CommandExecutor, PRECONDITION_CHECK],
          useFactory: (executor: CommandExecutor, check: PreconditionCheck) => new CommandRunner(executor, check),
        },
        {
          provide: CommandGateway,
          inject: [CommandBus],
          useFactory: (bus: CommandBus) => new CommandGateway(bus, options.onCommand),
        },
      ],
      exports: [
        EVENT_SOURCING_OPTIONS,
        Features,
        CommandExecutor,
        CommandRunner,
        CommandGateway,
        Ids,
        DeadLetters,
        EVENT_STORE,
        READ_STORE,
        CLOCK,
        PRECONDITION_CHECK,
      ],
    };
  }

  static forFeature(feature: Feature): DynamicModule {
    const provider = {
      provide: Symbol('Feature'),
      inject: [Features],
      useFactory: (features: Features) => features.add(feature),
    };
    return { module: EventSourcingModule, providers: [provider] };
  }
}
