import { LRUCache } from 'lru-cache';
import type { EventStore, Meta } from '#event-store';
import { isTraced, streamName, traced } from '#kernel';
import { job } from './job.ts';

/** Of how many jobs the trace is remembered; that of others is read again. */
const MAX_REMEMBERED = 10_000;

/** The traces that jobs belong to, each that of the request that has made the job. Where nothing is traced it reads nothing. */
export class JobTraces {
  readonly #store: Pick<EventStore, 'readStream'>;
  /** W3C `traceparent`; `''`: the request was not traced. */
  readonly #known = new LRUCache<number, string>({ max: MAX_REMEMBERED });

  constructor(store: Pick<EventStore, 'readStream'>) {
    this.#store = store;
  }

  /** Does something for a job, as a span of its trace. @throws what the store throws */
  async during<T>(name: string, id: number, run: () => Promise<T>): Promise<T> {
    if (!isTraced()) return run();
    return traced(name, { parent: await this.#of(id), attributes: { 'contractor.job': id } }, run);
  }

  async #of(id: number): Promise<string | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined) return known || undefined;
    const [first] = await this.#store.readStream(streamName(job.category, id), { limit: 1 });
    if (!first) return undefined;
    const { trace = '' } = JSON.parse(first.meta) as Partial<Meta>;
    this.#known.set(id, trace);
    return trace || undefined;
  }
}
