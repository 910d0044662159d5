import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Reactions } from '#event-sourcing';
import type { EventStore } from '#event-store';
import type { ListenerState } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { Health } from '#runtime';
import { healthOf } from '#runtime';

/** How long the log and the database may take to answer where they are asked how they are. */
const TIMEOUT_MS = 3000;

/** Undefined: it did not answer, or not in time. */
const inTime = <R>(answered: Promise<R>): Promise<R | undefined> =>
  Promise.race([answered, sleep(TIMEOUT_MS, undefined, { ref: false })]).catch(() => undefined);

/** Finds out how the server is, from the moment it listens. */
export class ServerHealth {
  readonly #store: EventStore;
  readonly #adapters: Readonly<Record<string, string>>;
  #app: INestApplicationContext | undefined;
  #ready = false;

  /** @param adapters what the server stands on, in words */
  constructor(store: EventStore, adapters: Readonly<Record<string, string>>) {
    this.#store = store;
    this.#adapters = adapters;
  }

  /** The modules are put together; they may still be starting. */
  assembled(app: INestApplicationContext): void {
    this.#app = app;
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
    const [head, listeners] = await Promise.all([this.head(), this.listeners()]);
    const projector = this.#projector;
    return healthOf({
      ready: this.#ready,
      head,
      reached: projector?.reached ?? 0n,
      projecting: projector?.leading ?? false,
      quarantined: projector?.quarantined ?? new Map(),
      adapters: this.#adapters,
      listeners,
    });
  }

  get #projector(): ReadStore['projector'] | undefined {
    return this.#app?.get<ReadStore>(READ_STORE).projector;
  }
}
