import type { ResolvedEvent } from '@kurrent/kurrentdb-client';
import { categoryOf } from '#kernel';
import type { Position, ReadAllOptions, ReadStreamOptions, StoredEvent } from './event-store.ts';
import type { KurrentConnection } from './kurrentdb-connection.ts';
import { storedEvent } from './kurrentdb-events.ts';

/** How many events are looked up at a time. */
const READS_AT_ONCE = 8;

/** Reads the log from KurrentDB. */
export class KurrentReader {
  readonly #connection: KurrentConnection;

  constructor(connection: KurrentConnection) {
    this.#connection = connection;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<StoredEvent[]> {
    const { from, direction = 'forwards', limit } = options;
    const backwards = direction === 'backwards';
    if (limit === 0 || (backwards && from !== undefined && from < 0)) return [];
    const start = backwards ? 'end' : 'start';
    const fromRevision = from === undefined ? start : BigInt(Math.max(from, 0));
    try {
      const events = await this.#connection.read((client) =>
        client.readStream(stream, { direction, fromRevision, ...(limit === undefined ? {} : { maxCount: limit }) }),
      );
      return events.map(ours);
    } catch (error) {
      if (error instanceof this.#connection.kurrent.StreamNotFoundError) return [];
      throw error;
    }
  }

  async readAll(after: Position, options: ReadAllOptions = {}): Promise<{ events: StoredEvent[]; end: Position }> {
    const { categories, limit = 1000 } = options;
    // The server begins with the event at the position: it is read once more and left out.
    const fromPosition = after === 0n ? 'start' : { commit: after, prepare: after };
    const read = await this.#connection.read((client) =>
      client.readAll({ fromPosition, maxCount: limit + 1, filter: this.#connection.filter }),
    );
    const next = read.filter((event) => positionOf(event) > after).slice(0, limit);
    const last = next.at(-1);
    return {
      events: next
        .map(storedEvent)
        .filter((event) => event !== undefined)
        .filter(({ stream }) => categories === undefined || categories.includes(categoryOf(stream))),
      end: last ? positionOf(last) : after,
    };
  }

  /** The events at these positions: each is read by itself, a few at a time. */
  async readAt(positions: readonly Position[]): Promise<StoredEvent[]> {
    const wanted = [...new Set(positions)].filter((position) => position > 0n).toSorted((a, b) => (a < b ? -1 : 1));
    const found: StoredEvent[] = [];
    for (let n = 0; n < wanted.length; n += READS_AT_ONCE) {
      const reads = wanted.slice(n, n + READS_AT_ONCE).map(async (position) => {
        const [first] = await this.#connection.read((client) =>
          client.readAll({
            fromPosition: { commit: position, prepare: position },
            maxCount: 1,
            filter: this.#connection.filter,
          }),
        );
        return first && positionOf(first) === position ? storedEvent(first) : undefined;
      });
      found.push(...(await Promise.all(reads)).filter((event) => event !== undefined));
    }
    return found;
  }

  async head(): Promise<Position> {
    const last = await this.#newest();
    return last ? positionOf(last) : 0n;
  }

  async last(): Promise<StoredEvent | undefined> {
    const last = await this.#newest();
    return last && storedEvent(last);
  }

  async #newest(): Promise<ResolvedEvent | undefined> {
    const [last] = await this.#connection.read((client) =>
      client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1, filter: this.#connection.filter }),
    );
    return last;
  }
}

const positionOf = ({ event, commitPosition }: ResolvedEvent): Position =>
  commitPosition ?? event?.position?.commit ?? 0n;

function ours(event: ResolvedEvent): StoredEvent {
  const stored = storedEvent(event);
  if (stored) return stored;
  throw new Error(`the stream ${event.event?.streamId} holds an event of somebody else: ${event.event?.id}`);
}
