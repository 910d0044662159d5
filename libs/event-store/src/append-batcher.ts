import { setImmediate as turn } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Conflict } from '#kernel';
import { ANSWER_MS, inTime } from './answer-time.ts';
import { AppendNotices } from './append-notices.ts';
import type { Check, Position, StoredEvent, Write } from './event-store.ts';
import { storedBehind } from './recent-events.ts';
import { textArray } from './text-array.ts';
import { isUnanswered } from './unavailable.ts';

interface Waiting {
  readonly writes: readonly Write[];
  readonly checks: readonly Check[];
  readonly bytes: number;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

/** Told of every batch that was appended: the position before it, and its events. */
type OnAppended = (base: Position, events: readonly StoredEvent[]) => void;

const MAX_BATCH = 200;
const MAX_BATCH_BYTES = 4_000_000;

/**
 * Gathers the appends that arrive while one is under way and sends them together: one statement, one commit. In one
 * batch no append touches a stream that another one writes (several may check the same one); one that would waits for
 * the next batch.
 */
export class AppendBatcher {
  readonly #pool: Pool;
  readonly #onAppended: OnAppended;
  readonly #notices: AppendNotices;
  readonly #answerMs: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #sending: Promise<unknown> = Promise.resolve();

  /** @param answerMs how long the database may take over an append, beside what its size takes */
  constructor(pool: Pool, onAppended: OnAppended, answerMs = ANSWER_MS) {
    this.#pool = pool;
    this.#onAppended = onAppended;
    this.#notices = new AppendNotices(pool);
    this.#answerMs = answerMs;
  }

  append(writes: readonly Write[], checks: readonly Check[]): Promise<Position> {
    const bytes = writes.reduce(
      (sum, write) => sum + write.events.reduce((n, e) => n + e.data.length + e.meta.length, 0),
      0,
    );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, checks, bytes, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing is under way, and the servers that listen have been told. */
  async stop(): Promise<void> {
    await this.#running;
    await this.#notices.stop();
  }

  /** Resolves when what is being sent now has been answered. */
  async answered(): Promise<void> {
    await this.#sending;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What is asked for in the same turn goes together.
      await turn();
      this.#sending = this.#send(this.#take());
      await this.#sending;
    }
    this.#running = undefined;
  }

  #take(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const written = new Set<string>();
    const checked = new Set<string>();
    let bytes = 0;
    for (const item of this.#waiting) {
      const { writes, checks } = item;
      const fits = batch.length < MAX_BATCH && (batch.length === 0 || bytes + item.bytes <= MAX_BATCH_BYTES);
      const apart =
        !writes.some(({ stream }) => written.has(stream) || checked.has(stream)) &&
        !checks.some(({ stream }) => written.has(stream));
      if (fits && apart) {
        batch.push(item);
        bytes += item.bytes;
      } else {
        left.push(item);
      }
      // Also the streams of those left behind: they keep their turn.
      for (const { stream } of writes) written.add(stream);
      for (const { stream } of checks) checked.add(stream);
    }
    this.#waiting = left;
    return batch;
  }

  /** @returns what it failed with as a whole; undefined where it did not */
  async #send(batch: readonly Waiting[]): Promise<unknown> {
    const bytes = batch.reduce((sum, item) => sum + item.bytes, 0);
    const notified = this.#notices.due();
    try {
      const { rows } = await this.#pool.query<{ base: string; failed: number[]; moved: string[] }>(
        inTime(statement(batch, notified), bytes, this.#answerMs),
      );
      const { base, failed, moved } = rows[0] as (typeof rows)[number];
      const before = BigInt(base);
      let position = before;
      const appended: StoredEvent[] = [];
      for (const [index, item] of batch.entries()) {
        const events = storedBehind(position, item.writes);
        position += BigInt(events.length);
        if (failed.includes(index)) {
          item.reject(new Conflict(moved.filter((_, n) => failed[n] === index)));
        } else {
          appended.push(...events);
          item.resolve(position);
        }
      }
      if (appended.length > 0) this.#onAppended(before, appended);
      // A notice that is owed is sent behind the append, however long that took: one sent before does not tell of it.
      if (notified !== appended.length > 0) this.#notices.owed();
      return undefined;
    } catch (error) {
      this.#notices.owed();
      if (batch.length === 1 || isUnanswered(error)) rejectAll(batch, error);
      else await this.#sendEach(batch);
      return error;
    }
  }

  /** The statement failed as a whole: finds the one that made it fail, and spares the others. */
  async #sendEach(batch: readonly Waiting[]): Promise<void> {
    for (const [index, item] of batch.entries()) {
      const error = await this.#send([item]);
      // Each of the others would wait as long.
      if (isUnanswered(error)) return rejectAll(batch.slice(index + 1), error);
    }
  }
}

function rejectAll(batch: readonly Waiting[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}

function statement(batch: readonly Waiting[], notify: boolean) {
  const event = onlyEvent(batch);
  if (event) {
    const text = 'SELECT * FROM log.append_event($1,$2,$3,$4,$5,$6,$7)';
    return { name: 'append-event', text, values: [...event, notify] };
  }
  const text = 'SELECT * FROM log.append_batch($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)';
  return { name: 'append', text, values: [...columns(batch), notify] };
}

/** The columns of a batch that is one event and nothing else; undefined: it is more. */
function onlyEvent(batch: readonly Waiting[]): unknown[] | undefined {
  const [item] = batch;
  if (batch.length !== 1 || item?.writes.length !== 1 || item.checks.length > 0) return undefined;
  const { stream, expected, events } = item.writes[0] as Write;
  const [event] = events;
  if (events.length !== 1 || !event) return undefined;
  return [stream, expected, event.id, event.type, event.data, event.meta];
}

function columns(batch: readonly Waiting[]): unknown[] {
  const w: [number[], string[], number[], number[]] = [[], [], [], []];
  const c: [number[], string[], number[]] = [[], [], []];
  const e: [number[], string[], number[], string[], string[], string[], string[]] = [[], [], [], [], [], [], []];
  for (const [index, { writes, checks }] of batch.entries()) {
    for (const write of writes) {
      w[0].push(index);
      w[1].push(write.stream);
      w[2].push(write.expected);
      w[3].push(write.events.length);
      for (const [n, event] of write.events.entries()) {
        e[0].push(index);
        e[1].push(write.stream);
        e[2].push(write.expected + 1 + n);
        e[3].push(event.id);
        e[4].push(event.type);
        e[5].push(event.data);
        e[6].push(event.meta);
      }
    }
    for (const check of checks) {
      c[0].push(index);
      c[1].push(check.stream);
      c[2].push(check.revision);
    }
  }
  return [...w, ...c, ...e.slice(0, 5), textArray(e[5]), textArray(e[6])];
}
