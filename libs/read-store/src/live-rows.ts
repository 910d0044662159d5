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
  /** Whether it was asked for since it came to the young end. */
  used: boolean;
}

/** Rough cost of an entry beside the text of its row. */
const ENTRY_BYTES = 200;
/** How many rows get a second chance before one goes, at most: nobody shall wait for all of them. */
const CHANCES = 50;

/**
 * Live rows in memory, up to a number of bytes (by the text of the rows); the oldest go first, but one that was used gets
 * a second chance. Only the process that projects keeps them, because only it learns of every change in the moment it is made.
 */
export class LiveRows {
  readonly #limit: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #changes = 0;
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
    kept.used = true;
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
    this.#kept.delete(id);
    this.#kept.set(id, { live, bytes, used: false });
    let chances = CHANCES;
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes <= this.#limit) return;
      if (oldest === id) continue;
      this.#kept.delete(oldest);
      if (kept.used && chances > 0) {
        chances -= 1;
        this.#kept.set(oldest, { ...kept, used: false });
      } else {
        this.#bytes -= kept.bytes;
      }
    }
  }
}

const idOf = (model: ReadModel, key: Key): string => `${model.name}\u0000${key}`;
