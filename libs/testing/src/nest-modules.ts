import type { Logger } from '#kernel';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Pool } from 'pg';
import { ApiModule, ProtocolApis } from '#api';
import { CommandGateway, postgresEventStore, systemClock } from '#event-store';
import { EventSourcingModule, Reactions } from '#event-sourcing';
import type { ReadStore } from '#read-store';
import { People } from '#people';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import { jsonLogger } from '#runtime/logger';
import { Secrets } from '#secrets';
import type { StartModulesOptions, TestModules } from './start-modules.ts';
import { testDatabase } from './test-database.ts';

/** Long enough for a busy machine. */
const TIMEOUT_MS = 120_000;

/** What the application itself gives to all of its modules: database, log, secrets (with a key that all tests share). */
@Module({})
class TestInfrastructureModule {
  static forRoot(pool: Pool, log: Logger): DynamicModule {
    const secrets = {
      provide: Secrets,
      useFactory: async () => {
        const made = new Secrets(pool, Buffer.alloc(32, 'test'));
        await made.start();
        return made;
      },
    };
    const people = { provide: People, useFactory: () => new People(pool, Buffer.alloc(32, 'test')) };
    return {
      module: TestInfrastructureModule,
      global: true,
      providers: [{ provide: DATABASE, useValue: pool }, { provide: LOGGER, useValue: log }, secrets, people],
      exports: [DATABASE, LOGGER, Secrets, People],
    };
  }
}

/** Keeps what Nest complains about; what Nest tells of its own start is left out. */
const nestLogger = (lines: string[]): LoggerService => {
  const keep = (message: unknown, ...more: unknown[]) => void lines.push([message, ...more].map(String).join(' '));
  const nothing = () => undefined;
  return { log: nothing, debug: nothing, verbose: nothing, warn: keep, error: keep, fatal: keep };
};

/** As `startModules`. */
export async function startNestModules(options: StartModulesOptions): Promise<TestModules> {
  const database = options.database ?? (await testDatabase());
  const pool = new Pool({ connectionString: database.url, max: 8 });
  const store = options.store ?? (await postgresEventStore(pool));
  const clock = options.clock ?? systemClock();
  const lines: string[] = [];
  const release = async (): Promise<void> => {
    if (!options.store) await store.close();
    await pool.end();
    if (!options.database) await database.drop();
  };
  const onError = (error: unknown) => void lines.push(String(error));
  const root = [
    EventSourcingModule.forRoot({
      store,
      pool,
      clock,
      onProjectorError: onError,
      onReactionError: onError,
      ...(options.onCommand ? { onCommand: options.onCommand } : {}),
    }),
    TestInfrastructureModule.forRoot(pool, jsonLogger({ write: (line) => void lines.push(line) })),
    ApiModule.forRoot(),
  ];
  let app: TestingModule | undefined;
  try {
    app = await Test.createTestingModule({ imports: [...root, ...options.imports], providers: [Reactions] })
      .setLogger(nestLogger(lines))
      .compile();
    await app.init();
  } catch (error) {
    await app?.close();
    await release();
    throw error;
  }
  const started = app;
  const reads = started.get<ReadStore>(READ_STORE, { strict: false });
  const apis = started.get(ProtocolApis, { strict: false });
  return {
    get: started.get.bind(started),
    database,
    store,
    reads,
    clock,
    gateway: started.get(CommandGateway, { strict: false }),
    lines,
    api: (protocol) => apis.for(protocol),
    caughtUp: async () => {
      const shown = await reads.projector.caughtUp(await store.head(), TIMEOUT_MS);
      if (!shown) throw new Error('the read models are late');
    },
    stop: async () => {
      await started.close();
      await release();
    },
  };
}
