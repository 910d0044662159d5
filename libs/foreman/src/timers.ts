/** The longest time a timer takes, in milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Rings for keys at given times; a later time for the same key replaces the earlier one. Kept in memory only. */
export class Timers {
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #ring: (key: number) => void;

  constructor(ring: (key: number) => void) {
    this.#ring = ring;
  }

  /** @param at milliseconds since 1970; undefined: not at all */
  set(key: number, at: number | undefined): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (at === undefined) return;
    const wait = Math.min(Math.max(at - Date.now(), 0), MAX_DELAY_MS);
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        this.#ring(key);
      }, wait),
    );
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
