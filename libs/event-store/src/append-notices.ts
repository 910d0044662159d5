import type { Pool } from 'pg';
import { inTime } from './answer-time.ts';
import { logChannel } from './postgres-schema.ts';

/**
 * The shortest time between two notices of new events, in milliseconds. A notice costs the database and every listening
 * server as much as a quarter of an append does.
 */
export const NOTICE_INTERVAL_MS = 20;

/**
 * When the servers that listen are told that the log has grown: with the append itself where there was no notice lately,
 * and otherwise once for all appends of the interval, when it ends. Should that notice fail, they find out by themselves
 * within a second.
 */
export class AppendNotices {
  readonly #pool: Pool;
  #noticedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Whether the append that is about to be sent shall carry a notice; where not, one is owed when it is made. */
  due(): boolean {
    if (performance.now() - this.#noticedAt < NOTICE_INTERVAL_MS) return false;
    this.#noticed();
    return true;
  }

  /** A notice has to follow: an append was made without one, or the one that should have carried it was not made. */
  owed(): void {
    const pause = this.#noticedAt + NOTICE_INTERVAL_MS - performance.now();
    this.#timer ??= setTimeout(() => void this.#send(), pause);
  }

  /** Sends the notice that is outstanding, if there is one. */
  async stop(): Promise<void> {
    if (this.#timer !== undefined) await this.#send();
  }

  async #send(): Promise<void> {
    this.#noticed();
    const text = 'SELECT pg_notify($1, max(position)::text) FROM log.events';
    // Lost where the database cannot be reached; its listeners then look for themselves.
    const query = inTime({ name: 'append-notice', text, values: [logChannel()] });
    await this.#pool.query(query).catch(() => undefined);
  }

  #noticed(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#noticedAt = performance.now();
  }
}
