import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { Features } from '#event-sourcing';
import type { EventStore } from '#event-store';
import { systemClock } from '#event-store';
import { silentLogger } from '#kernel';
import { Secrets } from '#secrets';
import { natsKey } from '#wire';
import { AppModule } from '../app.module.ts';
import type { Settings } from '../settings.ts';

/** Nothing of a server that is not started asks the log. */
const noStore: EventStore = {
  readsFromAnywhere: true,
  append: () => Promise.reject(new Error('the log is not opened')),
  readStream: async () => [],
  readAll: async (after) => ({ events: [], end: after }),
  readAt: async () => [],
  last: async () => undefined,
  head: async () => 0n,
  subscribe: () => ({ stop: async () => undefined }),
  close: async () => undefined,
};

/** The deciders, read models and old shapes of events that the modules of this server have; none of them is started. */
export async function serverModules(settings: Settings, pool: Pool, store = noStore): Promise<Features> {
  const nothing = (): void => undefined;
  const module = AppModule.of({
    settings: { ...settings, wire: { ...settings.wire, natsUrl: undefined } },
    log: silentLogger,
    pool,
    secrets: new Secrets(pool, Buffer.alloc(32)),
    installation: { id: 'none', data: 'none' },
    natsKey: natsKey('none'),
    onAdministratorCreated: nothing,
    eventSourcing: { store, pool, clock: systemClock(), onProjectorError: nothing, onReactionError: nothing },
  });
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false, abortOnError: false });
  // It was put together and not initialised: nothing in it runs, so there is nothing to stop.
  return app.get(Features);
}
