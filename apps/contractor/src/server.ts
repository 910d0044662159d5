import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiService, Catalogue, withCors } from '#api';
import { CINP_HEADERS, cinpAdapter, installVerbFront } from '#cinp';
import type { Logger } from '#kernel';
import { Conflict, Refusal } from '#kernel';
import type { CommandResult } from '#event-store';
import { CommandExecutor, positionAt, postgresSnapshots, systemClock } from '#event-store';
import { agentHalves } from '#platforms/agents';
import { Ids, PostgresIdempotencyStore, openReadStore } from '#read-store';
import { REST_HEADERS, restAdapter } from '#rest';
import type { AppContext, Metrics, Process } from '#runtime';
import { addressFault, CarryOut, healthOf, nestLogger, prometheusMetrics } from '#runtime';
import { secretKey, Secrets } from '#secrets';
import type { InProcessWire } from '#wire';
import { EVERY_SITE, inProcessWire, jetstreamForeman, startAgent } from '#wire';
import { contractorModule } from './contractor.module.ts';
import type { Answering, Face } from './faces.ts';
import { answering, facesServer } from './faces.ts';
import { sourceThrough } from './request-source.ts';
import type { WhenStopped } from './log-ground.ts';
import { openLog } from './log-ground.ts';
import { roomsOf } from './rooms.ts';
import type { Settings } from './settings.ts';

/** How long the head of the log may take where it is asked for health, in milliseconds. */
const HEALTH_PATIENCE = 3000;
/** How long requests under way may take when the server stops, in milliseconds. */
const DRAIN = 5000;
/** How many tasks of a module the subcontractor inside the server takes at a time. */
const EMBEDDED_LIMIT = 5;

/** A server that runs. */
export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  /** Finishes what is under way, in the opposite order of starting. */
  stop(): Promise<void>;
}

/** Puts the rooms together on the ground the settings describe, and opens the doors. */
export async function startServer(settings: Settings, log: Logger): Promise<RunningServer> {
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

async function open(settings: Settings, log: Logger, whenStopped: WhenStopped): Promise<string> {
  const { pool, store, adapters } = await openLog(settings, log, whenStopped);
  const local = settings.wire.natsUrl === undefined ? inProcessWire() : undefined;
  const wire = local?.foreman ?? jetstreamForeman({ servers: settings.wire.natsUrl ?? '', name: 'contractor', log });
  const { rooms, auth } = roomsOf(settings, wire);
  const clock = systemClock();
  /** Undefined: the log does not answer, or not in time. */
  const headInTime = (): Promise<bigint | undefined> =>
    Promise.race([store.head(), sleep(HEALTH_PATIENCE, undefined, { ref: false })]).catch(() => undefined);
  const metrics = prometheusMetrics(async () => Number((await headInTime()) ?? Number.NaN) - Number(projector.reached));
  const reads = openReadStore({
    store,
    pool,
    models: rooms.flatMap(({ rows }) => rows),
    onError: (error) => log.error('the projector failed', error),
    onProgress: (progress) => log.info('read models are being made anew', { ...progress }),
    onProjected: (events) => metrics.projected(events),
  });
  const { projector } = reads;

  let ready = false;
  const health = async () =>
    healthOf({
      ready,
      head: await headInTime(),
      reached: projector.reached,
      projecting: projector.leading,
      quarantined: projector.quarantined,
      adapters: { ...adapters, wire: local ? 'in process' : 'NATS' },
    });
  const commands = new CommandExecutor(store, clock, {
    snapshots: await postgresSnapshots(pool),
    onConflict: metrics.conflict,
    onAppended: metrics.appended,
  });
  let answer: Answering = () => undefined;
  const serverFactory = (rest: RequestListener) => facesServer(rest, () => answer, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(
    contractorModule(commands, { health, metrics }),
    new FastifyAdapter({ serverFactory }),
    { logger: nestLogger(log) },
  );
  await app.init();
  const execute = measured(app.get(CommandBus), metrics);

  const secrets = new Secrets(pool, await secretKey(settings.secrets.secretKey, settings.runtime.data));
  await secrets.start();
  const ground: AppContext = { store, reads, pool, ids: new Ids(pool), secrets, clock, log, execute };
  const furniture = rooms.map((room) => room.furnish(ground));
  const catalogue = new Catalogue(
    furniture.flatMap(({ api = [] }) => api),
    furniture.flatMap(({ extensions = [] }) => extensions),
  );
  for (const { complete } of furniture) complete?.(catalogue);
  const facing = (face: 'cinp' | 'rest') =>
    new ApiService({ catalogue: catalogue.forProtocol(face), reads, clock, head: () => store.head(), execute });
  const { identify } = auth;
  const kept = new PostgresIdempotencyStore(pool);
  await kept.start();
  const at = (time: string) => positionAt(store, time);
  const { maxBody, corsOrigins } = settings.http;
  const mark = (text: string) => secrets.mark(text);
  const rest = restAdapter({ api: facing('rest'), log, identify, positionAt: at, kept, mark, maxBody });
  const cinp = cinpAdapter({ api: facing('cinp'), log, identify, maxBody });
  const faces: readonly Face[] = [
    { name: 'rest', paths: /^\/+api\/rest\//, answer: withCors(rest, corsOrigins, REST_HEADERS) },
    { name: 'cinp', paths: /^\/+api\//, answer: withCors(cinp, corsOrigins, CINP_HEADERS) },
  ];
  answer = answering(faces, metrics, sourceThrough(settings.http.trustedProxies));

  await projector.start();
  whenStopped(() => projector.stop());
  await projector.caughtUp(await store.head(), Number.POSITIVE_INFINITY);
  const processes: readonly Process[] = furniture.flatMap(({ processes: mine = [] }) => mine);
  for (const process of processes) {
    await process.start();
    whenStopped(() => process.stop());
  }
  if (local && settings.wire.embeddedSubcontractor) await startEmbeddedAgent(local, log, whenStopped);
  installVerbFront(app.getHttpServer(), answer);
  await app.listen(settings.http.port, settings.http.host).catch((error: NodeJS.ErrnoException) => {
    throw addressFault(error, settings.http) ?? error;
  });
  whenStopped(() => closeInTime(app));
  ready = true;
  return app.getUrl();
}

/** Lets requests finish that are under way, and ends them when they take too long: what stands below has to be stopped too. */
async function closeInTime(app: NestFastifyApplication): Promise<void> {
  const late = setTimeout(() => app.getHttpServer().closeAllConnections(), DRAIN);
  await app.close();
  clearTimeout(late);
}

/** The one entrance for wishes, with a clock beside it. */
function measured(bus: CommandBus, metrics: Metrics): AppContext['execute'] {
  return async (metadata, task) => {
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    try {
      const done = await bus.execute(new CarryOut(metadata, task));
      metrics.command('done', seconds());
      return done as CommandResult<never>;
    } catch (error) {
      const outcome = error instanceof Refusal ? 'refused' : error instanceof Conflict ? 'conflict' : 'failed';
      metrics.command(outcome, seconds());
      throw error;
    }
  };
}

async function startEmbeddedAgent(wire: InProcessWire, log: Logger, whenStopped: WhenStopped): Promise<void> {
  const modules = Object.fromEntries(agentHalves.map((half) => [half.name, { limit: EMBEDDED_LIMIT, half }]));
  const agent = await startAgent({
    wire: wire.agent,
    name: 'embedded',
    site: EVERY_SITE,
    modules,
    log,
  });
  whenStopped(() => agent.stop(5000));
}
