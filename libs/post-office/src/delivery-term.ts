import type { Pool } from 'pg';
import { declaredSecretsNow } from '#api';
import type { Clock, CommandGateway, EventStore, Upcasters } from '#event-store';
import { CommandContext } from '#event-store';
import type { Logger } from '#kernel';
import type { People } from '#people';
import type { Key, ReadStore } from '#read-store';
import { batched } from './batched.ts';
import { DeleteFoundationBox, DeleteStructureBox } from './box.commands.ts';
import { boxes } from './boxes.ts';
import { POSTS, postsConsumer, selectionOf, subscriptionConsumer } from './consumers.ts';
import { DeliveryFeed } from './delivery-feed.ts';
import type { DeliveryLedger } from './delivery-ledger.ts';
import type { Delivery, DeliveryBook, SendingPolicy } from './delivery-sender.ts';
import { DeliverySender } from './delivery-sender.ts';
import type { EventFactsReader } from './event-facts.ts';
import type { GuardedRequests } from './guarded-request.ts';
import { FinishPost, MakePost } from './post.commands.ts';
import { posts } from './post.ts';
import { PUBLIC_CATEGORIES } from './public-kinds.ts';
import type { Receivers } from './receivers.ts';
import { boxOf, subscriberOfBox } from './receivers.ts';
import type { SubscriptionRow } from './subscriptions.ts';
import { isActive, subscriptions } from './subscriptions.ts';
import { POSTED_CATEGORIES } from './told-boxes.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

/** How many deliveries may wait for all boxes together before no more are made. */
const MAX_WAITING_BOXES = 10_000;
/** How many deliveries are written down, or read, with one statement. */
const MAX_BATCH = 256;
/** How often it is looked whether somebody has put deliveries back, in milliseconds. */
const REQUEUED_MS = 1000;
/** How often boxes that have expired are removed, in milliseconds. */
const CLEAN_UP_MS = 60_000;
/** A post whose deliveries are not there yet is left alone for so long, in milliseconds. */
const POST_AGE_MS = 60_000;
/** How long the read models may take to show an event before it is tried again, in milliseconds. */
const SHOWN_MS = 10_000;

/** How deliveries are made. */
export interface DeliveryPolicy extends SendingPolicy {
  /** How many deliveries may wait for a subscriber; with as many the log is read on for it later. */
  readonly maxWaiting: number;
}

/** Told what happens to deliveries. */
export interface DeliveryObserver {
  delivered(seconds: number): void;
  failed(): void;
}

export interface DeliveryTermOptions {
  readonly store: EventStore;
  readonly upcasters: Upcasters;
  readonly reads: ReadStore;
  readonly pool: Pool;
  readonly ledger: DeliveryLedger;
  readonly facts: EventFactsReader;
  readonly receivers: Receivers;
  readonly requests: GuardedRequests;
  /** Tells who is who in what is sent. */
  readonly people: Pick<People, 'shown'>;
  readonly gateway: CommandGateway;
  readonly clock: Clock;
  readonly log: Logger;
  readonly policy: DeliveryPolicy;
  readonly observer: DeliveryObserver;
  /** Why it is not known whether this process still has the duty; undefined: it is known. */
  readonly doubt: () => string | undefined;
}

/** The time in which this process makes the deliveries: it makes them out of the log, and sends them. */
export class DeliveryTerm {
  readonly #options: DeliveryTermOptions;
  readonly #over = new AbortController();
  readonly #senders = new Map<string, DeliverySender>();
  readonly #feed: DeliveryFeed;
  readonly #book: DeliveryBook;
  #subscribers: ReadonlyMap<string, SubscriptionRow> = new Map();
  #refreshing: Promise<void> | undefined;
  #again = false;
  /** Whether what waited before this process made the deliveries is queued. */
  #hasFormer = false;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(options: DeliveryTermOptions) {
    this.#options = options;
    const { store, upcasters, ledger, facts, reads } = options;
    const delivered = batched<number, void>(async (numbers) => {
      await ledger.delivered(numbers);
      return [];
    }, MAX_BATCH);
    const bodies = batched<number, string | undefined>(async (numbers) => {
      const found = await ledger.bodies(numbers);
      return numbers.map((n) => found.get(n));
    }, MAX_BATCH);
    this.#book = {
      body: bodies,
      delivered: ({ n }) => delivered(n),
      failed: (delivery, error, times) => ledger.failed(delivery, error, times),
      giveUp: (delivery, error) => this.#giveUp(delivery, error),
    };
    this.#feed = new DeliveryFeed({
      store,
      upcasters,
      ledger,
      facts,
      categories: [...new Set([...PUBLIC_CATEGORIES, ...POSTED_CATEGORIES])],
      shown: async (position) => {
        if (!(await reads.projector.caughtUp(position, SHOWN_MS))) throw new Error('the read models are late');
      },
      declaredSecrets: () => declaredSecretsNow(reads),
      onAdded: (deliveries) => this.#add(deliveries),
      onError: (error) => this.#failed('deliveries could not be made out of the log', error),
      signal: this.#over.signal,
    });
  }

  /** How many deliveries wait in this process, and how many receivers fail. */
  get figures(): { readonly waiting: number; readonly failing: number } {
    const all = [...this.#senders.values()];
    return {
      waiting: all.reduce((sum, { size }) => sum + size, 0),
      failing: all.filter(({ failures, size }) => failures > 0 && size > 0).length,
    };
  }

  begin(): void {
    void this.#start();
  }

  async #start(): Promise<void> {
    const { ledger } = this.#options;
    while (!this.#over.signal.aborted) {
      try {
        await this.refresh();
        await this.#cleanUp();
        break;
      } catch (error) {
        this.#failed('what waits to be delivered could not be read', error);
        await new Promise((resolve) => setTimeout(resolve, REQUEUED_MS).unref());
      }
    }
    if (this.#over.signal.aborted) return;
    const every = (ms: number, what: string, task: () => Promise<void>) =>
      setInterval(() => void task().catch((error: unknown) => this.#failed(what, error)), ms).unref();
    this.#timers = [
      every(REQUEUED_MS, 'what was put back could not be read', async () => this.#add(await ledger.requeued())),
      every(CLEAN_UP_MS, 'what is over could not be removed', () => this.#cleanUp()),
    ];
  }

  /** Looks anew who is to be told what. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#refreshing ??= this.#refreshAll().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async end(): Promise<void> {
    this.#over.abort(new Error('another process makes the deliveries now'));
    for (const timer of this.#timers) clearInterval(timer);
    for (const sender of this.#senders.values()) sender.stop();
    await this.#feed.stop();
    await this.#refreshing?.catch(() => undefined);
  }

  async #refreshAll(): Promise<void> {
    const { reads, store, clock, ledger } = this.#options;
    while (this.#again && !this.#over.signal.aborted) {
      this.#again = false;
      const former = this.#hasFormer ? [] : await ledger.waiting();
      if (!(await reads.projector.caughtUp(await store.head(), SHOWN_MS))) throw new Error('the read models are late');
      // Those it knew before it was looked who is there: whoever is not there is gone, and not new.
      const before = await ledger.subscribers();
      const all = (await reads.now.list(subscriptions)).rows.map(({ row }) => row);
      const boxRows = (await reads.now.list(boxes)).rows;
      this.#subscribers = new Map(all.map((row) => [row.token, row]));
      const active = all.filter((row) => isActive(row, clock.now()));
      const consumers = await Promise.all(
        active.map(async (row) => {
          const capacity = () => this.#options.policy.maxWaiting - (this.#senders.get(row.token)?.size ?? 0);
          return subscriptionConsumer(row, await selectionOf(row, reads), capacity);
        }),
      );
      const first = boxRows.map(({ row }) => BigInt(row.begins)).reduce<bigint | undefined>(least, undefined);
      if (first !== undefined) consumers.push(this.#postsConsumer(first));
      const known = new Set([...all.map(({ token }) => token), ...boxRows.map(({ key }) => subscriberOfBox(key))]);
      if (first !== undefined) known.add(POSTS);
      // Before the feed adds what came later: each object is told of in order.
      this.#add(former.filter(({ subscriber }) => known.has(subscriber)));
      this.#hasFormer = true;
      await this.#feed.setConsumers(consumers);
      const gone = before.filter((name) => !known.has(name));
      if (gone.length > 0) await ledger.forget(gone);
      for (const name of gone) this.#remove(name);
      // What is switched on again has not been tried for long.
      for (const { token } of active) this.#senders.get(token)?.wake();
    }
  }

  #postsConsumer(begins: bigint) {
    const { reads, gateway, clock } = this.#options;
    return postsConsumer({
      reads,
      begins,
      capacity: () => Math.min(MAX_WAITING_BOXES, this.#options.policy.maxWaiting) - this.#boxesWaiting(),
      make: async (post, { eventId, correlation }) => {
        const request = `post-office/${eventId}`;
        const metadata = { actor: 'system', request, idempotencyKey: request, correlation, causation: eventId };
        await gateway.execute(new MakePost(post), new CommandContext({ metadata, now: clock.now() }));
      },
    });
  }

  #boxesWaiting(): number {
    let sum = 0;
    for (const [name, { size }] of this.#senders) if (boxOf(name) !== undefined) sum += size;
    return sum;
  }

  #remove(subscriber: string): void {
    this.#senders.get(subscriber)?.stop();
    this.#senders.delete(subscriber);
  }

  #add(deliveries: readonly WaitingDelivery[]): void {
    const { clock } = this.#options;
    const bySubscriber = new Map<string, WaitingDelivery[]>();
    for (const delivery of deliveries) {
      const all = bySubscriber.get(delivery.subscriber);
      if (all) all.push(delivery);
      else bySubscriber.set(delivery.subscriber, [delivery]);
    }
    for (const [subscriber, all] of bySubscriber) {
      this.#senderOf(subscriber).add(
        all.map(({ nextTry, ...delivery }) => ({
          ...delivery,
          notBefore: nextTry !== undefined && nextTry > clock.millis() ? nextTry : 0,
        })),
      );
    }
  }

  #senderOf(subscriber: string): DeliverySender {
    const known = this.#senders.get(subscriber);
    if (known) return known;
    const { policy, requests, clock, doubt, observer } = this.#options;
    const id = boxOf(subscriber);
    const sender = new DeliverySender({
      policy,
      book: this.#book,
      send: (request) => requests.send(request),
      requestFor: (delivery, body) => this.#requestFor(delivery, body),
      holdBack: () => doubt() ?? (id === undefined ? this.#heldBack(subscriber) : undefined),
      signal: this.#over.signal,
      now: () => clock.millis(),
      onDelivered: async (delivery, seconds) => {
        observer.delivered(seconds);
        if (id !== undefined) await this.#boxDelivered(id, delivery, sender);
        // There is room for more.
        this.#feed.wake();
      },
      onFailed: () => observer.failed(),
      onError: (error) => this.#failed('a delivery could not be written down', error),
    });
    this.#senders.set(subscriber, sender);
    return sender;
  }

  /** Why nothing is sent to a subscriber now. */
  #heldBack(subscriber: string): string | undefined {
    const row = this.#subscribers.get(subscriber);
    return row && !isActive(row, this.#options.clock.now()) ? 'it is switched off, or has expired' : undefined;
  }

  async #requestFor(delivery: Delivery, kept: string) {
    const { receivers, ledger, people } = this.#options;
    const body = await people.shown(kept);
    const id = boxOf(delivery.subscriber);
    if (id !== undefined) {
      const request = await receivers.toBox(id, body);
      if (!request) await ledger.drop(delivery.subscriber);
      return request;
    }
    const row = this.#subscribers.get(delivery.subscriber);
    return row && receivers.toSubscription(row, delivery, body);
  }

  /** A box has got a delivery: one that is for one delivery goes, and so does a post that all boxes have got. */
  async #boxDelivered(id: number, delivery: Delivery, sender: DeliverySender): Promise<void> {
    const { reads, ledger } = this.#options;
    const row = await reads.now.get(boxes, id);
    if (row?.oneShot === true) {
      sender.stop();
      await ledger.drop(delivery.subscriber);
      await this.#deleteBox(id, row.kind);
    }
    await this.#finishPosts([delivery.id]);
  }

  async #giveUp(delivery: Delivery, error: string): Promise<void> {
    const { ledger, log } = this.#options;
    await ledger.giveUp(delivery, error);
    const { subscriber, id, object, kind } = delivery;
    log.warn('a delivery was given up', { subscriber, id, object, kind, error });
    if (boxOf(subscriber) !== undefined) await this.#finishPosts([id]);
    this.#feed.wake();
  }

  /** Finishes those posts about these events that no box waits for any more. */
  async #finishPosts(about: readonly string[]): Promise<void> {
    const { reads, ledger } = this.#options;
    const waiting = await ledger.stillWaiting(about);
    for (const event of about.filter((one) => !waiting.has(one))) {
      for (const key of (await reads.now.keys(posts, { where: { about: event } })).keys) {
        await this.#execute(new FinishPost(key));
      }
    }
  }

  #deleteBox(id: Key, kind: string): Promise<unknown> {
    return this.#execute(kind === 'Foundation' ? new DeleteFoundationBox([id]) : new DeleteStructureBox([id]));
  }

  #execute(command: Parameters<CommandGateway['execute']>[0]): Promise<unknown> {
    const { gateway, clock } = this.#options;
    return gateway.execute(command, CommandContext.system(clock.now()));
  }

  /** Removes boxes that have expired or were used, and finishes posts that nobody waits for. */
  async #cleanUp(): Promise<void> {
    const { reads, ledger, clock } = this.#options;
    const now = clock.now();
    for (const { key, row } of (await reads.now.list(boxes)).rows) {
      const used = row.oneShot && (await ledger.hasDelivered(subscriberOfBox(key)));
      if (used || !isActive({ enabled: true, expires: row.expires }, now)) await this.#deleteBox(key, row.kind);
    }
    const old = (await reads.now.list(posts)).rows.filter(
      ({ row }) => Date.parse(now) - Date.parse(row.created) > POST_AGE_MS,
    );
    if (old.length > 0) await this.#finishPosts(old.map(({ row }) => row.about));
    const expired = [...this.#subscribers.values()].some((row) => !isActive(row, now));
    if (expired) await this.refresh();
  }

  #failed(message: string, error: unknown): void {
    if (!this.#over.signal.aborted) this.#options.log.error(message, error);
  }
}

const least = (one: bigint | undefined, other: bigint): bigint => (one === undefined || other < one ? other : one);
