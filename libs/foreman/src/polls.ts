import type { Holder } from './job.ts';

/**
 * When agents that poll were last heard of. They send no signs of life while at work, so their tasks are theirs as long
 * as they poll; a new login of the same agent, or a long silence, ends that. Kept in memory: after a restart of the
 * server the silence begins anew.
 */
export class Polls {
  readonly #lease: number;
  readonly #heard = new Map<string, number>();
  readonly #session = new Map<string, string>();

  #startedAt = 0;

  /** @param lease how long an agent may be silent, in milliseconds */
  constructor(lease: number) {
    this.#lease = lease;
  }

  start(now: number): void {
    this.#startedAt = now;
  }

  heard(holder: Holder, now: number): void {
    this.#heard.set(holder.session, now);
    this.#session.set(`${holder.user} ${holder.source}`, holder.session);
  }

  /** Whether this agent has logged in anew since: it has forgotten what it was doing. */
  startedAgain(holder: Holder): boolean {
    const session = this.#session.get(`${holder.user} ${holder.source}`);
    return session !== undefined && session !== holder.session;
  }

  /** When the lease of a task in the hands of this agent runs out, milliseconds since 1970. */
  deadlineOf(holder: Holder, granted: number): number {
    if (this.startedAgain(holder)) return 0;
    return Math.max(granted, (this.#heard.get(holder.session) ?? this.#startedAt) + this.#lease);
  }
}
