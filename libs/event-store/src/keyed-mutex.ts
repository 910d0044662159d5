/** Lets those who want the same names go one after the other. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `task` when everybody who took one of these names before is done. */
  async run<R>(names: readonly string[], task: () => Promise<R>): Promise<R> {
    if (names.length === 0) return task();
    const before = Promise.allSettled(names.map(async (name) => this.#last.get(name)));
    const run = before.then(task);
    const settled = run.catch(() => undefined);
    for (const name of names) this.#last.set(name, settled);
    try {
      return await run;
    } finally {
      for (const name of names) if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
