import type { Holder } from './job.ts';

/** An agent that polls, whatever session it has: its user and where it calls from. */
export const agentOf = ({ user, source }: Pick<Holder, 'user' | 'source'>): string => `${user} ${source}`;

/**
 * When agents that poll were last heard of. They send no signs of life while at work, so their tasks are theirs as long
 * as they poll; a new login of the same agent, or a long silence, ends that. Kept in memory: after a restart of the
 * server the silence begins anew.
 */
export class PollingAgents {
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

  /** An agent has been heard of. @returns whether for the first time since the server was started */
  heard(holder: Holder, now: number): boolean {
    const first = !this.#heard.has(holder.session);
    this.#heard.set(holder.session, now);
    this.#session.set(agentOf(holder), holder.session);
    return first;
  }

  /** Whether this agent has logged in anew since: it has forgotten what it was doing. */
  startedAgain(holder: Holder): boolean {
    const session = this.#session.get(agentOf(holder));
    return session !== undefined && session !== holder.session;
  }

  /** When the lease of a task in the hands of this agent runs out, milliseconds since 1970. */
  deadlineOf(holder: Holder, granted: number): number {
    if (this.startedAgain(holder)) return 0;
    return Math.max(granted, (this.#heard.get(holder.session) ?? this.#startedAt) + this.#lease);
  }
}
