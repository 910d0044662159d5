import type { FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import { BootLedger } from './trace/boot-ledger.ts';
import { bootTraceModel } from './trace/boot-trace.api.ts';
import { bootTraceHandlers } from './trace/boot-trace.commands.ts';
import { BootTraces } from './trace/boot-traces.ts';

const traces: FactoryProvider = {
  provide: BootTraces,
  inject: [DATABASE, READ_STORE, LOGGER],
  useFactory: (pool: Pool, reads: ReadStore, log: Logger) =>
    new BootTraces({ ledger: new BootLedger(pool), reads, log }),
};

@Module({ providers: [traces], exports: [BootTraces] })
class BootTracesModule {}

/** What machines do while they boot. */
@Module({
  imports: [
    BootTracesModule,
    ApiModule.forFeatureAsync({
      imports: [BootTracesModule],
      inject: [BootTraces],
      useFactory: (kept: BootTraces) => ({ models: [bootTraceModel(kept)] }),
    }),
  ],
  providers: bootTraceHandlers,
  exports: [BootTracesModule],
})
export class BootModule {}
