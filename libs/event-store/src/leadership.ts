import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { inTime } from './answer-time.ts';
import { lockKey } from './postgres-schema.ts';
import { isUnanswered } from './unavailable.ts';

/** When a leader takes its place to be lost, and when others do. All in milliseconds. */
export interface LeadershipTimes {
  /** Between two tries to become the leader; half as much again at random. */
  readonly candidacy: number;
  /** How often the leader shows the database that it lives. */
  readonly heartbeat: number;
  /** Within which time the database has to answer a heartbeat, or whoever asks to lead. */
  readonly answer: number;
  /** After which silence the database ends the session of a leader that hangs or is cut off. */
  readonly lease: number;
}

const TIMES: LeadershipTimes = { candidacy: 500, heartbeat: 1000, answer: 5000, lease: 10_000 };

/** For the session that holds the lock: the database gives up a leader it hears nothing of. */
const LEASE = `
  SELECT set_config(name, CASE name WHEN 'idle_session_timeout' THEN $1 ELSE '3' END, false) FROM pg_settings
  WHERE name IN ('idle_session_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count')`;

/** What one process does while the others stand by. */
export interface Duty {
  /** Makes ready to begin. `term` is aborted when the place is lost, now or later, or given back. */
  prepare(term: AbortSignal): Promise<void>;
  begin(): void;
  /** Lays it down; resolves when nothing of it goes on. Also called where it has not begun. */
  end(): Promise<void>;
}

/** The time in which a process leads. */
interface Term {
  /** The lock goes with this connection. */
  readonly client: PoolClient;
  readonly over: AbortController;
}

export interface LeadershipOptions {
  readonly pool: Pool;
  /** Name of the duty: one process per database leads in it. */
  readonly name: string;
  readonly duty: Duty;
  /** Told why leading has ended, and why it cannot begin; the same reason is told once until a try succeeds. */
  readonly onError: (error: unknown) => void;
  readonly times?: LeadershipTimes;
}

/**
 * The one process per database that has a duty: whoever holds an advisory lock leads, the others stand by and try again
 * and again. Whoever loses it, by a connection that breaks or is not answered, stands by for it again.
 */
export class Leadership {
  readonly #pool: Pool;
  readonly #lock: string;
  readonly #duty: Duty;
  readonly #onError: (error: unknown) => void;
  readonly #times: LeadershipTimes;
  readonly #stopping = new AbortController();
  #term: Term | undefined;
  #leading = false;
  #candidacy: Promise<void> | undefined;
  #lastError: string | undefined;
  #fault: string | undefined;
  /** When the database last showed that this process leads, as of `performance.now()`. */
  #shownAt = 0;

  constructor({ pool, name, duty, onError, times = TIMES }: LeadershipOptions) {
    this.#pool = pool;
    this.#lock = lockKey(name);
    this.#duty = duty;
    this.#onError = onError;
    this.#times = times;
  }

  /** Whether this process has the duty. */
  get leading(): boolean {
    return this.#leading;
  }

  /** Why this process neither leads nor stands by for another one that does; undefined where it does one of them. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /**
   * Why it is not known whether this process leads still, though it takes itself to do so: it has stood still, and the
   * database may have given its place to another one. Undefined where it is known.
   */
  get doubt(): string | undefined {
    const { heartbeat, answer } = this.#times;
    const silentMs = performance.now() - this.#shownAt;
    if (!this.#leading || silentMs <= heartbeat + answer) return undefined;
    return `it was last heard ${(silentMs / 1000).toFixed(1)} s ago that this process leads`;
  }

  /**
   * Resolves when this process leads, or stands by, as it does where the database has not answered in time.
   * @throws what the database or the duty's preparation throws
   */
  async start(): Promise<void> {
    const leads = await this.#tryToLead().catch((error: unknown) => {
      if (!isUnanswered(error)) throw error;
      this.#tell(error);
      return false;
    });
    if (!leads) this.#candidacy = this.#standBy();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the process stops'));
    await this.#candidacy;
    await this.#duty.end();
    this.#leading = false;
    const client = this.#term?.client;
    this.#term?.over.abort(this.#stopping.signal.reason);
    this.#term = undefined;
    // Whoever stands by may take over at once, not only when the connection is gone.
    const text = `SELECT pg_advisory_unlock(${this.#lock})`;
    await client?.query(inTime({ text }, 0, this.#times.answer)).catch(() => undefined);
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
    this.#fault = String(error);
    this.#onError(error);
    term.client.release(true);
    this.#candidacy = this.#duty.end().then(() => this.#standBy());
  }

  async #standBy(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const wait = this.#times.candidacy * (1 + Math.random() / 2);
      await sleep(wait, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await this.#tryToLead()) return;
        this.#lastError = undefined;
        this.#fault = undefined;
      } catch (error) {
        if (error !== signal.reason) this.#tell(error);
      }
    }
  }

  #tell(error: unknown): void {
    const text = String(error);
    this.#fault = text;
    if (text !== this.#lastError) this.#onError(error);
    this.#lastError = text;
  }

  async #tryToLead(): Promise<boolean> {
    const client = await this.#pool.connect();
    const term = { client, over: new AbortController() };
    // A connection that breaks says so also when nothing is asked of it; unheard, that ends the process.
    const broken = (error: Error): void => this.#lose(term, error);
    client.on('error', broken);
    const signal = AbortSignal.any([term.over.signal, this.#stopping.signal]);
    try {
      const text = `SELECT pg_try_advisory_lock(${this.#lock}) AS locked`;
      const { rows } = await client.query<{ locked: boolean }>(inTime({ text }, 0, this.#times.answer));
      if (!rows[0]?.locked) {
        client.off('error', broken);
        client.release();
        return false;
      }
      client.on('end', () => this.#lose(term, new Error('the connection to the database has ended')));
      this.#term = term;
      this.#shownAt = performance.now();
      const { lease, answer } = this.#times;
      await client.query(inTime({ text: LEASE, values: [String(lease)] }, 0, answer));
      void this.#keepLease(term);
      await this.#duty.prepare(signal);
      signal.throwIfAborted();
    } catch (error) {
      this.#term = undefined;
      term.over.abort(error);
      client.release(true);
      throw error;
    }
    this.#leading = true;
    this.#lastError = undefined;
    this.#fault = undefined;
    this.#duty.begin();
    return true;
  }

  /** Shows the database that this process lives, until the term is over. */
  async #keepLease(term: Term): Promise<void> {
    const { signal } = term.over;
    const { heartbeat, answer } = this.#times;
    while (!signal.aborted) {
      await sleep(heartbeat, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      const unanswered = setTimeout(() => this.#lose(term, new Error('the database does not answer')), answer);
      await term.client.query('SELECT').then(
        () => {
          if (term === this.#term) this.#shownAt = performance.now();
        },
        (error: unknown) => this.#lose(term, error),
      );
      clearTimeout(unanswered);
    }
  }
}
