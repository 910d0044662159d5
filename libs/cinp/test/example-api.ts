import type { Decider, Message, StreamState, StateSource } from '#kernel';
import { evolve, streamName, UnitOfWork } from '#kernel';
import { systemClock } from '#event-store';
import type { Key, ReadModel, Recorded, View } from '#read-store';
import { byHolding, CachedRow } from '#read-store';
import { ApiService, Catalogue } from '#api';
import type { Row } from './example-kinds.ts';
import { KINDS } from './example-kinds.ts';
import { MODELS } from './example-models.ts';

/** A log and read models in memory: as much of them as an API needs. */
class Memory implements StateSource {
  readonly #streams = new Map<string, StreamState>();
  readonly #rows = new Map<string, Map<Key, object>>();
  readonly clock = systemClock();
  position = 0n;

  async load<S, C extends Message, E extends Message>(decider: Decider<S, C, E>, id: string): Promise<StreamState<S>> {
    const known = this.#streams.get(streamName(decider.category, id)) as StreamState<S> | undefined;
    return structuredClone(known ?? { state: decider.initial(), revision: -1 });
  }

  async execute<R>(task: (work: UnitOfWork) => Promise<R>): Promise<{ value: R; position: bigint | undefined }> {
    const work = new UnitOfWork(this);
    const value = await task(work);
    work.throwIfFaulted();
    const written = work.written();
    for (const { stream, expected, events } of written) {
      for (const [n, event] of events.entries()) this.#append(stream, expected + 1 + n, event);
    }
    return { value, position: written.length > 0 ? this.position : undefined };
  }

  #append(stream: string, revision: number, event: Message): void {
    const at = stream.indexOf('-');
    const [category, id] = [stream.slice(0, at), stream.slice(at + 1)];
    const found = KINDS.find(({ decider }) => decider.category === category);
    if (!found) throw new Error(`there is no ${category}`);
    const { decider, rows } = found;
    this.position += 1n;
    const before = (this.#streams.get(stream)?.state ?? decider.initial()) as { value?: Row };
    this.#streams.set(stream, { state: evolve(decider, before, event), revision });
    const { position, clock } = this;
    const recorded = { ...event, id, stream, revision, position, at: clock.now(), actor: '' } as Recorded<never>;
    const table = this.#table(rows);
    const key = rows.key === 'integer' ? Number(id) : id;
    const after = rows.on[event.type]?.fold(table.get(key), recorded);
    if (after) table.set(key, after);
    else table.delete(key);
  }

  readonly view: View = byHolding({
    cached: async (model, keys) =>
      new Map(
        [...this.#table(model)]
          .filter(([key]) => keys.includes(key))
          .map(([key, row]) => [key, new CachedRow(row, 0n, 0)]),
      ),
    keys: async (model, { where = {}, skip = 0, count } = {}) => {
      const keys = [...this.#table(model)]
        .filter(([, row]) => Object.entries(where).every(([index, value]) => model.indexes[index]?.(row) === value))
        .map(([key]) => key)
        .sort((a, b) => (a < b ? -1 : 1));
      return { keys: keys.slice(skip, count === undefined ? undefined : skip + count), total: keys.length };
    },
  });

  #table<R extends object>({ name }: ReadModel<R>): Map<Key, R> {
    const table = this.#rows.get(name) ?? new Map<Key, object>();
    this.#rows.set(name, table);
    return table as Map<Key, R>;
  }
}

/** A small API over memory. `late`: the read models never catch up. */
export function exampleApi({ late = false } = {}): ApiService {
  const memory = new Memory();
  return new ApiService({
    catalogue: new Catalogue(MODELS),
    reads: { now: memory.view, at: () => memory.view, projector: { reached: 0n, caughtUp: async () => !late } },
    clock: memory.clock,
    head: async () => memory.position,
    execute: (_, task) => memory.execute(task),
  });
}
