import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, LeadershipTimes, Position, StoredEvent, Subscription } from '#event-store';
import { Leadership, lockKey } from '#event-store';
import type { Pool } from 'pg';
import type { RequestPart } from './request-parts.ts';
import { partsOf } from './request-parts.ts';

/** How many parts may wait to be written; more events wait until they are. */
export const MAX_WAITING_PARTS = 2000;
/** How long parts wait for others to be written with, in milliseconds. */
const FLUSH_MS = 100;
/** How long it is not written how far the log was read, where nothing of it is kept, in milliseconds. */
const CHECKPOINT_MS = 1000;
/** Time between two looks how far another process has come, in milliseconds. */
const LOOK_MS = 20;

/** Made from the log, disposable: another version of the table gets another name. */
const SCHEMA = `
SELECT pg_advisory_xact_lock(${lockKey('records.schema')});
CREATE SCHEMA IF NOT EXISTS records;
CREATE TABLE IF NOT EXISTS records.requests_1 (
  request text COLLATE "C" NOT NULL, first bigint NOT NULL, last bigint NOT NULL, events int NOT NULL,
  actor text COLLATE "C" NOT NULL, command text, reason text, caused boolean NOT NULL, at text NOT NULL,
  PRIMARY KEY (request, first)
);
CREATE INDEX IF NOT EXISTS requests_1_first ON records.requests_1 (first) WHERE NOT caused;
CREATE INDEX IF NOT EXISTS requests_1_actor ON records.requests_1 (actor, first) WHERE NOT caused;
CREATE TABLE IF NOT EXISTS records.checkpoint (name text PRIMARY KEY, position bigint NOT NULL);
INSERT INTO records.checkpoint VALUES ('requests_1', 0) ON CONFLICT DO NOTHING`;

const MOVE = `UPDATE records.checkpoint SET position = $2 WHERE name = 'requests_1' AND position = $1`;
const WRITE = `
INSERT INTO records.requests_1 (request, first, last, events, actor, command, reason, caused, at)
SELECT t.* FROM jsonb_to_recordset($1::jsonb)
  AS t(request text, first bigint, last bigint, events int, actor text, command text, reason text, caused boolean, at text)
ON CONFLICT DO NOTHING`;

interface Row extends Omit<RequestPart, 'first' | 'last'> {
  readonly first: string;
  readonly last: string;
}

/** Which requests are asked for. */
export interface RequestsAsked {
  /** Those of these actors. */
  readonly actors?: readonly string[];
  /** Those whose first event stands behind `after`, up to `upTo` and with it. */
  readonly after: Position;
  readonly upTo: Position;
  /** At most so many; the last ones come first. */
  readonly count: number;
}

/**
 * An index over the log: which events belong to which request. One process per database keeps it, behind the appends and
 * beside the read models; it holds a row per request and stretch of the log, none per event, and none of what agents
 * report or the server does on its own. It can be thrown away at any time and is made again from the log.
 */
export class RequestIndex {
  readonly #store: Pick<EventStore, 'head' | 'subscribe'>;
  readonly #pool: Pool;
  readonly #onError: (error: unknown) => void;
  readonly #leadership: Leadership;
  #subscription: Subscription | undefined;
  /** How far the table is, as far as this process has written it. */
  #written = 0n;
  /** How far the log was read. */
  #read = 0n;
  #waiting: RequestPart[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(
    store: Pick<EventStore, 'head' | 'subscribe'>,
    pool: Pool,
    { onError, times }: { readonly onError: (error: unknown) => void; readonly times?: LeadershipTimes },
  ) {
    this.#store = store;
    this.#pool = pool;
    this.#onError = onError;
    this.#leadership = new Leadership({
      pool,
      name: 'records.requests',
      onError,
      duty: { prepare: () => this.#prepare(), begin: () => this.#begin(), end: () => this.#end() },
      ...(times ? { times } : {}),
    });
  }

  async start(): Promise<void> {
    await this.#pool.query(SCHEMA);
    await this.#leadership.start();
  }

  stop(): Promise<void> {
    return this.#leadership.stop();
  }

  /** Waits until everything is in it that is in the log by now. @returns false where that takes longer than `timeoutMs` */
  async caughtUp(timeoutMs: number): Promise<boolean> {
    const head = await this.#store.head();
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (this.#leadership.leading && this.#read >= head) await this.#flush();
      const { rows } = await this.#pool.query<{ position: string }>(
        `SELECT position FROM records.checkpoint WHERE name = 'requests_1'`,
      );
      if (BigInt(rows[0]?.position ?? 0) >= head) return true;
      if (performance.now() > deadline) return false;
      await sleep(LOOK_MS);
    }
  }

  /** The parts of what a request did and caused, in the order of the log. */
  async parts(request: string): Promise<RequestPart[]> {
    const text = 'SELECT * FROM records.requests_1 WHERE request = $1 ORDER BY first';
    return (await this.#pool.query<Row>(text, [request])).rows.map(part);
  }

  /** What was asked for, the last first: the first part of each. */
  async list({ actors, after, upTo, count }: RequestsAsked): Promise<RequestPart[]> {
    const values = [after.toString(), upTo.toString(), count];
    const of = (who: string, more: readonly string[]) =>
      this.#pool.query<Row>(
        `SELECT * FROM records.requests_1 WHERE NOT caused AND first > $1 AND first <= $2 ${who}
         ORDER BY first DESC LIMIT $3`,
        [...values, ...more],
      );
    // Each actor has an index of its own to go along.
    const found = actors ? await Promise.all(actors.map((one) => of('AND actor = $4', [one]))) : [await of('', [])];
    const parts = found.flatMap(({ rows }) => rows.map(part));
    return parts.toSorted((one, other) => (one.first < other.first ? 1 : -1)).slice(0, count);
  }

  async #prepare(): Promise<void> {
    const { rows } = await this.#pool.query<{ position: string }>(
      `SELECT position FROM records.checkpoint WHERE name = 'requests_1'`,
    );
    this.#written = BigInt(rows[0]?.position ?? 0);
    this.#read = this.#written;
    this.#waiting = [];
    this.#failure = undefined;
  }

  #begin(): void {
    const handle = (events: readonly StoredEvent[], end: Position): Promise<void> => this.#take(events, end);
    this.#subscription = this.#store.subscribe(this.#read, handle, { onError: this.#onError });
  }

  async #end(): Promise<void> {
    await this.#subscription?.stop();
    this.#subscription = undefined;
    await this.#flush().catch((error: unknown) => this.#onError(error));
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #take(events: readonly StoredEvent[], end: Position): Promise<void> {
    if (this.#failure !== undefined) await this.#flush();
    // Where a batch comes again after a failure, what was taken of it already is left out.
    this.#waiting.push(...partsOf(events.filter(({ position }) => position > this.#read)));
    this.#read = end;
    if (this.#waiting.length > MAX_WAITING_PARTS) return this.#flush();
    const wait = this.#waiting.length > 0 ? FLUSH_MS : CHECKPOINT_MS;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // Tried again with the next events, or with the next that asks.
      this.#flush().catch((error: unknown) => this.#onError(error));
    }, wait).unref();
  }

  /** The table is not where this process left it: another one went on, or a crash has taken it back. */
  #startOver(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    const again = async (): Promise<void> => {
      await subscription?.stop();
      if (!this.#leadership.leading || this.#subscription) return;
      await this.#prepare();
      this.#begin();
    };
    if (subscription) again().catch((error: unknown) => this.#onError(error));
  }

  #flush(): Promise<void> {
    const next = this.#writing.then(() => this.#write());
    this.#writing = next.catch(() => undefined);
    return next;
  }

  async #write(): Promise<void> {
    if (this.#read === this.#written) return;
    const [parts, from, to] = [this.#waiting, this.#written, this.#read];
    this.#waiting = [];
    try {
      const texts = parts.map(({ first, last, ...rest }) => ({ first: String(first), last: String(last), ...rest }));
      const client = await this.#pool.connect();
      try {
        await client.query('BEGIN; SET LOCAL synchronous_commit = off');
        const moved = await client.query(MOVE, [String(from), String(to)]);
        if (moved.rowCount === 1 && texts.length > 0) await client.query(WRITE, [JSON.stringify(texts)]);
        await client.query('COMMIT');
        if (moved.rowCount !== 1) this.#startOver();
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
      this.#written = to;
      this.#failure = undefined;
    } catch (error) {
      this.#waiting = [...parts, ...this.#waiting];
      this.#failure = error;
      throw error;
    }
  }
}

const part = ({ first, last, ...rest }: Row): RequestPart => ({
  first: BigInt(first),
  last: BigInt(last),
  request: rest.request,
  events: rest.events,
  actor: rest.actor,
  command: rest.command,
  reason: rest.reason,
  caused: rest.caused,
  at: rest.at,
});
