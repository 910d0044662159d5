/** The largest number of tasks that are done together. */
export const MAX_TOGETHER = 100;

/**
 * Gathers tasks with the same key that arrive while others of that key are under way, and does them together: the first
 * that comes is done at once, and those that came meanwhile behind it. Every task is answered on its own.
 */
export class SharedAppends<T> {
  readonly #waiting = new Map<string, T[]>();
  readonly #do: (group: readonly T[]) => Promise<void>;

  /** @param together does a group of at most {@link MAX_TOGETHER} tasks and answers each; it never throws */
  constructor(together: (group: readonly T[]) => Promise<void>) {
    this.#do = together;
  }

  /** Has a task done, together with others that have the same key. */
  add(key: string, task: T): void {
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.push(task);
      return;
    }
    const tasks = [task];
    this.#waiting.set(key, tasks);
    void this.#drain(key, tasks);
  }

  async #drain(key: string, tasks: T[]): Promise<void> {
    while (tasks.length > 0) await this.#do(tasks.splice(0, MAX_TOGETHER));
    this.#waiting.delete(key);
  }
}
