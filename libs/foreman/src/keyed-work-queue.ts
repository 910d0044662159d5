/** Calls `look` for keys that were rung for: never twice at a time for one key, at most `width` keys at a time. */
export class KeyedWorkQueue {
  readonly #look: (key: number) => Promise<void>;
  readonly #width: number;
  readonly #waiting = new Set<number>();
  readonly #running = new Set<number>();
  readonly #rungAgain = new Set<number>();
  #idle: (() => void)[] = [];
  #stopped = false;

  constructor(width: number, look: (key: number) => Promise<void>) {
    this.#width = width;
    this.#look = look;
  }

  add(key: number): void {
    if (this.#stopped) return;
    if (this.#running.has(key)) this.#rungAgain.add(key);
    else this.#waiting.add(key);
    this.#go();
  }

  /** Takes no more rings; resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.clear();
    this.#rungAgain.clear();
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #go(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#width) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#look(key).finally(() => this.#done(key));
    }
  }

  #done(key: number): void {
    this.#running.delete(key);
    if (this.#rungAgain.delete(key)) this.#waiting.add(key);
    this.#go();
    if (this.#running.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }
}
