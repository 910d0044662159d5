import type { Position, StoredEvent, Write } from './event-store.ts';

/** How many bytes of data and metadata are kept, at most. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The last events of the log as far as this process has appended them itself: one piece without a hole. Who follows the
 * log is served from here and need not ask the database for what has just gone there.
 */
export class RecentEvents {
  readonly #mostBytes: number;
  #events: StoredEvent[] = [];
  #bytes = 0;
  /** The piece begins behind this position. */
  #begin: Position | undefined;
  #end: Position = 0n;
  /** Whether others have appended behind the piece. */
  #behind = false;

  constructor(mostBytes = MAX_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Whether a position is in the piece. */
  holds(position: Position): boolean {
    return this.#begin !== undefined && position > this.#begin && position <= this.#end;
  }

  /** Notes that the log has come to a position. */
  heard(position: Position): void {
    if (position > this.#end) this.#behind = true;
  }

  /** Takes over what was appended right behind `base`, the last position before; at least one event. */
  add(base: Position, events: readonly StoredEvent[]): void {
    // Somebody else has appended in between: what was kept is of no use any more.
    if (this.#begin === undefined || base !== this.#end) {
      this.#events = [];
      this.#bytes = 0;
      this.#begin = base;
    }
    this.#end = events.at(-1)?.position ?? base;
    this.#behind = false;
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += sizeOf(event);
    }
    if (this.#bytes > this.#mostBytes) this.#forget();
  }

  /** Forgets the older half: one event at a time, the others would have to move each time. */
  #forget(): void {
    let gone = 0;
    for (; this.#bytes > this.#mostBytes / 2; gone += 1) {
      const oldest = this.#events[gone] as StoredEvent;
      this.#begin = oldest.position;
      this.#bytes -= sizeOf(oldest);
    }
    this.#events.splice(0, gone);
  }

  /**
   * The next events behind a position, as far as the piece goes; undefined where only the log can tell. `more`: there are
   * others behind them.
   */
  after(position: Position, limit: number): { events: StoredEvent[]; end: Position; more: boolean } | undefined {
    if (this.#begin === undefined || position < this.#begin || position >= this.#end) return undefined;
    const first = this.#firstBehind(position);
    const events = this.#events.slice(first, first + limit);
    const cut = first + limit < this.#events.length;
    return { events, end: cut ? (events.at(-1)?.position ?? position) : this.#end, more: cut || this.#behind };
  }

  /** Index of the first event behind a position: found by halves, as one append may be many thousand events. */
  #firstBehind(position: Position): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle] as StoredEvent).position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const sizeOf = ({ data, meta }: StoredEvent): number => data.length + meta.length;

/** The events of an append as the log holds them, the first of them right behind `base`. */
export function storedBehind(base: Position, writes: readonly Write[]): StoredEvent[] {
  let position = base;
  return writes.flatMap(({ stream, expected, events }) =>
    events.map((event, n) => {
      position += 1n;
      return { ...event, position, stream, revision: expected + 1 + n };
    }),
  );
}
