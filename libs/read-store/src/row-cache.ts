import type { Changes } from './batch.ts';
import { CachedRow } from './cached-row.ts';
import type { Key, ReadModel } from './read-model.ts';

/** What is kept of one model, the oldest first. */
interface Kept {
  /** Null: it is known that there is no such row. */
  readonly rows: Map<Key, CachedRow | null>;
  size: number;
}

/** Rough cost of an entry beside the text of its row. */
const ENTRY_SIZE = 200;
/** How many rows get a second chance before one goes, at most: nobody shall wait for all of them. */
const CHANCES = 50;

/**
 * Live rows in memory, up to a size (in characters of their text). Room is made by the model that takes most of it: its
 * oldest rows go first, but one that was used gets a second chance. Only the process that projects keeps them, because
 * only it learns of every change in the moment it is made.
 */
export class RowCache {
  readonly #limit: number;
  readonly #kept = new Map<string, Kept>();
  #size = 0;
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
    this.#size = 0;
  }

  /** To be taken before rows are read from the tables: what was read counts only if nothing has changed since. */
  get mark(): number {
    return this.#changes;
  }

  /** A row, or null where it is known that there is none; undefined: it has to be looked up. */
  get({ name }: ReadModel, key: Key): CachedRow | null | undefined {
    const held = this.#kept.get(name)?.rows.get(key);
    // Written only where it changes: reading many rows shall not make all their memory dirty.
    if (held?.used === false) held.used = true;
    return held;
  }

  /** Keeps what was read from the tables after `mark` was taken. */
  keep(model: ReadModel, key: Key, held: CachedRow | null, mark: number): void {
    if (this.#open && mark === this.#changes) this.#put(model, key, held);
  }

  /** Takes over what a batch has done to the rows of a model. */
  apply(model: ReadModel, { ended, versions }: Changes): void {
    this.#changes += 1;
    if (!this.#open) return;
    for (const { key } of ended) this.#put(model, key, null);
    for (const { key, from, to, row, text } of versions) {
      if (to === undefined) this.#put(model, key, new CachedRow(row, from, text.length));
    }
  }

  #put({ name }: ReadModel, key: Key, held: CachedRow | null): void {
    let kept = this.#kept.get(name);
    if (!kept) this.#kept.set(name, (kept = { rows: new Map(), size: 0 }));
    this.#drop(kept, key);
    const size = sizeOf(held);
    if (this.#size + size > this.#limit) this.#makeRoom(size);
    kept.rows.set(key, held);
    this.#grow(kept, size);
  }

  #makeRoom(size: number): void {
    let chances = CHANCES;
    while (this.#size > 0 && this.#size + size > this.#limit) {
      const largest = [...this.#kept.values()].reduce((one, other) => (other.size > one.size ? other : one));
      for (const [key, held] of largest.rows) {
        if (held?.used === true && chances > 0) {
          chances -= 1;
          held.used = false;
          largest.rows.delete(key);
          largest.rows.set(key, held);
        } else {
          this.#drop(largest, key);
          break;
        }
      }
    }
  }

  #drop(kept: Kept, key: Key): void {
    const held = kept.rows.get(key);
    if (held === undefined) return;
    kept.rows.delete(key);
    this.#grow(kept, -sizeOf(held));
  }

  #grow(kept: Kept, by: number): void {
    kept.size += by;
    this.#size += by;
  }
}

const sizeOf = (held: CachedRow | null): number => (held?.length ?? 0) + ENTRY_SIZE;
