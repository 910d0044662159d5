import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { ListenerState } from '#reactions';
import { ReactionRunner } from '#reactions';
import type { EventSourcingOptions } from './event-sourcing-options.ts';
import { EVENT_SOURCING_OPTIONS } from './event-sourcing-options.ts';
import { Features } from './features.ts';

/**
 * Runs the reactions, reconcilers and followers that modules have contributed. To be provided by the root module: Nest
 * starts it after all others then, and stops it first.
 */
@Injectable()
export class Reactions implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: EventStore;
  readonly #features: Features;
  readonly #options: EventSourcingOptions;
  #runner: ReactionRunner | undefined;

  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(Features) features: Features,
    @Inject(EVENT_SOURCING_OPTIONS) options: EventSourcingOptions,
  ) {
    this.#store = store;
    this.#features = features;
    this.#options = options;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { pool, onReactionError } = this.#options;
    const { listeners, upcasters, letterReceivers } = this.#features;
    this.#runner = new ReactionRunner({
      store: this.#store,
      pool,
      listeners,
      upcasters,
      retryLetter: letterReceivers,
      onError: onReactionError,
    });
    await this.#runner.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#runner?.stop();
  }

  /** How each of them is getting on; none before they have started. */
  async states(): Promise<readonly ListenerState[]> {
    return (await this.#runner?.states()) ?? [];
  }

  /** Undefined before they have started. */
  get runner(): ReactionRunner | undefined {
    return this.#runner;
  }
}
