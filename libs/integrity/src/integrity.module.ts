import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { contributeListeners } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, EVENT_STORE } from '#event-store';
import type { Logger } from '#kernel';
import { DATABASE, LOGGER } from '#runtime';
import type { Pool } from 'pg';
import type { CheckpointKeyPlaces } from './checkpoint-key.ts';
import { checkpointKeys } from './checkpoint-key.ts';
import { CheckpointMaker } from './checkpoint-maker.ts';
import type { LogAdapter } from './checkpoint-record.ts';
import { Checkpoints } from './checkpoints.ts';
import { KnownCheckpoint } from './known-checkpoint.ts';
import { Retention } from './retention.ts';

/** What the log of a server is signed with, and how often. */
export interface IntegrityOptions {
  readonly adapter: LogAdapter;
  readonly keys: CheckpointKeyPlaces;
  /** Id of the data the log stands on. */
  readonly data: string;
  readonly everyEvents: number;
  readonly everyMs: number;
}

/** Signed checkpoints of the log, and how long things are kept. */
@Module({})
export class IntegrityModule {
  static forRoot({ adapter, keys, data, everyEvents, everyMs }: IntegrityOptions): DynamicModule {
    const known = new KnownCheckpoint(keys.directory, data);
    const checkpoints: FactoryProvider<Checkpoints> = {
      provide: Checkpoints,
      inject: [DATABASE],
      useFactory: (pool: Pool) => new Checkpoints(pool, () => checkpointKeys(keys)),
    };
    const maker: FactoryProvider<CheckpointMaker> = {
      provide: CheckpointMaker,
      inject: [EVENT_STORE, CLOCK, LOGGER, Checkpoints],
      useFactory: (store: EventStore, clock: Clock, log: Logger, { ledger, keysNow }: Checkpoints) =>
        new CheckpointMaker({ store, adapter, ledger, known, keys: keysNow, clock, log, everyEvents, everyMs }),
    };
    const retention: FactoryProvider<Retention> = {
      provide: Retention,
      inject: [CLOCK, LOGGER],
      useFactory: (clock: Clock, log: Logger) => new Retention(clock, log),
    };
    return {
      module: IntegrityModule,
      global: true,
      providers: [
        checkpoints,
        maker,
        retention,
        contributeListeners(CheckpointMaker, (one) => [one]),
        contributeListeners(Retention, (one) => [one]),
      ],
      exports: [Checkpoints, Retention],
    };
  }
}
