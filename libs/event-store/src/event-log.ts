import type { EventStore, Position, ReadAllOptions, ReadStreamOptions } from './event-store.ts';
import type { LoggedEvent } from './recorded.ts';
import { recorded } from './recorded.ts';
import type { Upcasters } from './upcasters.ts';

/** The log for those who tell of events themselves: every event is read in today's shape. */
export class EventLog {
  readonly #store: Pick<EventStore, 'head' | 'readAll' | 'readAt' | 'readStream'>;
  readonly #upcasters: Upcasters;

  constructor(store: Pick<EventStore, 'head' | 'readAll' | 'readAt' | 'readStream'>, upcasters: Upcasters = {}) {
    this.#store = store;
    this.#upcasters = upcasters;
  }

  /** Position of the last event. */
  head(): Promise<Position> {
    return this.#store.head();
  }

  /** The events of a stream, as `EventStore.readStream`. */
  async eventsOf(stream: string, options?: ReadStreamOptions): Promise<LoggedEvent[]> {
    return (await this.#store.readStream(stream, options)).map((event) => recorded(event, this.#upcasters));
  }

  /** The events at positions of the log, as `EventStore.readAt`. */
  async eventsAt(positions: readonly Position[]): Promise<LoggedEvent[]> {
    if (positions.length === 0) return [];
    return (await this.#store.readAt(positions)).map((event) => recorded(event, this.#upcasters));
  }

  /** The next events of all streams, as `EventStore.readAll`. */
  async eventsAfter(
    after: Position,
    options?: ReadAllOptions,
  ): Promise<{ readonly events: LoggedEvent[]; readonly end: Position }> {
    const { events, end } = await this.#store.readAll(after, options);
    return { events: events.map((event) => recorded(event, this.#upcasters)), end };
  }
}
