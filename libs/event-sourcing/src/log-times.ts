import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, EventStore, Subscription } from '#event-store';
import { CLOCK, EVENT_STORE, followTimes } from '#event-store';
import type { EventSourcingOptions } from './event-sourcing-options.ts';
import { EVENT_SOURCING_OPTIONS } from './event-sourcing-options.ts';

/** Keeps the clock of this process behind no event of the log, from before the first command on. */
@Injectable()
export class LogTimes implements OnModuleInit, OnApplicationShutdown {
  #following: Subscription | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_SOURCING_OPTIONS) private readonly options: EventSourcingOptions,
  ) {}

  async onModuleInit(): Promise<void> {
    const { onReactionError } = this.options;
    this.#following = await followTimes(this.clock, this.store, (error) => onReactionError(error, 'clock'));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#following?.stop();
  }
}
