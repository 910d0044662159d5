import type { DynamicModule, INestApplicationContext, Provider, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Pool } from 'pg';
import type { Clock, CommandObserver, EventStore } from '#event-store';
import { CommandExecutor, CommandGateway, postgresEventStore, systemClock } from '#event-store';
import type { Feature } from '#event-sourcing';
import { EventSourcingModule } from '#event-sourcing';
import type { ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';

/** What an application for a spec consists of. */
export interface CommandAppOptions extends Feature {
  readonly pool: Pool;
  /** Handlers of commands, and what they have injected. */
  readonly providers?: readonly Provider[];
  readonly onCommand?: CommandObserver;
  /** Told of faults of the projector. */
  readonly onError?: (error: unknown) => void;
}

/** The log, the command bus and the read models of a server, without the rest of it. */
export interface CommandApp {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly commands: CommandGateway;
  readonly executor: CommandExecutor;
  readonly reads: ReadStore;
  readonly ids: Ids;
  get<T>(token: Type<T>): T;
  stop(): Promise<void>;
}

@Module({})
class ExampleFeature {}

/** Starts it over a database, which stays the caller's. */
export async function startCommandApp(options: CommandAppOptions): Promise<CommandApp> {
  const { pool, providers = [], onCommand, onError = () => undefined, ...feature } = options;
  const store = await postgresEventStore(pool);
  const clock = systemClock();
  const root: DynamicModule = {
    module: ExampleFeature,
    imports: [
      EventSourcingModule.forRoot({
        store,
        pool,
        clock,
        onProjectorError: onError,
        onReactionError: onError,
        ...(onCommand ? { onCommand } : {}),
      }),
      EventSourcingModule.forFeature(feature),
    ],
    providers: [...providers],
  };
  const app: INestApplicationContext = await NestFactory.createApplicationContext(root, {
    logger: false,
    abortOnError: false,
  });
  return {
    store,
    clock,
    commands: app.get(CommandGateway),
    executor: app.get(CommandExecutor),
    reads: app.get<ReadStore>(READ_STORE),
    ids: app.get(Ids),
    get: (token) => app.get(token),
    stop: async () => {
      await app.close();
      await store.close();
    },
  };
}
