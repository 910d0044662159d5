import type { Pool } from 'pg';
import { inTime } from './answer-time.ts';
import type { StoredEvent } from './event-store.ts';
import type { EventRow } from './event-row.ts';
import { stored } from './event-row.ts';

interface Wanted {
  readonly stream: string;
  readonly from: number;
  readonly limit: number | undefined;
  readonly resolve: (events: StoredEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** How many statements may be under way; what is wanted meanwhile goes together into the next one. */
const UNDER_WAY = 2;
const MAX_BATCH = 100;

const STATEMENT = `
  SELECT w.n, e.* FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS w(s, r, l, n)
  CROSS JOIN LATERAL (
    SELECT * FROM log.events e WHERE e.stream = w.s AND e.revision >= w.r ORDER BY e.revision LIMIT w.l
  ) e
  ORDER BY w.n, e.revision`;

/** Reads streams forwards, many with one statement when many are wanted at once. */
export class StreamReader {
  readonly #pool: Pool;
  #waiting: Wanted[] = [];
  #underWay = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  read(stream: string, from: number, limit: number | undefined): Promise<StoredEvent[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ stream, from, limit, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#go());
    });
  }

  #go(): void {
    while (this.#underWay < UNDER_WAY && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      this.#underWay += 1;
      void this.#send(batch).finally(() => {
        this.#underWay -= 1;
        this.#go();
      });
    }
  }

  async #send(batch: readonly Wanted[]): Promise<void> {
    try {
      const { rows } = await this.#pool.query<EventRow & { n: string }>(
        inTime({
          name: 'read-streams',
          text: STATEMENT,
          values: [
            batch.map(({ stream }) => stream),
            batch.map(({ from }) => from),
            batch.map(({ limit }) => limit ?? null),
          ],
        }),
      );
      const found = batch.map((): StoredEvent[] => []);
      for (const { n, ...row } of rows) found[Number(n) - 1]?.push(stored(row));
      for (const [index, { resolve }] of batch.entries()) resolve(found[index] ?? []);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
