import { KeyHeap } from '../key-heap.ts';

/** A job that is held, and what else may hold it. */
interface Held {
  /** What holds it: the id of a limit, or a site whose window is shut. */
  readonly by: string;
  /** The limits it is under. */
  readonly limits: readonly string[];
}

/** Jobs that something holds back, by what that is; the oldest first. It has an entry for each of them. */
export class HeldJobs {
  readonly #held = new Map<number, Held>();
  readonly #queues = new Map<string, KeyHeap<number>>();

  get size(): number {
    return this.#held.size;
  }

  /** What holds a job; undefined: nothing. */
  byWhat(job: number): string | undefined {
    return this.#held.get(job)?.by;
  }

  /** Everything that holds jobs. */
  get reasons(): readonly string[] {
    return [...this.#queues.keys()];
  }

  /** The oldest job that something holds. */
  first(by: string): number | undefined {
    return this.#queues.get(by)?.first?.key;
  }

  /** The jobs that are held, by whatever, and are under a limit; the oldest first. */
  under(id: string): readonly number[] {
    const found = [...this.#held].filter(([, { limits }]) => limits.includes(id));
    return found.map(([job]) => job).toSorted((one, other) => one - other);
  }

  /** Holds a job, by this alone. */
  hold(job: number, by: string, limits: readonly string[]): void {
    if (this.#held.get(job)?.by !== by) this.take(job);
    this.#held.set(job, { by, limits });
    const queue = this.#queues.get(by) ?? new KeyHeap<number>();
    this.#queues.set(by, queue);
    if (!queue.has(job)) queue.set(job, job);
  }

  /** Holds a job no longer. @returns the limits it is under; undefined: it was not held */
  take(job: number): readonly string[] | undefined {
    const held = this.#held.get(job);
    if (!held) return undefined;
    this.#held.delete(job);
    const queue = this.#queues.get(held.by);
    queue?.delete(job);
    if (queue?.size === 0) this.#queues.delete(held.by);
    return held.limits;
  }

  clear(): void {
    this.#held.clear();
    this.#queues.clear();
  }
}
