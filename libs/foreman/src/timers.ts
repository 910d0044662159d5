import { KeyHeap } from './key-heap.ts';

/** How often the times are looked at again, in milliseconds: clocks are set, and waits would not notice. */
const CHECK_MS = 1000;

/**
 * Rings for keys at given times; a later time for the same key replaces the earlier one. Kept in memory only, in the order
 * of their times, behind one timer of the runtime: a look costs what it rings, however many wait. What is waited for is a
 * time of the given clock: where that jumps, it rings within a second.
 */
export class Timers<K = number> {
  readonly #due = new KeyHeap<K>();
  readonly #ring: (key: K) => void;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer looks next, by the given clock. */
  #next = Number.POSITIVE_INFINITY;

  /** @param now milliseconds since 1970 */
  constructor(ring: (key: K) => void, now: () => number = Date.now) {
    this.#ring = ring;
    this.#now = now;
  }

  /** @param at milliseconds since 1970; undefined: not at all */
  set(key: K, at: number | undefined): void {
    if (at === undefined) {
      this.#due.delete(key);
      return;
    }
    this.#due.set(key, at);
    if (at < this.#next) this.#wait(at);
  }

  /** Rings at this time, milliseconds since 1970, unless it rings earlier. */
  atTheLatest(key: K, at: number): void {
    this.set(key, Math.min(this.#due.orderOf(key) ?? at, at));
  }

  /** How many keys are waited for. */
  get size(): number {
    return this.#due.size;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = Number.POSITIVE_INFINITY;
    this.#due.clear();
  }

  #wait(until: number): void {
    clearTimeout(this.#timer);
    const wait = Math.min(Math.max(until - this.#now(), 0), CHECK_MS);
    this.#next = Math.min(until, this.#now() + wait);
    this.#timer = setTimeout(() => this.#look(), Math.ceil(wait));
  }

  #look(): void {
    const now = this.#now();
    const due: K[] = [];
    for (let first = this.#due.first; first && first.order <= now; first = this.#due.first) {
      due.push(first.key);
      this.#due.shift();
    }
    this.#next = Number.POSITIVE_INFINITY;
    if (this.#due.first) this.#wait(this.#due.first.order);
    for (const key of due) this.#ring(key);
  }
}
