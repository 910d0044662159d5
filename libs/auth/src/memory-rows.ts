import type { Key, ReadModel, Recorded } from '#read-store';
import { keysOf } from '#read-store';

/** The rows of a read model in memory, by the same folds; at most `most` of them, the oldest going first. */
export class MemoryRows<Row extends object> {
  readonly model: ReadModel<Row>;
  readonly #most: number;
  readonly #rows = new Map<Key, Row>();

  constructor(model: ReadModel<Row>, most = Number.POSITIVE_INFINITY) {
    this.model = model;
    this.#most = most;
  }

  get(key: Key): Row | undefined {
    return this.#rows.get(key);
  }

  put(key: Key, row: Row): void {
    this.#rows.set(key, row);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > this.#most && oldest !== undefined) this.#rows.delete(oldest);
  }

  /** Folds an event into the rows it concerns. */
  apply(event: Recorded): void {
    const fold = this.model.on[event.type]?.fold;
    if (!fold) return;
    for (const key of keysOf(this.model, event)) {
      const row = fold(this.#rows.get(key), event as Recorded<never>);
      if (row) this.put(key, row);
      else this.#rows.delete(key);
    }
  }
}
