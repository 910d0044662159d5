import type { Clock } from './clock.ts';
import type { EventStore, Meta, StoredEvent, Subscription } from './event-store.ts';

/**
 * Keeps a clock from telling earlier times than the log holds, whoever wrote them: it goes on behind the last event, and
 * behind those that others append from now on. So times follow the order of the log also after a restart, and over several
 * servers whose clocks differ.
 */
export async function followTimes(
  clock: Pick<Clock, 'observe'>,
  store: Pick<EventStore, 'last' | 'subscribe'>,
  onError: (error: unknown) => void,
): Promise<Subscription> {
  const last = await store.last();
  if (last) clock.observe(timeOf(last));
  const hear = async (events: readonly StoredEvent[]): Promise<void> => {
    const newest = events.at(-1);
    if (newest) clock.observe(timeOf(newest));
  };
  return store.subscribe(last?.position ?? 0n, hear, { onError });
}

const timeOf = ({ meta }: StoredEvent): string => (JSON.parse(meta) as Meta).at;
