import type { BackoffOptions } from '#event-store';
import { backoffMs } from '#event-store';
import { noteInSpan, traced } from '#kernel';
import { reasonOf } from '#runtime';
import type { Waiting } from './delivery-queue.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { GuardedRequest } from './guarded-request.ts';

/** A delivery and who gets it. */
export interface Delivery extends Waiting {
  readonly subscriber: string;
  readonly kind: string;
  /** W3C `traceparent` of the span its event was decided in: the delivery is a span below it. */
  readonly trace?: string | undefined;
}

/** What becomes of deliveries is written down here. */
export interface DeliveryBook {
  /** What is to be sent. @returns undefined: it is not to be sent any more */
  body(n: number): Promise<string | undefined>;
  delivered(delivery: Delivery): Promise<void>;
  failed(
    delivery: Delivery,
    error: string,
    times: { readonly firstFailed: number; readonly nextTry: number },
  ): Promise<void>;
  giveUp(delivery: Delivery, error: string): Promise<void>;
}

/** How deliveries to a receiver are tried. */
export interface SendingPolicy extends BackoffOptions {
  /** How long after its first failure one is given up, in milliseconds. */
  readonly giveUpMs: number;
  /** How many are under way at once. */
  readonly maxConcurrent: number;
}

export interface DeliverySenderOptions {
  readonly policy: SendingPolicy;
  readonly book: DeliveryBook;
  /** Sends a request. @returns the status of the answer */
  readonly send: (request: GuardedRequest) => Promise<number>;
  /** The request that makes a delivery; undefined: its receiver is gone, and it with it. */
  readonly requestFor: (delivery: Delivery, body: string) => Promise<Omit<GuardedRequest, 'signal'> | undefined>;
  /** Why nothing may be sent now; undefined: it may. */
  readonly holdBack: () => string | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** One was made, its receiver having answered after so many seconds; it is written down already. */
  readonly onDelivered?: (delivery: Delivery, seconds: number) => Promise<void>;
  readonly onFailed?: (delivery: Delivery, error: string) => void;
  /** Something of our own went wrong: the database, say. */
  readonly onError: (error: unknown) => void;
}

/** After so many failures in a row, with nothing that went well, a receiver is only tried with one delivery at a time. */
const PROBE_AFTER = 8;
/** How long it waits where nothing may be sent, or where the books cannot be kept, in milliseconds. */
const HELD_BACK_MS = 500;

/** Makes the deliveries to one receiver, as many at once as may be, in their order about each object. */
export class DeliverySender {
  readonly #options: DeliverySenderOptions;
  readonly queue = new DeliveryQueue();
  #inFlight = 0;
  /** Failures since something last went well. */
  #failures = 0;
  /** Nothing is sent before this moment: the receiver seems to be down, or nothing may be sent. */
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: DeliverySenderOptions) {
    this.#options = options;
  }

  /** How many deliveries wait, those under way among them. */
  get size(): number {
    return this.queue.size;
  }

  /** Failures since something last went well. */
  get failures(): number {
    return this.#failures;
  }

  /** Takes deliveries up. @param notBefore when each may be made, in milliseconds since 1970; 0: at once */
  add(deliveries: readonly (Delivery & { readonly notBefore?: number })[]): void {
    for (const { notBefore = 0, ...delivery } of deliveries) this.queue.add(delivery, notBefore);
    this.#pump();
  }

  /** Tries at once what pauses. */
  wake(): void {
    this.#notBefore = 0;
    this.queue.wakeAll();
    this.#pump();
  }

  /** Begins nothing any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #pump(): void {
    const { now, policy, signal, holdBack } = this.#options;
    if (this.#stopped || signal.aborted) return;
    const at = now();
    if (this.queue.size > this.#inFlight && holdBack() !== undefined) this.#notBefore = at + HELD_BACK_MS;
    const limit = this.#failures < PROBE_AFTER ? policy.maxConcurrent : 1;
    while (at >= this.#notBefore && this.#inFlight < limit) {
      const delivery = this.queue.take(at);
      if (!delivery) break;
      this.#inFlight += 1;
      void this.#make(delivery as Delivery).then(() => {
        this.#inFlight -= 1;
        this.#pump();
      });
    }
    if (this.#inFlight >= limit) return;
    const next = Math.max(
      this.#notBefore,
      this.queue.ready > 0 ? 0 : (this.queue.nextWake ?? Number.POSITIVE_INFINITY),
    );
    clearTimeout(this.#timer);
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#pump(), Math.max(1, next - at)).unref();
  }

  async #make(delivery: Delivery): Promise<void> {
    const { book, signal, now, onError } = this.#options;
    try {
      const body = delivery.body ?? (await book.body(delivery.n));
      const tried = body === undefined ? undefined : await this.#try(delivery, body);
      if (!tried) return this.queue.done(delivery);
      if (signal.aborted) return;
      if (tried.failure === undefined) await this.#delivered(delivery, tried.seconds);
      else await this.#failed(delivery, tried.failure);
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      this.queue.failed(delivery, now() + HELD_BACK_MS);
    }
  }

  /** Sends a delivery once, in the trace of its event. @returns undefined: its receiver is gone */
  #try(delivery: Delivery, body: string) {
    const { kind, id, tries, trace: parent } = delivery;
    const attributes = { 'contractor.delivery': id, 'contractor.tries': tries + 1 };
    return traced(`deliver ${kind}`, { kind: 'client', parent, attributes }, async () => {
      const request = await this.#options.requestFor(delivery, body);
      if (!request) return undefined;
      const begun = performance.now();
      const failure = await this.#send(request);
      if (failure !== undefined) noteInSpan({}, true);
      return { failure, seconds: (performance.now() - begun) / 1000 };
    });
  }

  /** @returns why it failed; undefined: it did not */
  async #send(request: Omit<GuardedRequest, 'signal'>): Promise<string | undefined> {
    const { send, signal } = this.#options;
    try {
      const status = await send({ ...request, signal });
      return status >= 200 && status < 300 ? undefined : `the receiver answers ${status}`;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async #delivered(delivery: Delivery, seconds: number): Promise<void> {
    const { book, onDelivered } = this.#options;
    await this.#persist(() => book.delivered(delivery));
    const wasDown = this.#failures >= PROBE_AFTER;
    this.#failures = 0;
    this.#notBefore = 0;
    await onDelivered?.(delivery, seconds);
    this.queue.done(delivery);
    if (wasDown) this.queue.wakeAll();
  }

  async #failed(delivery: Delivery, error: string): Promise<void> {
    const { book, policy, now, onFailed } = this.#options;
    const at = now();
    const firstFailed = delivery.firstFailed ?? at;
    this.#failures += 1;
    onFailed?.(delivery, error);
    if (at - firstFailed >= policy.giveUpMs) {
      await this.#persist(() => book.giveUp(delivery, error));
      this.queue.done(delivery);
    } else {
      const tries = delivery.tries + 1;
      const nextTry = Math.min(at + backoffMs(tries, policy), firstFailed + policy.giveUpMs);
      await this.#persist(() => book.failed(delivery, error, { firstFailed, nextTry }));
      this.queue.failed({ ...delivery, tries, firstFailed }, nextTry);
    }
    const beyond = this.#failures - PROBE_AFTER;
    if (beyond >= 0) this.#notBefore = at + backoffMs(beyond + 1, policy);
  }

  /** Writes something down, however long that takes: what was acknowledged is not to be sent again. */
  async #persist(task: () => Promise<void>): Promise<void> {
    const { signal, onError } = this.#options;
    for (;;) {
      try {
        return await task();
      } catch (error) {
        if (signal.aborted) throw error;
        onError(error);
        await new Promise((resolve) => setTimeout(resolve, HELD_BACK_MS).unref());
        signal.throwIfAborted();
      }
    }
  }
}
