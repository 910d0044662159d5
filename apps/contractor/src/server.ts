import 'reflect-metadata';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { malformedRequest } from '#cinp';
import { Publisher } from '#dns';
import { PostOffice } from '#post-office';
import { postgresSnapshots, systemClock } from '#event-store';
import type { HttpDispatcher } from '#http';
import {
  acceptCustomVerbs,
  arrivalOf,
  createDispatchingServer,
  createRedirectServer,
  httpDispatcher,
  TlsCertificate,
} from '#http';
import type { Logger } from '#kernel';
import { Retention } from '#integrity';
import type { Installation } from '#runtime';
import { addressFault, nestLogger, openInstallation, prometheusMetrics } from '#runtime';
import { BadSetting } from '#runtime/settings';
import { secretKey, Secrets, WrongKey } from '#secrets';
import { checkInstallation, InstallationTaken, natsKey } from '#wire';
import type { NatsKey } from '#wire';
import { AppModule } from './app.module.ts';
import type { WhenStopped } from './open-log.ts';
import { openLog } from './open-log.ts';
import { protocolAdapters } from './protocols.ts';
import { ServerHealth } from './server-health.ts';
import type { Settings } from './settings.ts';
import { startPage } from './start-page.ts';
import { serveWebPages, webFolder } from './web-pages.ts';
import { startingAdapters } from './starting-adapters.ts';
import { statusPages } from './status-pages.ts';
import { measureDeliveries } from './delivery-metrics.ts';
import { measureRetention } from './retention-rules.ts';
import { measureZones } from './zone-metrics.ts';

/** How long requests under way may take when the server stops. */
const DRAIN_MS = 5000;

/** The first user, with the password it was made with. */
export interface Administrator {
  readonly name: string;
  readonly password: string;
}

/** A server that runs. */
export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  /** The administrator, where this start has made one: it is the first on this database. */
  readonly administrator?: Administrator;
  /** Finishes what is under way, in the opposite order of starting. */
  stop(): Promise<void>;
}

/**
 * Puts the modules together on what the settings describe, and serves.
 * @param signal ends the start at the next thing that is opened; all that was opened before is closed then
 * @throws the reason of the signal; whatever the start fails with, when all is closed again
 */
export async function startServer(settings: Settings, log: Logger, signal?: AbortSignal): Promise<RunningServer> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.toReversed()) {
      await close().catch((error: unknown) => log.error('stopping went wrong', error));
    }
    closing.length = 0;
  };
  try {
    signal?.throwIfAborted();
    let administrator: Administrator | undefined;
    const made = (user: Administrator): void => void (administrator = user);
    const whenStopped: WhenStopped = (close) => {
      closing.push(close);
      signal?.throwIfAborted();
    };
    const url = await open(settings, log, { whenStopped, made });
    return { url, ...(administrator ? { administrator } : {}), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Told what is to be done when the server stops, and of the administrator where one is made. */
interface Opening {
  readonly whenStopped: WhenStopped;
  readonly made: (administrator: Administrator) => void;
}

async function open(settings: Settings, log: Logger, { whenStopped, made }: Opening): Promise<string> {
  if (settings.tracing) {
    const { startTracing } = await import('#runtime/tracing');
    whenStopped(startTracing(settings.tracing, 'contractor', log));
  }
  const { pool, store, adapters: standsOn } = await openLog(settings, log, whenStopped);
  const wire = settings.wire.natsUrl === undefined ? 'in process' : 'NATS';
  const health = new ServerHealth(store, pool, { ...standsOn, wire });
  const metrics = prometheusMetrics(
    () => health.lag(),
    () => health.listeners(),
  );
  const countUndeliverable = metrics.registry.counter({
    name: 'contractor_undeliverable_reports_total',
    help: 'Reports of subcontractors that nobody could take; they are dead letters',
    labels: [],
  });
  const countLate = metrics.registry.counter({
    name: 'contractor_late_reports_total',
    help: 'Reports of subcontractors about tasks that had ended or were dispatched anew; they change nothing',
    labels: [],
  });
  const key = await secretKey(settings.secrets.secretKey, settings.runtime.data);
  const secrets = new Secrets(pool, key, {
    onError: (error) => log.warn('it could not be noted who was handed secrets', { error: String(error) }),
  });
  whenStopped(() => secrets.reads.stop());
  await secrets.start().catch((error: unknown) => {
    throw error instanceof WrongKey ? wrongKey(settings) : error;
  });
  const installation = await openInstallation(pool, settings.wire.installation);
  const nats = natsKey(Buffer.concat([key, Buffer.from(installation.data)]));
  await checkInstallationId(settings, installation, nats);
  const appModule = AppModule.of({
    settings,
    log,
    pool,
    secrets,
    installation,
    natsKey: nats,
    onUndeliverableReport: () => countUndeliverable({}),
    onLateReport: () => countLate({}),
    onAdministratorCreated: ({ name, password }) => {
      made({ name, password });
      if (settings.auth.adminPassword !== undefined) return;
      process.stdout.write(`The administrator is "${name}" with the password "${password}". It is shown only now.\n`);
    },
    eventSourcing: {
      store,
      pool,
      clock: systemClock(),
      snapshots: await postgresSnapshots(pool),
      onCommand: metrics.command,
      onConflict: metrics.conflict,
      onAppended: metrics.appended,
      onProjected: metrics.projected,
      onProjectorError: (error) => log.error('the projector failed', error),
      onReactionError: (error, reaction) => {
        metrics.reactionFailed(reaction);
        log.error('a reaction failed', error, { reaction });
      },
      onRebuildProgress: (progress) => log.info('read models are being rebuilt', { ...progress }),
    },
  });

  const pages = statusPages(() => health.state(), metrics);
  const { trustedProxies, tls, plainSignIn } = settings.http;
  const arrival = arrivalOf(trustedProxies, tls !== undefined);
  let dispatcher: HttpDispatcher = httpDispatcher([pages, ...startingAdapters], metrics, arrival);
  const certificate = tls && tlsCertificate(tls, log, whenStopped);
  if (certificate) health.certificate(certificate);
  else if (plainSignIn) health.plainSignIn();
  const serverFactory = (rest: RequestListener) =>
    createDispatchingServer(rest, () => dispatcher, metrics, certificate);
  const app = await NestFactory.create<NestFastifyApplication>(appModule, new FastifyAdapter({ serverFactory }), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  health.assembled(app);
  measureRetention(metrics.registry, app.get(Retention));
  const publisher = app.get(Publisher);
  if (publisher.isOn) measureZones(metrics.registry, publisher);
  measureDeliveries(metrics.registry, app.get(PostOffice));
  whenStopped(() => app.close());
  const server: Server = app.getHttpServer();
  acceptCustomVerbs(server, { fastPath: (request) => dispatcher(request, false), malformed: malformedRequest });
  await listen(server, settings.http);
  whenStopped(() => closeInTime(server));
  let plain: HttpDispatcher = () => undefined;
  const { plainPort } = settings.http;
  if (plainPort !== undefined) {
    const port = (): number => (server.address() as AddressInfo).port;
    const redirecting = createRedirectServer({ dispatcher: () => plain, port });
    await listen(redirecting, { host: settings.http.host, port: plainPort });
    whenStopped(() => closeInTime(redirecting));
  }

  const web = webFolder();
  if (web !== undefined) await serveWebPages(app, web);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const adapters = await protocolAdapters(app, settings, whenStopped);
  // What is for none of these is a page of the web UI, which the framework serves.
  dispatcher = httpDispatcher([...adapters, pages, ...(web === undefined ? [startPage] : [])], metrics, arrival);
  // Machines that boot know no authority: their documents and images can be had without TLS.
  plain = httpDispatcher(
    adapters.filter(({ name }) => name === 'config' || name === 'images'),
    metrics,
    arrivalOf(trustedProxies, false),
  );
  health.ready();
  return urlOf(server.address() as AddressInfo, certificate !== undefined);
}

/** Which key is not that of the secrets in the database. */
function wrongKey({ secrets, runtime }: Settings): BadSetting {
  const rule = 'is not the key of the secrets in this database: all servers on it need the same CONTRACTOR_SECRET_KEY';
  return secrets.secretKey === undefined
    ? new BadSetting('CONTRACTOR_DATA', runtime.data, `holds a secret.key that ${rule}`)
    : new BadSetting('CONTRACTOR_SECRET_KEY', '…', rule);
}

/** @throws BadSetting where another installation on this NATS has this id */
async function checkInstallationId({ wire }: Settings, installation: Installation, { seed }: NatsKey): Promise<void> {
  if (wire.natsUrl === undefined) return;
  try {
    await checkInstallation({ servers: wire.natsUrl, ...wire.natsTransport, installation, seed });
  } catch (cause) {
    if (!(cause instanceof InstallationTaken)) throw cause;
    throw new BadSetting('CONTRACTOR_INSTALLATION', installation.id, cause.message);
  }
}

const listen = (server: Server, { host, port }: Pick<Settings['http'], 'host' | 'port'>): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(addressFault(error, { host, port }) ?? error);
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });

/** The certificate of the server, which is read again when its files change, or on `SIGHUP`. */
function tlsCertificate(
  files: NonNullable<Settings['http']['tls']>,
  log: Logger,
  whenStopped: WhenStopped,
): TlsCertificate {
  const certificate = new TlsCertificate(files, {
    onRenewed: ({ subject, expires }) =>
      log.info('the certificate is another one now', { subject, expires: new Date(expires).toISOString() }),
    onRefused: (reason) => log.error('the new certificate cannot be used; the one before stays', new Error(reason)),
  });
  const reload = (): void => certificate.reload();
  process.on('SIGHUP', reload);
  whenStopped(async () => {
    process.off('SIGHUP', reload);
    certificate.stop();
  });
  return certificate;
}

/** Lets requests finish that are under way, and ends them when they take too long: what stands below has to be stopped too. */
async function closeInTime(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(late);
}

const urlOf = ({ address, port, family }: AddressInfo, secure: boolean): string =>
  `${secure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
