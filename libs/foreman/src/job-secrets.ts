import type { EventStore } from '#event-store';
import { recorded } from '#event-store';
import { streamName } from '#kernel';
import type { TaskOrder } from './job.ts';
import { job } from './job.ts';
import type { ResolveSecrets } from './task-secrets.ts';

/** At most this many events of a job are looked through. */
const MAX_EVENTS = 10_000;

/** Texts of the secrets that the tasks of a job were given; undefined: there never was such a job. */
export type JobSecrets = (id: number) => Promise<readonly string[] | undefined>;

/** Reads the secrets of a job's tasks from the log, also of a job that is over. */
export const jobSecrets =
  (store: Pick<EventStore, 'readStream'>, resolve: ResolveSecrets): JobSecrets =>
  async (id) => {
    const events = await store.readStream(streamName(job.category, String(id)), { limit: MAX_EVENTS });
    if (events.length === 0) return undefined;
    const texts = new Set<string>();
    for (const event of events.filter(({ type }) => type === 'JobStepRequested')) {
      const { order } = recorded(event, {}).data as { readonly order: TaskOrder };
      for (const text of (await resolve(order.parameters)).texts) texts.add(text);
    }
    return [...texts];
  };
