import type { Holder } from './job-messages.ts';

/** An agent that polls, whatever session it has: its user and where it calls from. Several may share both. */
export const agentOf = ({ user, source }: Pick<Holder, 'user' | 'source'>): string => `${user} ${source}`;

/** A session whose agent logs in anew is over when it has not polled for this many of its own intervals. */
const INTERVALS = 3;
/** What counts as the interval of a session that was heard once only, in milliseconds: agents poll every 20 s. */
export const ASSUMED_INTERVAL_MS = 20_000;
/** The shortest interval that counts, in milliseconds: a poll may be late by chance. */
const MIN_INTERVAL_MS = 1000;
/** Of how many intervals the longest counts. */
const REMEMBERED_INTERVALS = 5;
/** How many sessions are remembered; those silent the longest are forgotten first, and their lease decides. */
export const MAX_SESSIONS = 10_000;

/** A session by which an agent polls. */
interface Polls {
  readonly agent: string;
  /** When it was last heard of, by a poll or a report; milliseconds since 1970. */
  heard: number;
  /** When it last polled. */
  polled: number | undefined;
  /** Times between its latest polls, in milliseconds. */
  intervals: number[];
  /** When a later session of the same name and source came, and this one was not heard of since. */
  doubted: number | undefined;
}

/**
 * When agents that poll were last heard of. What an agent holds is told by its session. It sends no signs of life while
 * at work, so its tasks are its own as long as it polls; a long silence ends that. So does a login of the same name and
 * source, where the older session has not polled for three of its own intervals and is not heard of again: then it is
 * the same agent, which has forgotten what it was doing. Kept in memory: after a restart of the server the silence
 * begins anew.
 */
export class PollingAgents {
  readonly #lease: number;
  /** By session; the one silent the longest first. */
  readonly #sessions = new Map<string, Polls>();
  /** The same by name and source. */
  readonly #byAgent = new Map<string, Set<Polls>>();
  #startedAt = 0;

  /** @param lease how long an agent may be silent, in milliseconds */
  constructor(lease: number) {
    this.#lease = lease;
  }

  start(now: number): void {
    this.#startedAt = now;
  }

  /** The clock was set ahead by so much: all that is remembered moves with it. */
  shift(milliseconds: number): void {
    this.#startedAt += milliseconds;
    for (const polls of this.#sessions.values()) {
      polls.heard += milliseconds;
      if (polls.polled !== undefined) polls.polled += milliseconds;
      if (polls.doubted !== undefined) polls.doubted += milliseconds;
    }
  }

  /** How many sessions are remembered. */
  get size(): number {
    return this.#sessions.size;
  }

  /** An agent has polled. @returns whether its session is heard of for the first time since the server was started */
  polled(holder: Holder, now: number): boolean {
    const { first, polls } = this.#hear(holder, now);
    if (polls.polled !== undefined)
      polls.intervals = [...polls.intervals, now - polls.polled].slice(-REMEMBERED_INTERVALS);
    polls.polled = now;
    return first;
  }

  /** An agent has been heard of otherwise: it has reported. */
  heard(holder: Holder, now: number): void {
    this.#hear(holder, now);
  }

  /** When the lease of a task in the hands of this agent runs out, milliseconds since 1970. */
  deadlineOf({ session, ...holder }: Holder, granted: number): number {
    const polls = this.#sessions.get(session);
    const lease = Math.max(granted, (polls?.heard ?? this.#startedAt) + this.#lease);
    if (!polls) return this.#byAgent.has(agentOf(holder)) ? Math.min(lease, this.#startedAt + silence()) : lease;
    return polls.doubted !== undefined ? Math.min(lease, polls.heard + silence(polls.intervals)) : lease;
  }

  #hear(holder: Holder, now: number): { readonly first: boolean; readonly polls: Polls } {
    const known = this.#sessions.get(holder.session);
    const polls = known ?? this.#begin(agentOf(holder), now);
    // What other servers have heard comes late.
    polls.heard = Math.max(polls.heard, now);
    if (polls.doubted !== undefined && now >= polls.doubted) polls.doubted = undefined;
    this.#sessions.delete(holder.session);
    this.#sessions.set(holder.session, polls);
    this.#forget(now);
    return { first: known === undefined, polls };
  }

  /** A new session. Those before it of this name and source may be what an agent that has started again has left. */
  #begin(agent: string, now: number): Polls {
    const polls: Polls = { agent, heard: now, polled: undefined, intervals: [], doubted: undefined };
    const others = this.#byAgent.get(agent) ?? new Set<Polls>();
    for (const other of others) if (other.heard <= now) other.doubted = now;
    this.#byAgent.set(agent, others.add(polls));
    return polls;
  }

  /** Forgets sessions whose lease has run out, and those beyond the bound. */
  #forget(now: number): void {
    for (const [session, polls] of this.#sessions) {
      if (polls.heard + this.#lease > now && this.#sessions.size <= MAX_SESSIONS) return;
      this.#sessions.delete(session);
      const others = this.#byAgent.get(polls.agent);
      others?.delete(polls);
      if (others?.size === 0) this.#byAgent.delete(polls.agent);
    }
  }
}

/** How long a session of these intervals may be silent when its agent may have started again, in milliseconds. */
const silence = (intervals: readonly number[] = []): number =>
  INTERVALS * (intervals.length > 0 ? Math.max(MIN_INTERVAL_MS, ...intervals) : ASSUMED_INTERVAL_MS);
