/** How one of those who listen is getting on. */
export type ProgressStatus = 'standby' | 'running' | 'retrying';

/** What failed last. */
export interface LastError {
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
}

/** How one of those who listen is getting on in this process. */
export class Progress {
  readonly #onFailure: (error: unknown) => void;
  #status: ProgressStatus = 'standby';
  #since = new Date().toISOString();
  #failures = 0;
  #lastError: LastError | null = null;

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  get status(): ProgressStatus {
    return this.#status;
  }

  /** Since when it has this status, ISO 8601. */
  get since(): string {
    return this.#since;
  }

  /** How often in a row it has failed. */
  get failures(): number {
    return this.#failures;
  }

  /** What failed last, also where it goes well since; null: nothing has failed. */
  get lastError(): LastError | null {
    return this.#lastError;
  }

  failed(error: unknown): void {
    this.#failures += 1;
    this.#lastError = { text: String(error), at: new Date().toISOString() };
    this.#set('retrying');
    this.#onFailure(error);
  }

  /** It begins, or has succeeded. */
  goesWell(): void {
    this.#failures = 0;
    this.#set('running');
  }

  standsBy(): void {
    this.#failures = 0;
    this.#set('standby');
  }

  #set(status: ProgressStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#since = new Date().toISOString();
  }
}
