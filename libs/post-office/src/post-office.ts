import { randomUUID } from 'node:crypto';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Clock, EventStore, Position } from '#event-store';
import { Leadership } from '#event-store';
import type { Logger } from '#kernel';
import { refuse, writeJson } from '#kernel';
import type { Follower } from '#reactions';
import type { ReadStore } from '#read-store';
import type { HealthState } from '#runtime';
import { reasonOf } from '#runtime';
import type { DeliveryLedger } from './delivery-ledger.ts';
import type { DeliveryTermOptions } from './delivery-term.ts';
import { DeliveryTerm } from './delivery-term.ts';
import type { GuardedRequests } from './guarded-request.ts';
import type { DeliveryCounts, KeptDeliveries } from './kept-deliveries.ts';
import { PUBLIC_EVENTS_VERSION } from './public-kinds.ts';
import type { Receivers } from './receivers.ts';
import { subscriptions } from './subscriptions.ts';

/** Name of the duty: one process per database makes the deliveries. */
const DUTY = 'post office';
/** How long the read models may take to be there before a term is tried again, in milliseconds. */
const MAX_BEHIND_MS = 60_000;

/** What became of a test delivery. */
export interface PingResult {
  readonly delivered: boolean;
  /** Status of the answer; null where there was none. */
  readonly status: number | null;
  /** Why it was not delivered. */
  readonly error: string | null;
  readonly seconds: number;
}

export interface PostOfficeOptions extends Omit<DeliveryTermOptions, 'observer' | 'doubt'> {
  readonly store: EventStore;
  readonly reads: ReadStore;
  readonly pool: Pool;
  readonly ledger: DeliveryLedger;
  readonly kept: KeptDeliveries;
  readonly receivers: Receivers;
  readonly requests: GuardedRequests;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Tells outsiders of what happens. One process per database does so ({@link DeliveryTerm}); another one goes on where it
 * ends. While there is neither a subscription nor a box it reads nothing of the log but who is to be told.
 */
export class PostOffice implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #options: PostOfficeOptions;
  readonly #leadership: Leadership;
  #term: DeliveryTerm | undefined;
  #observed: { readonly delivered: (seconds: number) => void; readonly failed: () => void } = {
    delivered: () => undefined,
    failed: () => undefined,
  };

  constructor(options: PostOfficeOptions) {
    this.#options = options;
    const { pool, log } = options;
    this.#leadership = new Leadership({
      pool,
      name: DUTY,
      duty: { prepare: () => this.#prepare(), begin: () => this.#begin(), end: () => this.#end() },
      onError: (error) => log.error('this server does not, or no longer, make deliveries', error),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#options.ledger.start();
    await this.#leadership.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#leadership.stop();
    this.#options.requests.close();
  }

  /** Told of every delivery that is made, and of every failure. */
  observe(observer: { readonly delivered: (seconds: number) => void; readonly failed: () => void }): void {
    this.#observed = observer;
  }

  /** What keeps it informed of who is to be told. */
  get followers(): readonly Follower[] {
    return [
      {
        kind: 'follower',
        name: 'post-office.receivers',
        categories: ['subscription', 'box'],
        begin: (): Promise<Position> => this.#options.store.head(),
        handle: (events) => {
          if (events.length > 0) this.#refresh();
        },
      },
      {
        kind: 'follower',
        name: 'post-office.places',
        categories: ['site', 'blueprint'],
        types: [
          'SiteDefined',
          'SiteMoved',
          'SiteDeleted',
          'BluePrintDefined',
          'BluePrintParentsChosen',
          'BluePrintDeleted',
        ],
        begin: (): Promise<Position> => this.#options.store.head(),
        handle: (events) => {
          if (events.length > 0) this.#refresh();
        },
      },
    ];
  }

  /** Whether this process makes the deliveries. */
  get leading(): boolean {
    return this.#leadership.leading;
  }

  /** How deliveries stand, by how the ledger knows their receivers. */
  counts(): Promise<Map<string, DeliveryCounts>> {
    return this.#options.kept.counts();
  }

  /** Sends a test delivery to a subscription, now and once. @throws Refusal where there is none of this name */
  async ping(name: string): Promise<PingResult> {
    const { receivers, requests, clock, store } = this.#options;
    const row = await this.#subscription(name);
    const id = randomUUID();
    const body = writeJson({
      version: PUBLIC_EVENTS_VERSION,
      id,
      kind: 'ping',
      position: String(await store.head()),
      at: clock.now(),
      actor: 'system',
      request: id,
      reason: null,
      object: { model: 'PostOffice/Subscription', id: name },
      site: row.site,
      blueprint: row.blueprint,
      data: {},
    });
    const begun = performance.now();
    const since = (): number => Math.round(performance.now() - begun) / 1000;
    try {
      const request = await receivers.toSubscription(row, { id }, body);
      const status = await requests.send({ ...request, signal: new AbortController().signal });
      const delivered = status >= 200 && status < 300;
      return { delivered, status, error: delivered ? null : `the receiver answers ${status}`, seconds: since() };
    } catch (error) {
      return { delivered: false, status: null, error: reasonOf(error), seconds: since() };
    }
  }

  /** Forgets what waits for a subscription and what has happened up to now. @returns how many deliveries waited */
  async skip(name: string): Promise<number> {
    const { store, kept } = this.#options;
    const { token } = await this.#subscription(name);
    return kept.skip(token, await store.head());
  }

  /** Whether deliveries are made: here, or by the server this one stands by for. */
  async health(): Promise<HealthState> {
    const { fault, doubt, leading } = this.#leadership;
    const state = leading ? 'leading' : 'standing-by';
    if (fault ?? doubt) return { status: 'degraded', reason: `deliveries may not be made: ${fault ?? doubt}`, state };
    const counts = await this.counts();
    const rows = (await this.#options.reads.now.list(subscriptions)).rows;
    const failing = rows.flatMap(({ key, row }) => {
      const { waiting = 0, lastFailed = null, lastDelivered = null } = counts.get(row.token) ?? {};
      const fails =
        row.enabled && waiting > 0 && lastFailed !== null && (lastDelivered === null || lastDelivered < lastFailed);
      return fails ? [String(key)] : [];
    });
    const dead = [...counts.values()].reduce((sum, one) => sum + one.dead, 0);
    const details = { state, subscriptions: rows.length, dead };
    if (failing.length === 0) return { status: 'ok', ...details };
    return { status: 'degraded', reason: `deliveries fail to: ${failing.slice(0, 10).join(', ')}`, ...details };
  }

  #refresh(): void {
    const { log } = this.#options;
    this.#term?.refresh().catch((error: unknown) => log.error('it could not be looked who is to be told', error));
  }

  async #subscription(name: string) {
    const row = await this.#options.reads.now.get(subscriptions, name);
    if (!row) throw refuse('', 'NOT_FOUND', `there is no subscription ${name}`);
    return row;
  }

  async #prepare(): Promise<void> {
    const { reads, store } = this.#options;
    if (!(await reads.projector.caughtUp(await store.head(), MAX_BEHIND_MS)))
      throw new Error('the read models are late');
  }

  #begin(): void {
    this.#term = new DeliveryTerm({
      ...this.#options,
      observer: {
        delivered: (seconds) => this.#observed.delivered(seconds),
        failed: () => this.#observed.failed(),
      },
      doubt: () => this.#leadership.doubt,
    });
    this.#term.begin();
  }

  async #end(): Promise<void> {
    const term = this.#term;
    this.#term = undefined;
    await term?.end();
  }
}
