import { LRUCache } from 'lru-cache';
import type { EventLog, Recorded } from '#event-store';
import { job } from './job.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';

/** How many jobs have their state kept in memory; the stream of another one is read again. */
export const MAX_FOLDED = 500;
/** How many events of a stream are read at a time. */
const PAGE = 200;

interface Folded {
  readonly revision: number;
  readonly row: JobRow | undefined;
}

/** A job before and after one of its events; undefined: it is not there yet, or over. */
export interface JobChange {
  readonly before: JobRow | undefined;
  readonly after: JobRow | undefined;
}

/** Jobs as they were at each of their events, from the log alone: the same in every process, and of jobs that are over. */
export class JobFold {
  readonly #events: Pick<EventLog, 'eventsOf'>;
  readonly #kept: LRUCache<string, Folded>;

  constructor(events: Pick<EventLog, 'eventsOf'>, { maxFolded = MAX_FOLDED }: { readonly maxFolded?: number } = {}) {
    this.#events = events;
    this.#kept = new LRUCache({ max: maxFolded });
  }

  /** How many jobs have their state kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** What an event has changed. */
  async at(event: Recorded): Promise<JobChange> {
    const { stream, revision } = event;
    const kept = this.#kept.get(stream);
    const before =
      revision === 0 ? undefined : kept?.revision === revision - 1 ? kept.row : await this.#read(stream, revision);
    const after = folded(before, event);
    if (after) this.#kept.set(stream, { revision, row: after });
    else this.#kept.delete(stream);
    return { before, after };
  }

  /** A job as it was before the event of a revision. */
  async #read(stream: string, revision: number): Promise<JobRow | undefined> {
    let row: JobRow | undefined;
    for (let from = 0; from < revision;) {
      const events = await this.#events.eventsOf(stream, { from, limit: Math.min(PAGE, revision - from) });
      if (events.length === 0) throw new Error(`the log has no event ${from} of ${stream}`);
      for (const event of events) row = folded(row, event);
      from += events.length;
    }
    return row;
  }
}

/** Types of events after which a job is over. */
export const LAST_EVENTS: readonly string[] = ['JobEnded', 'JobCanceled'];

/** Name of the stream of a job. */
export const streamOf = (id: number): string => `${job.category}-${id}`;

const folded = (row: JobRow | undefined, event: Recorded): JobRow | undefined => {
  const rule = jobs.on[event.type];
  return rule ? rule.fold(row, event as Recorded<never>) : row;
};
