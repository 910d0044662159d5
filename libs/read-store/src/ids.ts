import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pool } from 'pg';
import { inTime } from '#event-store';
import { makeLedger } from './ledger.ts';

interface Waiting {
  readonly resolve: (id: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Ids of one kind. */
interface Kind {
  /** Who waits for ids; undefined while nothing is under way. */
  waiting: Waiting[] | undefined;
  /** Fetched ahead, and until when they may be handed out. */
  ahead: number[];
  aheadUntil: number;
  /** How many were asked for since a moment. */
  asked: number;
  since: number;
}

/** How long the times are over which it is counted how many ids of a kind are asked for. */
const WINDOW_MS = 100;
/** Only where so many are asked for in that time, more are fetched than are asked for. */
const MIN_ASKED = 10;
/** How many are fetched ahead at most. */
const MAX_AHEAD = 50;

/** The last id that was handed out in a rehearsal. */
const rehearsals = new AsyncLocalStorage<{ last: number }>();

/**
 * Hands out whole numbers, each at most once; gaps are normal. A ledger: never rebuilt. The guarantee that an id is new
 * lies in the log (its stream must not exist yet); this is the hint that makes it come true the first time. Where many
 * are asked for, some are fetched ahead; those that nobody wants soon are let go, so that ids grow with time.
 */
export class Ids {
  readonly #pool: Pool;
  readonly #made = new Map<string, Promise<void>>();
  readonly #kinds = new Map<string, Kind>();

  readonly #now: () => number;

  /** @param now milliseconds of a clock that is not set */
  constructor(pool: Pool, now = () => performance.now()) {
    this.#pool = pool;
    this.#now = now;
  }

  /** Does what may come to nothing (a dry run): ids that it asks for are below zero, and none is used up. */
  static rehearse<T>(task: () => Promise<T>): Promise<T> {
    return rehearsals.run({ last: 0 }, task);
  }

  /** The next ids of a kind (letters only), so many of them. */
  async take(kind: string, count: number): Promise<number[]> {
    const rehearsal = rehearsals.getStore();
    if (rehearsal) return Array.from({ length: count }, () => (rehearsal.last -= 1));
    const name = `ledger.ids_${kind.toLowerCase()}`;
    await this.#make(name);
    const text = `SELECT nextval('${name}') AS id FROM generate_series(1, $1)`;
    const { rows } = await this.#pool.query<{ id: string }>(inTime({ name: `take-${kind}`, text, values: [count] }));
    return rows.map(({ id }) => Number(id));
  }

  /** The next id of a kind. Those that are asked for while others are under way are fetched together. */
  next(kind: string): Promise<number> {
    const rehearsal = rehearsals.getStore();
    if (rehearsal) return Promise.resolve((rehearsal.last -= 1));
    const ids = this.#kind(kind);
    ids.asked += 1;
    if (ids.ahead.length > 0 && this.#now() <= ids.aheadUntil) return Promise.resolve(ids.ahead.shift() as number);
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      if (ids.waiting) ids.waiting.push(waiting);
      else void this.#fetch(kind, ids, (ids.waiting = [waiting]));
    });
  }

  #kind(name: string): Kind {
    let kind = this.#kinds.get(name);
    if (!kind) {
      kind = { waiting: undefined, ahead: [], aheadUntil: 0, asked: 0, since: -Infinity };
      this.#kinds.set(name, kind);
    }
    return kind;
  }

  async #fetch(name: string, kind: Kind, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const served = waiting.splice(0);
      try {
        const ids = await this.take(name, served.length + countAhead(kind, this.#now()));
        // Those that came meanwhile are served too, as far as it goes.
        for (const { resolve } of [...served, ...waiting.splice(0, ids.length - served.length)]) {
          resolve(ids.shift() as number);
        }
        kind.ahead = ids;
        kind.aheadUntil = this.#now() + WINDOW_MS;
      } catch (error) {
        for (const { reject } of served) reject(error);
      }
    }
    kind.waiting = undefined;
  }

  #make(name: string): Promise<void> {
    const known = this.#made.get(name);
    if (known) return known;
    const making = makeLedger(this.#pool, `CREATE SEQUENCE IF NOT EXISTS ${name}`);
    this.#made.set(name, making);
    making.catch(() => this.#made.delete(name));
    return making;
  }
}

/** How many ids are worth fetching ahead: as many as were asked for in half of the time that they are kept for. */
function countAhead(kind: Kind, now: number): number {
  const { asked, since } = kind;
  if (now - since >= WINDOW_MS) {
    kind.asked = 0;
    kind.since = now;
  }
  return asked < MIN_ASKED || now - since > 2 * WINDOW_MS ? 0 : Math.min(Math.ceil(asked / 2), MAX_AHEAD);
}
