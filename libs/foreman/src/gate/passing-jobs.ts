/** Jobs that were let through and are not counted yet: they take up room under the limits they are under. */
export class PassingJobs {
  readonly #limits = new Map<number, readonly string[]>();
  readonly #under = new Map<string, number>();

  get size(): number {
    return this.#limits.size;
  }

  add(job: number, limits: readonly string[]): void {
    this.delete(job);
    this.#limits.set(job, limits);
    for (const id of limits) this.#under.set(id, (this.#under.get(id) ?? 0) + 1);
  }

  /** How many others than a job are under a limit. */
  othersUnder(id: string, job: number): number {
    return (this.#under.get(id) ?? 0) - (this.#limits.get(job)?.includes(id) === true ? 1 : 0);
  }

  /** @returns the limits it was under; none where it was not among them */
  delete(job: number): readonly string[] {
    const ids = this.#limits.get(job) ?? [];
    this.#limits.delete(job);
    for (const id of ids) {
      const others = (this.#under.get(id) ?? 1) - 1;
      if (others > 0) this.#under.set(id, others);
      else this.#under.delete(id);
    }
    return ids;
  }

  clear(): void {
    this.#limits.clear();
    this.#under.clear();
  }
}
