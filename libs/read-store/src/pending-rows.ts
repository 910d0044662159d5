import type { Position } from '#event-store';
import type { Changes, Poisoned, Version } from './batch.ts';
import { CachedRow } from './cached-row.ts';
import { CountChanges } from './counts.ts';
import type { Batch } from './flush-batch.ts';
import type { Key, ReadModel } from './read-model.ts';

/** Rough cost of a row beside its text, in characters. */
const ROW_COST = 300;

/** What batches have done to the rows of one model since the tables were written. */
class PendingModel {
  readonly model: ReadModel;
  readonly poisoned: Poisoned[] = [];
  /** Rows that are live in the table, and where they end. */
  readonly ended = new Map<Key, Position>();
  /** Rows that are live now and not in the table. */
  readonly live = new Map<Key, Version>();
  /** Versions that ended before any table showed them. */
  readonly past: Version[] = [];

  constructor(model: ReadModel) {
    this.model = model;
  }

  /** @returns by how much it has grown, in characters */
  add({ ended, versions, poisoned }: Changes): number {
    let size = 0;
    for (const { key, at } of ended) {
      const open = this.live.get(key);
      if (!open) {
        this.ended.set(key, at);
        size += ROW_COST;
        continue;
      }
      this.live.delete(key);
      if (this.model.history) this.past.push({ ...open, to: at });
      else size -= sizeOf(open);
    }
    for (const version of versions) {
      if (version.to === undefined) this.live.set(version.key, version);
      else this.past.push(version);
      size += sizeOf(version);
    }
    this.poisoned.push(...poisoned);
    return size;
  }

  changes(): Changes {
    return {
      ended: [...this.ended].map(([key, at]) => ({ key, at })),
      versions: [...this.past, ...this.live.values()],
      poisoned: this.poisoned,
    };
  }
}

const sizeOf = ({ text }: Version): number => text.length + ROW_COST;

/** What was folded and no table shows yet: the work of several batches, to be written with one statement. */
export class PendingRows {
  readonly #models = new Map<string, PendingModel>();
  readonly counts = new CountChanges();
  #size = 0;

  /** Rough memory it takes, in characters. */
  get size(): number {
    return this.#size;
  }

  /** Takes in what a batch did to the rows of a model; `before` holds the rows it concerns as they were. */
  add(model: ReadModel, changes: Changes, before: ReadonlyMap<Key, object>): void {
    let pending = this.#models.get(model.name);
    if (!pending) this.#models.set(model.name, (pending = new PendingModel(model)));
    this.#size += pending.add(changes);
    this.counts.add(model, changes, before);
  }

  /** Whether anything was done to the rows of a model. */
  has({ name }: ReadModel): boolean {
    return this.#models.has(name);
  }

  /** A row, or null where there is none any more; undefined: the tables tell. */
  get({ name }: ReadModel, key: Key): CachedRow | null | undefined {
    const pending = this.#models.get(name);
    const open = pending?.live.get(key);
    if (open) return new CachedRow(open.row, open.from, open.text.length);
    return pending?.ended.has(key) ? null : undefined;
  }

  /** The keys of a model whose live rows the tables do not show, each with its row, or null where there is none. */
  rows({ name }: ReadModel): Map<Key, object | null> {
    const pending = this.#models.get(name);
    const rows = new Map<Key, object | null>();
    for (const key of pending?.ended.keys() ?? []) rows.set(key, null);
    for (const [key, { row }] of pending?.live ?? []) rows.set(key, row);
    return rows;
  }

  /** All of it, as one batch. */
  batch(): Batch {
    const changes = [...this.#models.values()].map((pending) => ({ model: pending.model, changes: pending.changes() }));
    return { changes, counts: this.counts };
  }
}
