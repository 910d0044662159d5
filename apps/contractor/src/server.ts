import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiService, Catalogue, withCors } from '#api';
import { CINP_HEADERS, cinpAdapter, installVerbFront } from '#cinp';
import { Conflict, Refusal } from '#kernel';
import type { CommandResult } from '#event-store';
import { CommandExecutor, followTimes, mergeUpcasters, positionAt, postgresSnapshots, systemClock } from '#event-store';
import { agentHalves } from '#platforms/agents';
import { Ids, PostgresIdempotencyStore, openReadStore } from '#read-store';
import type { ListenerState } from '#reactions';
import { ReactionRunner } from '#reactions';
import { REST_HEADERS, restAdapter } from '#rest';
import type { AppContext, Log, Metrics, Process, Settings } from '#runtime';
import { BadSetting, CarryOut, healthOf, prometheusMetrics } from '#runtime';
import { secretKey, Secrets } from '#secrets';
import type { InProcessWire, WireLog } from '#wire';
import { EVERY_SITE, inProcessWire, jetstreamForeman, startAgent } from '#wire';
import { contractorModule } from './contractor.module.ts';
import type { Answering, Face } from './faces.ts';
import { answering, facesServer } from './faces.ts';
import { sourceThrough } from './request-source.ts';
import type { WhenStopped } from './log-ground.ts';
import { openLog } from './log-ground.ts';
import { roomsOf } from './rooms.ts';

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

async function open(settings: Settings, log: Log, whenStopped: WhenStopped): Promise<string> {
  const { pool, store, adapters } = await openLog(settings, log, whenStopped);
  const local = settings.natsUrl === undefined ? inProcessWire() : undefined;
  const wire =
    local?.foreman ?? jetstreamForeman({ servers: settings.natsUrl ?? '', name: 'contractor', log: wireLog(log) });
  const { rooms, auth } = roomsOf(settings, wire);
  const clock = systemClock();
  const times = await followTimes(clock, store, (error) => log.error('following the times of the log failed', error));
  whenStopped(() => times.stop());
  const upcasters = mergeUpcasters(rooms.map(({ upcasters: mine = {} }) => mine));
  /** Undefined: the database does not answer, or not in time. */
  const inTime = <R>(answered: Promise<R>): Promise<R | undefined> =>
    Promise.race([answered, sleep(HEALTH_PATIENCE, undefined, { ref: false })]).catch(() => undefined);
  const headInTime = () => inTime(store.head());
  let runner: ReactionRunner | undefined;
  const listeners = async (): Promise<readonly ListenerState[]> => (runner && (await inTime(runner.states()))) ?? [];
  const metrics = prometheusMetrics(
    async () => Number((await headInTime()) ?? Number.NaN) - Number(projector.reached),
    listeners,
  );
  const reads = openReadStore({
    store,
    pool,
    models: rooms.flatMap(({ rows }) => rows),
    upcasters,
    onError: (error) => log.error('the projector failed', error),
    onProgress: (progress) => log.info('read models are being made anew', { ...progress }),
    onProjected: (events) => metrics.projected(events),
  });
  const { projector } = reads;

  let ready = false;
  const health = async () => {
    const [head, how] = await Promise.all([headInTime(), listeners()]);
    return healthOf({
      ready,
      head,
      reached: projector.reached,
      projecting: projector.leading,
      quarantined: projector.quarantined,
      adapters: { ...adapters, wire: local ? 'in process' : 'NATS' },
      listeners: how,
    });
  };
  const commands = new CommandExecutor(store, clock, {
    upcasters,
    snapshots: await postgresSnapshots(pool),
    onConflict: metrics.conflict,
    onAppended: metrics.appended,
  });
  let answer: Answering = () => undefined;
  const serverFactory = (rest: RequestListener) => facesServer(rest, () => answer, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(
    contractorModule(commands, { health, metrics }),
    new FastifyAdapter({ serverFactory }),
    { logger: nestLog(log) },
  );
  await app.init();
  const execute = measured(app.get(CommandBus), metrics);

  const secrets = new Secrets(pool, await secretKey(settings.secretKey, settings.data));
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
  const { maxBody, corsOrigins } = settings;
  const mark = (text: string) => secrets.mark(text);
  const rest = restAdapter({
    api: facing('rest'),
    log,
    identify,
    positionAt: at,
    now: () => clock.now(),
    kept,
    mark,
    maxBody,
  });
  const cinp = cinpAdapter({ api: facing('cinp'), log, identify, maxBody });
  const faces: readonly Face[] = [
    { name: 'rest', paths: /^\/+api\/rest\//, answer: withCors(rest, corsOrigins, REST_HEADERS) },
    { name: 'cinp', paths: /^\/+api\//, answer: withCors(cinp, corsOrigins, CINP_HEADERS) },
  ];
  answer = answering(faces, metrics, sourceThrough(settings.trustedProxies));

  await projector.start();
  whenStopped(() => projector.stop());
  await projector.caughtUp(await store.head(), Number.POSITIVE_INFINITY);
  const processes: readonly Process[] = furniture.flatMap(({ processes: mine = [] }) => mine);
  for (const process of processes) {
    await process.start();
    whenStopped(() => process.stop());
  }
  const reactions = new ReactionRunner({
    store,
    pool,
    upcasters,
    listeners: furniture.flatMap(({ listeners: mine = [] }) => mine),
    onError: (error, listener) => {
      metrics.reactionFailed(listener);
      log.error('a reaction failed', error, { reaction: listener });
    },
  });
  runner = reactions;
  whenStopped(() => reactions.stop());
  await reactions.start();
  if (local && settings.embeddedSubcontractor) await startEmbeddedAgent(local, log, whenStopped);
  installVerbFront(app.getHttpServer(), answer);
  await app.listen(settings.port, settings.host).catch((error: NodeJS.ErrnoException) => {
    throw badAddress(error, settings) ?? error;
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

/** Which setting is to blame where the server cannot listen. */
function badAddress({ code }: NodeJS.ErrnoException, { host, port }: Settings): BadSetting | undefined {
  if (code === 'EADDRINUSE') return new BadSetting('CONTRACTOR_PORT', String(port), `is in use on ${host}`);
  if (code === 'EACCES') return new BadSetting('CONTRACTOR_PORT', String(port), 'may not be listened on by this user');
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return new BadSetting('CONTRACTOR_HOST', host, 'must be an address or a name of this machine');
  return undefined;
}

/** What the framework has to say, in the server's own output. */
const nestLog = (log: Log): LoggerService => ({
  log: () => undefined,
  warn: (message: unknown, context?: unknown) => log.warn(String(message), { context }),
  error: (message: unknown, ...more: unknown[]) => log.error('the framework failed', message, { more }),
});

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

/** What the wire says, in the server's own output. */
const wireLog =
  (log: Log): WireLog =>
  (level, message, fields) =>
    level === 'info' ? log.info(message, fields) : log.warn(message, fields);

async function startEmbeddedAgent(wire: InProcessWire, log: Log, whenStopped: WhenStopped): Promise<void> {
  const modules = Object.fromEntries(agentHalves.map((half) => [half.name, { limit: EMBEDDED_LIMIT, half }]));
  const agent = await startAgent({
    wire: wire.agent,
    name: 'embedded',
    site: EVERY_SITE,
    modules,
    log: wireLog(log),
  });
  whenStopped(() => agent.stop(5000));
}
