import 'reflect-metadata';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import { ApiService, Catalogue } from '#api';
import { cinpFace, installVerbFront, verbOf } from '#cinp';
import type { Done } from '#event-store';
import { Commands, postgresEventStore, systemClock } from '#event-store';
import { agentHalves } from '#platforms/agents';
import { Ids, openReadStore } from '#read-store';
import type { Ground, Log, Process, Settings } from '#runtime';
import { CarryOut, startEmbeddedPostgres } from '#runtime';
import { EVERY_SITE, inProcessWire, jetstreamForeman, startAgent } from '#wire';
import { contractorModule } from './contractor.module.ts';
import { roomsOf } from './rooms.ts';

/** How many tasks of a module the subcontractor inside the server takes at a time. */
const EMBEDDED_LIMIT = 5;
/** Largest head of a request in bytes: a GET of a hundred objects has a long URI. */
const MAX_HEAD = 64 * 1024;

/** A server that runs. */
export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  /** Finishes what is under way, in the opposite order of starting. */
  stop(): Promise<void>;
}

/** Puts the rooms together on the ground the settings describe, and opens the doors. */
export async function startServer(settings: Settings, log: Log): Promise<RunningServer> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.toReversed()) {
      await close().catch((error: unknown) => log.error('stopping went wrong', error));
    }
    closing.length = 0;
  };
  try {
    return { url: await open(settings, log, (close) => void closing.push(close)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function open(
  settings: Settings,
  log: Log,
  whenStopped: (close: () => Promise<unknown>) => void,
): Promise<string> {
  const pool = await openPool(settings, log, whenStopped);
  const store = await postgresEventStore(pool);
  whenStopped(() => store.close());

  const local = settings.natsUrl === undefined ? inProcessWire() : undefined;
  const wire = local?.foreman ?? jetstreamForeman({ servers: settings.natsUrl ?? '', name: 'contractor' });
  const { rooms, auth } = roomsOf(settings, wire);
  const clock = systemClock();
  const models = rooms.flatMap(({ rows }) => rows);
  const reads = openReadStore({ store, pool, models, onError: (error) => log.error('the projector failed', error) });
  const { projector } = reads;

  const health = () => ({
    status: 'ok',
    projector: { leading: projector.leading, position: String(projector.reached) },
  });
  let face: ReturnType<typeof cinpFace> | undefined;
  const app = await NestFactory.create<NestFastifyApplication>(
    contractorModule(new Commands(store, clock), health),
    new FastifyAdapter({ serverFactory: (rest: RequestListener) => httpServer(rest, () => face) }),
    { logger: ['error', 'warn'] },
  );
  await app.init();
  const bus = app.get(CommandBus);
  const carryOut: Ground['carryOut'] = (asking, task) =>
    bus.execute(new CarryOut(asking, task)) as Promise<Done<never>>;

  const ground: Ground = { store, reads, pool, ids: new Ids(pool), clock, log, carryOut };
  const furniture = rooms.map((room) => room.furnish(ground));
  const catalogue = new Catalogue(
    furniture.flatMap(({ api = [] }) => api),
    furniture.flatMap(({ extensions = [] }) => extensions),
  );
  const api = new ApiService({ catalogue: catalogue.facing('cinp'), reads, clock, head: () => store.head(), carryOut });
  face = cinpFace({ api, log, identify: (id, token) => auth.sessions().identify(id, token) });

  await projector.start();
  whenStopped(() => projector.stop());
  await projector.caughtUp(await store.head(), Number.POSITIVE_INFINITY);
  const processes: readonly Process[] = furniture.flatMap(({ processes: mine = [] }) => mine);
  for (const process of processes) {
    await process.start();
    whenStopped(() => process.stop());
  }
  if (local && settings.embeddedSubcontractor) {
    const modules = Object.fromEntries(agentHalves.map((half) => [half.name, { limit: EMBEDDED_LIMIT, half }]));
    const agent = await startAgent({
      wire: local.agent,
      name: 'embedded',
      site: EVERY_SITE,
      modules,
      log: (level, message, fields) => (level === 'warn' ? log.warn(message, fields) : log.info(message, fields)),
    });
    whenStopped(() => agent.stop(5000));
  }
  installVerbFront(app.getHttpServer());
  await app.listen(settings.port, settings.host);
  whenStopped(() => app.close());
  return app.getUrl();
}

async function openPool(settings: Settings, log: Log, whenStopped: (close: () => Promise<unknown>) => void) {
  let connectionString = settings.databaseUrl;
  if (connectionString === undefined) {
    const postgres = await startEmbeddedPostgres(settings.data);
    whenStopped(() => postgres.stop());
    if (postgres.takenOver) log.warn('took over the PostgreSQL of a server that was killed');
    connectionString = postgres.url;
  }
  const pool = new Pool({ connectionString, max: 20 });
  pool.on('error', (error) => log.error('a connection to PostgreSQL was lost', error));
  whenStopped(() => pool.end());
  return pool;
}

/** Requests for the API are answered past the framework, which would lower-case their headers. */
function httpServer(rest: RequestListener, face: () => ReturnType<typeof cinpFace> | undefined): Server {
  return createServer({ maxHeaderSize: MAX_HEAD }, (request, response) => {
    const api = face();
    if (api && /^\/+api\//.test(request.url ?? '')) void api(request, response, verbOf(request));
    else rest(request, response);
  });
}
