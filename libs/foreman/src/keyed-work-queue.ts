import type { Position } from '#event-store';

/** How far in the log a look has seen its key; undefined where it does not know. */
export type Look = (key: number) => Promise<Position | undefined>;

/** A key is to be looked at whatever was seen of it. */
const ANYHOW: Position = -1n;

/**
 * Looks at keys that something has happened to: never twice at a time at one key, at most `width` keys at a time. What
 * happened up to where a key was seen needs no further look. It remembers a position for each key that it was not told to
 * forget.
 */
export class KeyedWorkQueue {
  readonly #look: Look;
  readonly #width: number;
  readonly #waiting = new Map<number, Position>();
  /** Keys that are looked at when no other one waits. */
  readonly #later = new Set<number>();
  readonly #running = new Set<number>();
  /** Keys others are at work on, and how many of them. */
  readonly #held = new Map<number, number>();
  readonly #seen = new Map<number, Position>();
  /** Keys that were forgotten while they were looked at. */
  readonly #gone = new Set<number>();
  #idle: (() => void)[] = [];
  /** Who waits until a key is not looked at any more. */
  readonly #unlooked = new Map<number, (() => void)[]>();
  #stopped = false;

  constructor(width: number, look: Look) {
    this.#look = look;
    this.#width = width;
  }

  /** How many keys it knows of. */
  get size(): number {
    return new Set([
      ...this.#waiting.keys(),
      ...this.#later,
      ...this.#running,
      ...this.#held.keys(),
      ...this.#seen.keys(),
    ]).size;
  }

  /** @param at where in the log something has happened; undefined: it is looked at anyhow */
  add(key: number, at: Position = ANYHOW): void {
    if (this.#stopped) return;
    const before = this.#waiting.get(key);
    this.#later.delete(key);
    this.#waiting.set(key, before === ANYHOW || at === ANYHOW ? ANYHOW : max(before, at));
    this.#go();
  }

  /** A key is looked at anyhow, once nothing waits that was added: many of these hold up nobody. */
  addLater(key: number): void {
    if (this.#stopped || this.#waiting.has(key)) return;
    this.#later.add(key);
    this.#go();
  }

  /** A key has been seen, by others, up to a position of the log. */
  seen(key: number, at: Position | undefined): void {
    if (at !== undefined) this.#seen.set(key, max(this.#seen.get(key), at));
  }

  /** Keeps a key from being looked at until it is let go: somebody else is at work on it. */
  hold(key: number): () => void {
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    return () => {
      const others = (this.#held.get(key) ?? 1) - 1;
      if (others > 0) this.#held.set(key, others);
      else this.#held.delete(key);
      this.#go();
    };
  }

  /** Resolves when a key is not looked at; one that is held stays so. */
  async unlooked(key: number): Promise<void> {
    if (!this.#running.has(key)) return;
    await new Promise<void>((resolve) => this.#unlooked.set(key, [...(this.#unlooked.get(key) ?? []), resolve]));
  }

  /** Nothing more will happen to a key. */
  forget(key: number): void {
    this.#waiting.delete(key);
    this.#later.delete(key);
    this.#seen.delete(key);
    if (this.#running.has(key)) this.#gone.add(key);
  }

  /** Looks at nothing more; resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.clear();
    this.#later.clear();
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #go(): void {
    for (const [key, at] of this.#waiting) {
      if (this.#running.size >= this.#width) return;
      if (this.#running.has(key) || this.#held.has(key)) continue;
      this.#waiting.delete(key);
      if (at !== ANYHOW && at <= (this.#seen.get(key) ?? ANYHOW)) continue;
      this.#start(key, at);
    }
    for (const key of this.#later) {
      if (this.#running.size >= this.#width) return;
      if (this.#running.has(key) || this.#held.has(key)) continue;
      this.#later.delete(key);
      this.#start(key, ANYHOW);
    }
  }

  #start(key: number, at: Position): void {
    this.#running.add(key);
    void this.#look(key)
      // It has read everything up to what it was called for.
      .then((seen) => this.seen(key, seen ?? (at === ANYHOW ? undefined : at)))
      .finally(() => this.#done(key));
  }

  #done(key: number): void {
    this.#running.delete(key);
    if (this.#gone.delete(key)) this.#seen.delete(key);
    for (const resolve of this.#unlooked.get(key) ?? []) resolve();
    this.#unlooked.delete(key);
    this.#go();
    if (this.#running.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }
}

const max = (one: Position | undefined, other: Position): Position => (one !== undefined && one > other ? one : other);
