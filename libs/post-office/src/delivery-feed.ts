import { secretNames } from '#config';
import type {
  EventStore,
  LoggedEvent,
  Position,
  StoredEvent,
  Subscription as LogSubscription,
  Upcasters,
} from '#event-store';
import { recorded } from '#event-store';
import { writeJson } from '#kernel';
import type { CursorMove, DeliveryLedger } from './delivery-ledger.ts';
import { CursorLost } from './delivery-ledger.ts';
import type { EventFactsReader } from './event-facts.ts';
import type { PublicEvent } from './public-event.ts';
import { orRestricted, publicEvent, publicKind } from './public-event.ts';
import type { NewDelivery, WaitingDelivery } from './waiting-delivery.ts';

/** Who is told of public events, as the feed needs to know it. */
export interface FeedConsumer {
  /** How the ledger knows it. */
  readonly subscriber: string;
  /** Behind which position it begins where the ledger knows nothing of it. */
  readonly begins: Position;
  /** Whether it may be told of events of a type in a stream. */
  wants(event: Pick<StoredEvent, 'stream' | 'type'>): boolean;
  /**
   * What it is to be told of an event it wants; the event as outsiders are told it is made when it is asked for.
   * Undefined where it is told nothing after all.
   */
  deliveriesFor(event: LoggedEvent, told: () => Promise<PublicEvent | undefined>): Promise<readonly NewDelivery[]>;
  /** How many deliveries may be added now; where it is 0, the log is read on for it later. */
  capacity(): number;
}

export interface DeliveryFeedOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'readAll' | 'head'>;
  readonly upcasters: Upcasters;
  readonly ledger: Pick<DeliveryLedger, 'cursors' | 'add' | 'moveOn'>;
  readonly facts: Pick<EventFactsReader, 'of'>;
  /** Categories of the streams that consumers may want. */
  readonly categories: readonly string[];
  /** Resolves when the read models show the log up to a position. @throws Error where that takes too long */
  readonly shown: (position: Position) => Promise<void>;
  /** Names of secrets that were declared. */
  readonly declaredSecrets: () => Promise<readonly string[]>;
  readonly onAdded: (deliveries: readonly WaitingDelivery[]) => void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** How many events are read at a time for who is behind. */
const PAGE = 500;
/** How often cursors are moved on that nothing was added for, in milliseconds. */
const MOVE_MS = 5000;
/** How long it waits before it looks again for who is behind, in milliseconds. */
const RETRY_MS = 1000;

/** A consumer, and how far the log was looked through for it. */
interface Following {
  consumer: FeedConsumer;
  /** As the ledger has it. */
  stored: Position;
  reached: Position;
  /** Behind the others: it reads the log by itself until it has caught up. */
  behind: boolean;
}

/**
 * Makes deliveries out of the log: those who are up to date are told of new events together; who is behind, because it is
 * new or because too much waits for it, reads on by itself and holds nobody up. While there is nobody, nothing is read.
 */
export class DeliveryFeed {
  readonly #options: DeliveryFeedOptions;
  readonly #following = new Map<string, Following>();
  #tail: LogSubscription | undefined;
  /** How far the log was looked through for those who are up to date. */
  #reached: Position = 0n;
  #turn: Promise<void> = Promise.resolve();
  #catchingUp = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeliveryFeedOptions) {
    this.#options = options;
  }

  /** Who is told from now on; who is not among them any more is told nothing. */
  async setConsumers(consumers: readonly FeedConsumer[]): Promise<void> {
    await this.#alone(async () => {
      const names = new Set(consumers.map(({ subscriber }) => subscriber));
      for (const name of this.#following.keys()) if (!names.has(name)) this.#following.delete(name);
      const added = consumers.filter(({ subscriber }) => !this.#following.has(subscriber));
      for (const consumer of consumers) {
        const known = this.#following.get(consumer.subscriber);
        if (known) known.consumer = consumer;
      }
      if (added.length > 0) await this.#open(added);
      if (this.#following.size === 0) await this.#end();
      else if (!this.#tail) await this.#begin();
    });
    void this.#catchUp();
  }

  /** Looks whether who is behind may read on. */
  wake(): void {
    void this.#catchUp();
  }

  /** How far the log was looked through for the one that is furthest behind; undefined: there is nobody. */
  get reached(): Position | undefined {
    let least: Position | undefined;
    for (const { reached } of this.#following.values()) if (least === undefined || reached < least) least = reached;
    return least;
  }

  async stop(): Promise<void> {
    await this.#end();
    await this.#turn;
  }

  async #open(consumers: readonly FeedConsumer[]): Promise<void> {
    const first = new Map(consumers.map(({ subscriber, begins }) => [subscriber, begins]));
    const cursors = await this.#options.ledger.cursors(first);
    for (const consumer of consumers) {
      const stored = cursors.get(consumer.subscriber) ?? consumer.begins;
      this.#following.set(consumer.subscriber, { consumer, stored, reached: stored, behind: true });
    }
  }

  async #begin(): Promise<void> {
    const { store, categories, onError } = this.#options;
    this.#reached = await store.head();
    this.#tail = store.subscribe(
      this.#reached,
      (events, end) =>
        this.#alone(async () => {
          await this.#take(
            [...this.#following.values()].filter(({ behind }) => !behind),
            events,
            end,
          );
          this.#reached = end;
        }),
      { categories, onError },
    );
    this.#timer = setInterval(() => void this.#alone(() => this.#moveOn()).catch(onError), MOVE_MS).unref();
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.stop();
  }

  /** Reads on for those who are behind, in slices, so that nobody waits for them. */
  async #catchUp(): Promise<void> {
    const { signal, onError } = this.#options;
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      for (;;) {
        const ready = [...this.#following.values()].filter((one) => one.behind && one.consumer.capacity() > 0);
        if (ready.length === 0 || signal.aborted) break;
        for (const one of ready) await this.#readOn(one);
      }
    } catch (error) {
      if (!signal.aborted) {
        onError(error);
        setTimeout(() => this.wake(), RETRY_MS).unref();
      }
    } finally {
      this.#catchingUp = false;
    }
  }

  async #readOn(one: Following): Promise<void> {
    const { store, categories } = this.#options;
    const { events, end } = await store.readAll(one.reached, { categories, limit: PAGE });
    await this.#alone(async () => {
      if (this.#following.get(one.consumer.subscriber) !== one) return;
      await this.#take([one], events, end);
      if (events.length === 0 && one.reached < this.#reached) {
        // Only where it goes no further there is nothing left: what was read may be of other categories alone.
        const left = await store.readAll(one.reached, { categories, limit: 1 });
        if (left.end <= one.reached) one.reached = this.#reached;
      }
      // From here on it is told with the others, of what comes behind `#reached`.
      one.behind = one.reached < this.#reached || one.consumer.capacity() <= 0;
    });
  }

  /** Makes deliveries of events for some consumers, each of those behind where it has come to. */
  async #take(all: readonly Following[], stored: readonly StoredEvent[], end: Position): Promise<void> {
    const wanted = stored.filter((event) =>
      all.some(({ consumer, reached }) => event.position > reached && consumer.wants(event)),
    );
    if (wanted.length > 0) await this.#make(all, wanted);
    for (const one of all) one.reached = max(one.reached, end);
  }

  async #make(all: readonly Following[], wanted: readonly StoredEvent[]): Promise<void> {
    const { upcasters, shown, declaredSecrets, facts, ledger, onAdded } = this.#options;
    await shown(wanted.at(-1)?.position ?? 0n);
    const isSecret = orRestricted(secretNames(await declaredSecrets()));
    const deliveries: NewDelivery[] = [];
    const moves = new Map<Following, Position>();
    for (const event of wanted) {
      const logged = recorded(event, upcasters);
      let told: Promise<PublicEvent | undefined> | undefined;
      const tell = () => (told ??= facts.of(logged).then((known) => publicEvent(logged, known, isSecret)));
      for (const one of all) {
        if (event.position <= one.reached || !one.consumer.wants(event)) continue;
        const made = await one.consumer.deliveriesFor(logged, tell);
        deliveries.push(...made);
        moves.set(one, event.position);
      }
    }
    const cursors = [...moves].map(([{ consumer, stored }, to]): CursorMove => ({
      subscriber: consumer.subscriber,
      from: stored,
      to,
    }));
    try {
      const added = await ledger.add(deliveries, cursors);
      for (const [one, to] of moves) {
        one.stored = to;
        one.reached = to;
        if (one.consumer.capacity() <= 0) one.behind = true;
      }
      onAdded(added);
    } catch (error) {
      if (error instanceof CursorLost) {
        await this.#open([...moves.keys()].map(({ consumer }) => consumer));
        setTimeout(() => this.wake(), RETRY_MS).unref();
      }
      throw error;
    }
  }

  /** Moves the cursors on of those that are up to date, though nothing was for them. */
  async #moveOn(): Promise<void> {
    const { ledger } = this.#options;
    const upToDate = [...this.#following.values()].filter((one) => !one.behind && one.reached > one.stored);
    if (upToDate.length === 0) return;
    const to = this.#reached;
    const moved = upToDate.filter((one) => one.stored < to);
    await ledger.moveOn(
      moved.map(({ consumer }) => consumer.subscriber),
      to,
    );
    for (const one of moved) one.stored = to;
  }

  /** One after the other. */
  #alone(task: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

const max = (one: Position, other: Position): Position => (one > other ? one : other);

/** The delivery of a public event to a subscriber. @param trace `traceparent` of the span the event was decided in */
export const deliveryOf = (subscriber: string, event: PublicEvent, trace?: string): NewDelivery => ({
  subscriber,
  id: event.id,
  object: `${event.object.model} ${event.object.id}`,
  kind: event.kind,
  body: writeJson(event),
  trace,
});

/** Whether outsiders may be told of events of a type in a stream. */
export const isPublic = (event: Pick<StoredEvent, 'stream' | 'type'>): boolean => publicKind(event) !== undefined;
