import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { legacyAccountsHealth } from '#auth';
import { Publisher } from '#dns';
import { Reactions } from '#event-sourcing';
import type { EventStore } from '#event-store';
import { Foreman, SubcontractorHealth } from '#foreman';
import { Retention } from '#integrity';
import { PostOffice } from '#post-office';
import type { TlsCertificate, TlsState } from '#http';
import type { ListenerState } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { Pool } from 'pg';
import type { Health, HealthState } from '#runtime';
import { databaseIndicator, eventStoreIndicator, healthOf, HealthRegistry } from '#runtime';

/** How long the log and the database may take to answer where they are asked how they are. */
const TIMEOUT_MS = 3000;

/** Undefined: it did not answer, or not in time. */
const inTime = <R>(answered: Promise<R>): Promise<R | undefined> =>
  Promise.race([answered, sleep(TIMEOUT_MS, undefined, { ref: false })]).catch(() => undefined);

/** Finds out how the server is, from the moment it listens. */
export class ServerHealth {
  readonly #store: EventStore;
  readonly #adapters: Readonly<Record<string, string>>;
  readonly #registry = new HealthRegistry();
  #app: INestApplicationContext | undefined;
  #ready = false;

  /** @param adapters what the server stands on, in words */
  constructor(store: EventStore, pool: Pool, adapters: Readonly<Record<string, string>>) {
    this.#store = store;
    this.#adapters = adapters;
    this.#registry.register('database', databaseIndicator(pool));
    this.#registry.register(
      'event store',
      eventStoreIndicator(() => store.head()),
    );
    this.#registry.register('foreman', async () => foremanHealth(this.#ready ? this.#app?.get(Foreman) : undefined));
    this.#registry.register('projector', async () => projectorHealth(this.#ready ? this.#projector : undefined));
  }

  /** The modules are put together; they may still be starting. */
  assembled(app: INestApplicationContext): void {
    this.#app = app;
    const subcontractors = app.get(SubcontractorHealth);
    this.#registry.register('subcontractors', () => subcontractors.check());
    const reads = app.get<ReadStore>(READ_STORE);
    this.#registry.register('accounts', () => legacyAccountsHealth(reads));
    const office = app.get(PostOffice);
    this.#registry.register('deliveries', () => office.health());
    const retention = app.get(Retention);
    this.#registry.register('retention', () => retention.health());
    const publisher = app.get(Publisher);
    if (publisher.isOn) this.#registry.register('zones', () => publisher.health());
  }

  /** The server serves HTTPS with this certificate. */
  certificate(certificate: TlsCertificate): void {
    this.#registry.register('tls', async () => tlsHealth(certificate.state));
  }

  /** Browsers may sign in over plain HTTP. */
  plainSignIn(): void {
    const reason = 'signing in over plain HTTP is allowed (CONTRACTOR_PLAIN_SIGN_IN): passwords can be read on the way';
    this.#registry.register('sign-in', async () => ({ status: 'degraded', reason }));
  }

  ready(): void {
    this.#ready = true;
  }

  /** Position of the last event of the log; undefined where it does not answer in time. */
  head(): Promise<bigint | undefined> {
    return inTime(this.#store.head());
  }

  /** Positions of the log the read models are behind; NaN where that cannot be told. */
  async lag(): Promise<number> {
    return Number((await this.head()) ?? Number.NaN) - Number(this.#projector?.reached ?? 0n);
  }

  /** How reactions, reconcilers and followers are getting on. */
  async listeners(): Promise<readonly ListenerState[]> {
    return (this.#app && (await inTime(this.#app.get(Reactions).states()))) ?? [];
  }

  async state(): Promise<Health> {
    const [head, listeners, checks] = await Promise.all([this.head(), this.listeners(), this.#registry.check()]);
    const projector = this.#projector;
    return healthOf({
      ready: this.#ready,
      head,
      reached: projector?.reached ?? 0n,
      projecting: projector?.leading ?? false,
      quarantined: projector?.quarantined ?? new Map(),
      adapters: this.#adapters,
      listeners,
      checks,
    });
  }

  get #projector(): ReadStore['projector'] | undefined {
    return this.#app?.get<ReadStore>(READ_STORE).projector;
  }
}

/** Whether the certificate is valid, and the one in the files. */
function tlsHealth({ refused, expired, ...details }: TlsState): HealthState {
  if (expired) return { status: 'degraded', reason: `the certificate has expired at ${details.expires}`, ...details };
  if (refused === undefined) return { status: 'ok', ...details };
  return { status: 'degraded', reason: `the new certificate is not used: ${refused}`, ...details };
}

/** Whether jobs go on: here, or by the server this one stands by for. */
function foremanHealth(foreman: Foreman | undefined): HealthState {
  if (!foreman) return { status: 'starting', reason: 'the modules are starting' };
  const { leading, fault, stalledJobs } = foreman;
  const state = leading ? 'leading' : 'standing-by';
  if (fault !== undefined) {
    const reason = `${leading ? 'it is not known whether jobs go on' : 'jobs do not go on'}: ${fault}`;
    return { status: 'degraded', reason };
  }
  if (stalledJobs === 0) return { status: 'ok', state };
  return { status: 'degraded', reason: `jobs wait for the database: ${stalledJobs}`, state };
}

/** Whether the read models follow the log: here, or in the server this one stands by for. */
function projectorHealth(projector: ReadStore['projector'] | undefined): HealthState {
  if (!projector) return { status: 'starting', reason: 'the modules are starting' };
  const { state, since, lastError, starting, doubt } = projector.status;
  const details = { state, since: since.toISOString(), ...(starting.length > 0 ? { starting } : {}) };
  const reason = lastError?.text ?? `it is ${state}`;
  if (doubt !== undefined) return { status: 'degraded', reason: doubt, ...details };
  if (state === 'projecting' || state === 'standing-by') return { status: 'ok', ...details };
  return { status: state === 'recovering' ? 'degraded' : 'down', reason, ...details };
}
