import { isUnavailable } from '#event-store';

/** What does not take the task of a job, and why, in words. */
export interface UnsentTask {
  readonly name: 'database' | 'wire';
  readonly reason: string;
}

/** Jobs that cannot go on because of something that is no fault of theirs, and what they wait for. */
export class StalledJobs {
  readonly #reasons = new Map<number, { readonly failures: number; readonly reason: string }>();

  /** Why the tasks of jobs could not be sent. */
  readonly #unsent = new Map<number, UnsentTask>();

  /** How many there are: jobs under way, at most, each twice. */
  get size(): number {
    return this.#reasons.size + this.#unsent.size;
  }

  /** Why the task of a job could not be sent, which is tried again; undefined: it was, or there is none. */
  unsentOf(job: number): UnsentTask | undefined {
    return this.#unsent.get(job);
  }

  /** The task of a job could not be sent. */
  noteUnsent(job: number, error: unknown): void {
    const [name, what] = isUnavailable(error)
      ? (['database', 'the database'] as const)
      : (['wire', 'the wire'] as const);
    this.#unsent.set(job, {
      name,
      reason: `Its task cannot be sent for now, ${what} does not take it: ${textOf(error)}`,
    });
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
    this.#unsent.delete(job);
  }

  clear(): void {
    this.#reasons.clear();
    this.#unsent.clear();
  }
}

function textOf(error: unknown): string {
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : String(error);
}
