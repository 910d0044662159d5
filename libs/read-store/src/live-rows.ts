import type { Position } from '#event-store';
import type { Changes } from './batch.ts';
import type { Key, ReadModel } from './read-model.ts';

/** A row as it is now, and since which position it is so. */
export interface Live<Row extends object = object> {
  readonly row: Row;
  readonly since: Position;
}

interface Kept {
  /** Undefined: it is known that there is no such row. */
  readonly live: Live | undefined;
  readonly bytes: number;
  /** When it was last moved to the young end, counted in uses. */
  used: number;
}

/** Rough cost of an entry beside the text of its row. */
const ENTRY_BYTES = 200;

/**
 * Live rows in memory, up to a number of bytes (by the text of the rows), the least used going first. Only the process
 * that projects keeps them, because only it learns of every change in the moment it is made.
 */
export class LiveRows {
  readonly #limit: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #changes = 0;
  #uses = 0;
  #open = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** From now on every change is told; before, nothing is kept. */
  open(): void {
    this.#open = true;
  }

  /** Changes are no longer told: everything is forgotten. */
  close(): void {
    this.#open = false;
    this.#changes += 1;
    this.#kept.clear();
    this.#bytes = 0;
  }

  /** To be taken before rows are read from the tables: what was read counts only if nothing has changed since. */
  get mark(): number {
    return this.#changes;
  }

  /** A row; `known` false: it has to be looked up. */
  get(model: ReadModel, key: Key): { readonly known: boolean; readonly live?: Live } {
    const id = idOf(model, key);
    const kept = this.#kept.get(id);
    if (!kept) return { known: false };
    // Moved to the young end, but not time and again while it is young.
    this.#uses += 1;
    if (this.#uses - kept.used > this.#kept.size / 4) {
      kept.used = this.#uses;
      this.#kept.delete(id);
      this.#kept.set(id, kept);
    }
    return kept.live ? { known: true, live: kept.live } : { known: true };
  }

  /** Keeps what was read from the tables after `mark` was taken. */
  fill(model: ReadModel, key: Key, live: Live | undefined, bytes: number, mark: number): void {
    if (this.#open && mark === this.#changes) this.#put(idOf(model, key), live, bytes + ENTRY_BYTES);
  }

  /** Takes over what a batch has done to the rows of a model. */
  apply(model: ReadModel, { ended, versions }: Changes): void {
    this.#changes += 1;
    if (!this.#open) return;
    for (const { key } of ended) this.#put(idOf(model, key), undefined, ENTRY_BYTES);
    for (const { key, from, to, row, text } of versions) {
      if (to === undefined) this.#put(idOf(model, key), { row, since: from }, text.length + ENTRY_BYTES);
    }
  }

  #put(id: string, live: Live | undefined, bytes: number): void {
    this.#bytes += bytes - (this.#kept.get(id)?.bytes ?? 0);
    this.#uses += 1;
    this.#kept.delete(id);
    this.#kept.set(id, { live, bytes, used: this.#uses });
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes <= this.#limit || oldest === id) return;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
  }
}

const idOf = (model: ReadModel, key: Key): string => `${model.name}\u0000${key}`;
