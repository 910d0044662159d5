import type { EventStore, NewEvent, Position, StoredEvent } from '#event-store';
import type { MovedPositions } from './ledger-positions.ts';

/** Events that are appended at once, at most, and their size in characters. */
const MAX_EVENTS = 500;
const MAX_SIZE = 250_000;

/** Fills a log through its port. */
export interface LogElsewhere {
  /**
   * The next events, in their order.
   * @param asked the positions of events, in order, whose new position has to be known
   */
  add(events: readonly StoredEvent[], asked: readonly Position[]): Promise<void>;
  /** @returns the new positions of those that were asked for: of the last event that stands there, or before it */
  finish(): Promise<MovedPositions>;
}

/** Begins it. An append that was made before, by a restore that was interrupted, is found to be there. */
export function logElsewhere(store: EventStore): LogElsewhere {
  const moved = new Map<Position, Position>();
  let writes: { stream: string; expected: number; events: NewEvent[] }[] = [];
  let count = 0;
  let size = 0;
  let end: Position = 0n;
  let pending: Position[] | undefined;

  const flush = async (): Promise<void> => {
    if (count === 0) return;
    end = (await store.append(writes)).position;
    writes = [];
    count = 0;
    size = 0;
  };
  /** The positions that stand before the next event are those of the last one. */
  const answer = async (before: Position | undefined): Promise<void> => {
    const [first] = pending ?? [];
    if (first === undefined || (before !== undefined && first >= before)) return;
    await flush();
    const due = (pending ?? []).filter((position) => before === undefined || position < before);
    for (const position of due) moved.set(position, end);
    pending = pending?.slice(due.length);
  };
  return {
    add: async (events, asked) => {
      pending ??= [...asked];
      for (const { position, stream, revision, id, type, data, meta } of events) {
        await answer(position);
        const last = writes.at(-1);
        const length = data.length + meta.length;
        const again = last?.stream !== stream && writes.some((write) => write.stream === stream);
        if (again || count >= MAX_EVENTS || (count > 0 && size + length > MAX_SIZE)) await flush();
        const open = writes.at(-1);
        const event = { id, type, data, meta };
        if (open?.stream === stream) open.events.push(event);
        else writes.push({ stream, expected: revision - 1, events: [event] });
        count += 1;
        size += length;
      }
    },
    finish: async () => {
      await flush();
      await answer(undefined);
      return moved;
    },
  };
}
