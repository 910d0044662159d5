/** Wakes whoever waits for something new. Rung while nobody waits, it is remembered by its count. */
export class Signal {
  #count = 0;
  #closed = false;
  #waiting = new Set<() => void>();

  /** Grows with every ring; taken before looking, it makes sure that no ring is missed after the look. */
  get count(): number {
    return this.#count;
  }

  notify(): void {
    this.#count += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves once the bell has been rung since `count` was taken, or after `timeout` milliseconds, where one is given. */
  async wait(count: number, timeout?: number): Promise<void> {
    if (this.#count !== count || this.#closed) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = timeout === undefined ? undefined : setTimeout(wake, timeout);
      this.#waiting.add(wake);
    });
  }

  close(): void {
    this.#closed = true;
    this.notify();
  }
}
