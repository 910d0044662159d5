import { randomUUID } from 'node:crypto';
import type { EventStore, Position } from '#event-store';
import type { Message } from '#kernel';
import { streamName } from '#kernel';
import { recorded } from '#event-store';
import type { Key, ReadModel, Recorded } from '../src/read-model.ts';
import { keysOf } from '../src/read-model.ts';

/** A log of shelves for the specs of this module. */
export class ExampleLog {
  readonly #store: EventStore;
  readonly #lengths = new Map<string, number>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Appends what happened to one shelf. @returns the position of the last event */
  async tell(id: Key, ...messages: readonly Message[]): Promise<Position> {
    const stream = streamName('shelf', id);
    const length = this.#lengths.get(stream) ?? 0;
    const events = messages.map(({ type, data }) => ({
      id: randomUUID(),
      type,
      data: JSON.stringify(data),
      meta: JSON.stringify({ v: 1, at: '2026-01-01T00:00:00.000000+00:00', actor: 'me' }),
    }));
    this.#lengths.set(stream, length + events.length);
    return (await this.#store.append([{ stream, expected: length - 1, events }])).position;
  }

  /** All events up to a position. */
  async events(until?: Position): Promise<Recorded[]> {
    const { events } = await this.#store.readAll(0n, { limit: 100_000 });
    return events
      .filter(({ position }) => until === undefined || position <= until)
      .map((event) => recorded(event, {}));
  }
}

/** What the rows of a model have to be: its fold over these events, one by one, in memory. */
export function foldAll<Row extends object>(model: ReadModel<Row>, events: readonly Recorded[]): Map<Key, Row> {
  const rows = new Map<Key, Row>();
  const spoilt = new Set<Key>();
  for (const event of events) {
    for (const key of keysOf(model, event).filter((key) => !spoilt.has(key))) {
      try {
        const row = model.on[event.type]?.fold(rows.get(key), event as Recorded<never>);
        if (row) rows.set(key, row);
        else rows.delete(key);
      } catch {
        spoilt.add(key);
      }
    }
  }
  return rows;
}
