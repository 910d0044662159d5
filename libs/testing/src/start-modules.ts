import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import type { ApiService, Protocol } from '#api';
import type { Clock, CommandGateway, CommandObserver, EventStore } from '#event-store';
import type { ReadStore } from '#read-store';
import type { TestDatabase } from './test-database.ts';

export interface StartModulesOptions {
  /** The modules under test; what they stand on (event log, read models, API, database, secrets) is there already. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** A database that stays, and may be shared with others; one of its own, dropped at the end, unless given. */
  readonly database?: TestDatabase;
  /** The event log; one in the database unless given. */
  readonly store?: EventStore;
  readonly clock?: Clock;
  /** Told of every command: name, outcome, seconds. */
  readonly onCommand?: CommandObserver;
}

/** Nest modules that run without HTTP. */
export interface TestModules extends Pick<INestApplicationContext, 'get'> {
  readonly database: TestDatabase;
  readonly store: EventStore;
  readonly reads: ReadStore;
  readonly clock: Clock;
  /** Sends commands. */
  readonly gateway: CommandGateway;
  /** What the modules have logged, and what went wrong in the projector; without the lines of Nest's own start. */
  readonly lines: readonly string[];
  /** The API as a protocol shows it. */
  api(protocol: Protocol): ApiService;
  /** Waits until the read models show the whole event log. */
  caughtUp(): Promise<void>;
  /** Ends the modules, and what was made for them. */
  stop(): Promise<void>;
}

/** Starts modules on what a server has, but without HTTP; resolves when they are up. */
export async function startModules(options: StartModulesOptions): Promise<TestModules> {
  // The framework is large: only the specs that need it load it.
  const { startNestModules } = await import('./nest-modules.ts');
  return startNestModules(options);
}
