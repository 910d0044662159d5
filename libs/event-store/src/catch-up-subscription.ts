import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import type { Signal } from './signal.ts';
import type { Position, ReadAllOptions, StoredEvent, SubscribeOptions, Subscription } from './event-store.ts';

/** How long it waits after failures in a row. */
const PAUSES = { firstMs: 100, maxMs: 5000 };

/** A subscription over a store that can be read from a position and rings a bell when there is more. */
export function catchUpSubscription(feed: {
  readonly after: Position;
  readonly handle: (events: readonly StoredEvent[], end: Position) => Promise<void>;
  readonly options: SubscribeOptions;
  /** The next events; `more`: there may be others behind them by now, without the bell being rung again. */
  readonly read: (
    after: Position,
    options: ReadAllOptions,
  ) => Promise<{ readonly events: StoredEvent[]; readonly end: Position; readonly more: boolean }>;
  readonly bell: Signal;
  /** How long to wait for the bell before looking all the same, in milliseconds; for good unless said. */
  readonly pollMs?: number;
}): Subscription {
  const { handle, options, read, bell, pollMs } = feed;
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;

  const pause = (milliseconds: number): Promise<unknown> =>
    sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);

  const run = async (): Promise<void> => {
    let position = feed.after;
    let failures = 0;
    while (!stopped()) {
      const count = bell.count;
      try {
        const { events, end, more } = await read(position, options);
        if (stopped()) return;
        if (end > position) {
          await handle(events, end);
          position = end;
        }
        failures = 0;
        if (!more) await bell.wait(count, pollMs);
      } catch (error) {
        if (stopped()) return;
        options.onError?.(error);
        failures += 1;
        await pause(backoffMs(failures, PAUSES));
      }
    }
  };

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      bell.notify();
      await running;
    },
  };
}
