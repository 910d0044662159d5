/** Jobs that cannot go on because of something that is no fault of theirs, and what they wait for. */
export class StalledJobs {
  readonly #reasons = new Map<number, { readonly failures: number; readonly reason: string }>();

  /** How many there are: jobs under way, at most. */
  get size(): number {
    return this.#reasons.size;
  }

  /** What a job waits for, in words; undefined: for nothing of the kind. */
  reasonOf(job: number): string | undefined {
    return this.#reasons.get(job)?.reason;
  }

  /** @returns how often in a row it could not go on */
  stall(job: number, error: unknown): number {
    const failures = (this.#reasons.get(job)?.failures ?? 0) + 1;
    this.#reasons.set(job, { failures, reason: `Waiting for the database: ${textOf(error)}` });
    return failures;
  }

  goesOn(job: number): void {
    this.#reasons.delete(job);
  }

  clear(): void {
    this.#reasons.clear();
  }
}

function textOf(error: unknown): string {
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : String(error);
}
