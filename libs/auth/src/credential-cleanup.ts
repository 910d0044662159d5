import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Clock, CommandGateway, EventStore, StoredEvent, Subscription } from '#event-store';
import { CommandContext } from '#event-store';
import type { ReadStore } from '#read-store';
import type { Log } from '#runtime';
import { openSessions } from './open-sessions.ts';
import type { Passwords } from './passwords.ts';
import { CloseExpiredSessions } from './session.commands.ts';

/** How often sessions are looked through, in milliseconds. */
const HOUR = 3600 * 1000;
const PAGE = 1000;

/** What the clean-up works with. */
export interface CleanupContext {
  readonly store: EventStore;
  readonly reads: ReadStore;
  readonly log: Log;
  readonly clock: Clock;
  readonly gateway: CommandGateway;
}

/** Tidies up behind users: what replaced passwords were checked by is erased, sessions that have run out are closed. */
export class CredentialCleanup implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #context: CleanupContext;
  readonly #passwords: Passwords;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(context: CleanupContext, passwords: Passwords) {
    this.#context = context;
    this.#passwords = passwords;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { store, reads, log } = this.#context;
    this.#subscription = store.subscribe(reads.projector.reached, (events) => this.#erase(events), {
      categories: ['user'],
      onError: (error) => log.error('erasing replaced passwords failed', error),
    });
    this.#timer = setInterval(() => void this.sweep(), HOUR);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#subscription?.stop();
    await this.#sweeping;
  }

  /** Closes the sessions that have run out. */
  sweep(): Promise<void> {
    this.#sweeping = this.#sweeping
      .then(() => this.#closeExpired())
      .catch((error: unknown) => this.#context.log.error('closing expired sessions failed', error));
    return this.#sweeping;
  }

  async #erase(events: readonly StoredEvent[]): Promise<void> {
    for (const { type, data } of events) {
      if (type !== 'PasswordChanged' && type !== 'UserDeleted') continue;
      await this.#passwords.erase((JSON.parse(data) as { replaced: string | null }).replaced);
    }
  }

  async #closeExpired(): Promise<void> {
    const { gateway, clock } = this.#context;
    const now = clock.now();
    for (const name of await this.#holdersOfExpired(now)) {
      await gateway.execute(new CloseExpiredSessions(name), CommandContext.system(now));
    }
  }

  async #holdersOfExpired(now: string): Promise<Set<string>> {
    const names = new Set<string>();
    for (let skip = 0; ; skip += PAGE) {
      const { rows } = await this.#context.reads.now.list(openSessions, { skip, count: PAGE });
      for (const { row } of rows) if (row.expires < now) names.add(row.user);
      if (rows.length < PAGE) return names;
    }
  }
}
