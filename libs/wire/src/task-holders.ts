import type { Origin } from './subjects.ts';
import type { TaskPlace } from './wire.ts';

/** At most this many dispatches are remembered, those longest untouched go first; an entry takes some 300 bytes. */
export const MAX_HOLDERS = 50_000;

/** What is known of a dispatch that is out. */
interface Out {
  place?: TaskPlace;
  /** Identity of the agent that holds it; an agent of an earlier version has none and is `''`. */
  holder?: string;
  /** When the holder was last heard of, in milliseconds. */
  heard: number;
}

/** What keeps a report from being taken. */
export interface ReportObjection {
  readonly reason: string;
  /** Whether it can still turn out that the agent holds the task. */
  readonly undecided: boolean;
}

export interface TaskHoldersOptions {
  /** After how long a silence another agent may hold a task, in milliseconds: NATS gives it to another one then. */
  readonly silence: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/**
 * Which agent holds which dispatch, as far as the foreman's end knows: the first of its site that shows life for it. It
 * goes on holding it until it is silent. Kept in memory: a foreman that has just begun takes the first one it hears of.
 */
export class TaskHolders {
  readonly #silence: number;
  readonly #now: () => number;
  readonly #out = new Map<string, Out>();

  constructor({ silence, now = () => performance.now() }: TaskHoldersOptions) {
    this.#silence = silence;
    this.#now = now;
  }

  get size(): number {
    return this.#out.size;
  }

  /** Whether it is known where a dispatch was sent. */
  isPlaced(cookie: string): boolean {
    return this.#out.get(cookie)?.place !== undefined;
  }

  /** A dispatch was sent to this place. */
  sent(cookie: string, place: TaskPlace): void {
    this.#touch(cookie).place = place;
  }

  /** It is over, or taken back. */
  forget(cookie: string): void {
    this.#out.delete(cookie);
  }

  /** Whether a sign of life of this agent counts: it is of the right site, and no other agent holds the dispatch. */
  mayHold(cookie: string, { site, agent = '' }: Origin): boolean {
    const { place, holder, heard } = this.#out.get(cookie) ?? { heard: 0 };
    if (place !== undefined && place.site !== site) return false;
    return holder === undefined || holder === agent || this.#now() - heard >= this.#silence;
  }

  /** An agent that may has shown life for a dispatch that is waited for: it holds it. */
  hold(cookie: string, { agent = '' }: Origin): void {
    const out = this.#touch(cookie);
    out.holder = agent;
    out.heard = this.#now();
  }

  /** What keeps a report from being taken; undefined: it comes from the agent that holds the dispatch. */
  objection(cookie: string, { site, module, agent = '' }: Origin): ReportObjection | undefined {
    const out = this.#out.get(cookie);
    if (out === undefined) return undefined;
    const { place, holder } = out;
    if (place !== undefined && (place.site !== site || place.module !== module)) {
      const reason = `an agent of ${site}/${module} reports a task of ${place.site}/${place.module}`;
      return { reason, undecided: false };
    }
    if (holder === undefined || holder === agent || this.#now() - out.heard >= this.#silence) return undefined;
    const reason = `the agent ${agent || 'without a name'} reports a task that ${holder || 'another one'} holds`;
    return { reason, undecided: true };
  }

  #touch(cookie: string): Out {
    const out = this.#out.get(cookie) ?? { heard: 0 };
    this.#out.delete(cookie);
    this.#out.set(cookie, out);
    for (const oldest of this.#out.keys()) {
      if (this.#out.size <= MAX_HOLDERS) break;
      this.#out.delete(oldest);
    }
    return out;
  }
}
