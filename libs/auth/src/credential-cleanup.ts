import { randomUUID } from 'node:crypto';
import type { StoredEvent, Subscription } from '#event-store';
import type { AppContext, Process } from '#runtime';
import { decideSessions, kindOf } from './holders.ts';
import { openSessions } from './open-sessions.ts';
import type { Passwords } from './passwords.ts';

/** How often sessions are looked through, in milliseconds. */
const HOUR = 3600 * 1000;
const PAGE = 1000;

/** Tidies up behind users: what replaced passwords were checked by is erased, sessions that have run out are closed. */
export class CredentialCleanup implements Process {
  readonly name = 'caretaker of users';
  readonly #ground: AppContext;
  readonly #passwords: Passwords;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(ground: AppContext, passwords: Passwords) {
    this.#ground = ground;
    this.#passwords = passwords;
  }

  async start(): Promise<void> {
    const { store, reads, log } = this.#ground;
    this.#subscription = store.subscribe(reads.projector.reached, (events) => this.#erase(events), {
      categories: ['user'],
      onError: (error) => log.error('erasing replaced passwords failed', error),
    });
    this.#timer = setInterval(() => void this.sweep(), HOUR);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#subscription?.stop();
    await this.#sweeping;
  }

  /** Closes the sessions that have run out. */
  sweep(): Promise<void> {
    this.#sweeping = this.#sweeping
      .then(() => this.#closeExpired())
      .catch((error: unknown) => this.#ground.log.error('closing expired sessions failed', error));
    return this.#sweeping;
  }

  async #erase(events: readonly StoredEvent[]): Promise<void> {
    for (const { type, data } of events) {
      if (type !== 'PasswordChanged' && type !== 'UserDeleted') continue;
      await this.#passwords.erase((JSON.parse(data) as { replaced: string | null }).replaced);
    }
  }

  async #closeExpired(): Promise<void> {
    const { execute, clock } = this.#ground;
    const now = clock.now();
    for (const name of await this.#holdersOfExpired(now)) {
      const request = randomUUID();
      await execute({ actor: 'system', request, correlation: request }, async (work) =>
        decideSessions(work, await kindOf(work, name), name, { type: 'CloseExpiredSessions', data: { now } }),
      );
    }
  }

  async #holdersOfExpired(now: string): Promise<Set<string>> {
    const names = new Set<string>();
    for (let skip = 0; ; skip += PAGE) {
      const { rows } = await this.#ground.reads.now.list(openSessions, { skip, count: PAGE });
      for (const { row } of rows) if (row.expires < now) names.add(row.user);
      if (rows.length < PAGE) return names;
    }
  }
}
