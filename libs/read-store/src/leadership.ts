import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

/** Time between two tries to become the one who leads, in milliseconds. */
const CANDIDACY = 500;

/** What one process does while the others stand by. */
export interface Duty {
  /** Makes ready to begin. `term` is aborted when the place is lost, now or later, or given back. */
  prepare(term: AbortSignal): Promise<void>;
  begin(): void;
  /** Lays it down; resolves when nothing of it goes on. Also called where it has not begun. */
  end(): Promise<void>;
}

/** The time in which a process holds the place. */
interface Term {
  /** The lock goes with this connection. */
  readonly client: PoolClient;
  readonly over: AbortController;
}

/**
 * The place of the one process per database that has a duty: whoever holds an advisory lock has it, the others stand by
 * and try again and again. Whoever loses it stands by for it again.
 */
export class Leadership {
  readonly #pool: Pool;
  readonly #lock: string;
  readonly #duty: Duty;
  readonly #onError: (error: unknown) => void;
  readonly #stopping = new AbortController();
  #term: Term | undefined;
  #leading = false;
  #candidacy: Promise<void> | undefined;

  constructor(options: {
    readonly pool: Pool;
    /** Key of the advisory lock. */
    readonly lock: string;
    readonly duty: Duty;
    readonly onError: (error: unknown) => void;
  }) {
    this.#pool = options.pool;
    this.#lock = options.lock;
    this.#duty = options.duty;
    this.#onError = options.onError;
  }

  /** Whether this process has the duty. */
  get leading(): boolean {
    return this.#leading;
  }

  /** Resolves when this process leads, or stands by. */
  async start(): Promise<void> {
    if (!(await this.#tryToLead())) this.#candidacy = this.#standBy();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the process stops'));
    await this.#candidacy;
    await this.#duty.end();
    this.#leading = false;
    const client = this.#term?.client;
    // Whoever stands by may take over at once, not only when the connection is gone.
    await client?.query(`SELECT pg_advisory_unlock(${this.#lock})`).catch(() => undefined);
    client?.release(true);
  }

  /** Gives the place up, to stand by for it again. */
  stepDown(error: unknown): void {
    if (this.#term) this.#lose(this.#term, error);
  }

  #lose(term: Term, error: unknown): void {
    if (term !== this.#term || this.#stopping.signal.aborted) return;
    term.over.abort(error);
    // Who only makes ready learns of it by the signal.
    if (!this.#leading) return;
    this.#term = undefined;
    this.#leading = false;
    this.#onError(error);
    term.client.release(true);
    this.#candidacy = this.#duty.end().then(() => this.#standBy());
  }

  async #standBy(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(CANDIDACY, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await this.#tryToLead()) return;
      } catch (error) {
        if (error !== signal.reason) this.#onError(error);
      }
    }
  }

  async #tryToLead(): Promise<boolean> {
    const client = await this.#pool.connect();
    const term = { client, over: new AbortController() };
    const signal = AbortSignal.any([term.over.signal, this.#stopping.signal]);
    try {
      const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${this.#lock}) AS locked`);
      if (!rows[0]?.locked) {
        client.release();
        return false;
      }
      client.on('error', (error) => this.#lose(term, error));
      this.#term = term;
      await this.#duty.prepare(signal);
      signal.throwIfAborted();
    } catch (error) {
      this.#term = undefined;
      client.release(true);
      throw error;
    }
    this.#leading = true;
    this.#duty.begin();
    return true;
  }
}
