import type { Position } from '#event-store';

interface Waiter {
  readonly position: Position;
  readonly done: (reached: boolean) => void;
}

/** Those who wait until something has come to a position of the log. */
export class PositionWaiters {
  readonly #waiting = new Set<Waiter>();

  /** @returns false where it took longer than `timeout` milliseconds */
  wait(position: Position, timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
      const limit = Number.isFinite(timeout) ? setTimeout(() => waiter.done(false), timeout) : undefined;
      const waiter: Waiter = {
        position,
        done: (reached) => {
          clearTimeout(limit);
          this.#waiting.delete(waiter);
          resolve(reached);
        },
      };
      this.#waiting.add(waiter);
    });
  }

  /** Everything up to this position is there. */
  reached(position: Position): void {
    for (const waiter of this.#waiting) if (waiter.position <= position) waiter.done(true);
  }

  /** Nothing more will come. */
  close(): void {
    for (const waiter of this.#waiting) waiter.done(false);
  }
}
