import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
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
import { LogVerification } from './log-verification.ts';
import { logModel } from './log.api.ts';
import { logHandlers } from './log.commands.ts';
import { Retention } from './retention.ts';
import { RetentionLedger } from './retention-ledger.ts';

/** What the log of a server is signed with, and how often. */
export interface IntegrityOptions {
  readonly adapter: LogAdapter;
  readonly keys: CheckpointKeyPlaces;
  /** Id of the data the log stands on. */
  readonly data: string;
  readonly everyEvents: number;
  readonly everyMs: number;
}

/** Whatever the declarations of the API need, in a module that they can import. */
@Module({})
class LogVerificationModule {
  static of(provider: FactoryProvider<LogVerification>): DynamicModule {
    return { module: LogVerificationModule, providers: [provider], exports: [LogVerification] };
  }
}

/** Signed checkpoints of the log, whether it is as they say, and how long things are kept. */
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
      inject: [DATABASE, CLOCK, LOGGER],
      useFactory: (pool: Pool, clock: Clock, log: Logger) => new Retention(new RetentionLedger(pool), { clock, log }),
    };
    const verification = LogVerificationModule.of({
      provide: LogVerification,
      inject: [EVENT_STORE, DATABASE, CLOCK, LOGGER],
      useFactory: (log: EventStore, pool: Pool, clock: Clock, logger: Logger) =>
        new LogVerification({ log, pool, adapter, known, clock, logger }),
    });
    return {
      module: IntegrityModule,
      global: true,
      imports: [
        verification,
        ApiModule.forFeatureAsync({
          imports: [verification],
          inject: [LogVerification],
          useFactory: (one: LogVerification) => ({ models: [logModel(one)] }),
        }),
      ],
      providers: [
        ...logHandlers,
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
