import type { Refusal } from '#kernel';
import { refuse } from '#kernel';

interface Waiting {
  go(): void;
  refuse(refusal: Refusal): void;
}

/**
 * Lets at most `width` tasks run at a time; at most `capacity` wait. The sources of those that wait take turns, and where
 * there is no room for one more, the source with the most of them loses its last: nobody keeps others waiting for long,
 * or out, by asking often.
 */
export class ConcurrencyLimiter {
  readonly #width: number;
  readonly #capacity: number;
  /** What waits, by source, whose turn it is first; no list is empty. */
  readonly #waiting = new Map<string, Waiting[]>();
  #count = 0;
  #running = 0;

  constructor(width: number, capacity: number) {
    this.#width = width;
    this.#capacity = capacity;
  }

  /** @throws Refusal where too many wait already */
  async run<R>(source: string, task: () => Promise<R>): Promise<R> {
    if (this.#running < this.#width) this.#running += 1;
    else await this.#turn(source);
    try {
      return await task();
    } finally {
      this.#next();
    }
  }

  /** Resolves when a place is handed over. */
  async #turn(source: string): Promise<void> {
    if (this.#count >= this.#capacity) this.#makeRoom(source);
    this.#count += 1;
    await new Promise<void>((go, refuse) => {
      const waiting = { go, refuse };
      const others = this.#waiting.get(source);
      if (others) others.push(waiting);
      else this.#waiting.set(source, [waiting]);
    });
  }

  #makeRoom(source: string): void {
    const own = this.#waiting.get(source)?.length ?? 0;
    const longest = [...this.#waiting.values()].reduce((one, other) => (other.length > one.length ? other : one), []);
    if (longest.length <= own + 1) throw busy();
    longest.pop()?.refuse(busy());
    this.#count -= 1;
  }

  /** Hands the place over to whose turn it is, so nobody slips in between. */
  #next(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#running -= 1;
      return;
    }
    const [source, list] = first;
    this.#waiting.delete(source);
    const next = list.shift();
    if (list.length > 0) this.#waiting.set(source, list);
    this.#count -= 1;
    next?.go();
  }
}

const busy = (): Refusal => refuse('', 'BUSY', 'Too many logins at once, try again');
