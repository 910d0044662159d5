import { writeJson } from '#kernel';
import type { Kysely } from 'kysely';
import type { Position } from '#event-store';
import type { Version } from './batch.ts';
import { foldBatch, freshKeys, keysIn } from './batch.ts';
import type { CountChanges } from './counts.ts';
import { writeRows } from './flush.ts';
import { writeQuarantine } from './quarantine.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import { tables } from './table-view.ts';
import type { ReadDatabase } from './tables.ts';
import { makeLiveIndex } from './tables.ts';

/** Where the new tables stand until they take the place of the old ones. */
export const NEXT = 'read_next';
/** Rows are written when this many versions are waiting, or so many characters of their texts. */
const WRITE_AT = 5000;
const WRITE_AT_SIZE = 4_000_000;
/** Rough cost of a row beside its text, in characters. */
const ROW_COST = 300;

/** A live row in memory; `written`: the new table has it as well. */
interface LiveRow {
  readonly version: Version;
  written: boolean;
}

/** One model while it is made anew. Its live rows are in memory until they have to leave: then the new table has them. */
export class ModelRebuild {
  readonly model: ReadModel;
  readonly #db: Kysely<ReadDatabase>;
  readonly #counts: CountChanges;
  readonly #live = new Map<Key, LiveRow>();
  readonly #poisoned = new Set<Key>();
  #waiting: Version[] = [];
  #waitingSize = 0;
  /** Live rows of the new table that have ended, and are not written as such yet. */
  #ended = new Map<Key, Position>();
  #size = 0;
  /** Whether there are live rows that only the new table has. */
  #spilled = false;

  constructor(db: Kysely<ReadDatabase>, model: ReadModel, counts: CountChanges) {
    this.#db = db;
    this.model = model;
    this.#counts = counts;
  }

  /** Rough memory its live rows take, in characters. */
  get size(): number {
    return this.#size;
  }

  async fold(events: readonly Recorded[]): Promise<void> {
    const { model } = this;
    const keys = keysIn(model, events);
    if (keys.length === 0) return;
    if (this.#spilled) await this.#readBack(keys, events);
    const before = new Map<Key, object>();
    for (const key of keys) {
      const live = this.#live.get(key);
      if (live) before.set(key, live.version.row);
    }
    const changes = foldBatch(model, events, before, this.#poisoned);
    this.#counts.add(model, changes, before);
    for (const { key } of changes.poisoned) this.#poisoned.add(key);
    await writeQuarantine(this.#db, changes.poisoned, NEXT);
    for (const { key, at } of changes.ended) this.#end(key, at);
    for (const version of changes.versions) {
      if (version.to === undefined) this.#keep(version, false);
      else this.#wait(version);
    }
    if (this.#waiting.length >= WRITE_AT || this.#waitingSize >= WRITE_AT_SIZE) await this.#write();
  }

  /** Writes what is only in memory. */
  async finish(): Promise<void> {
    for (const live of this.#live.values()) {
      if (live.written) continue;
      this.#wait(live.version);
      live.written = true;
    }
    await this.#write();
  }

  /** All live rows leave the memory; those that are wanted again are read back. */
  async spill(): Promise<void> {
    await this.finish();
    // Before there are too many of them to be looked up one by one.
    if (!this.#spilled) await makeLiveIndex(this.#db, this.model, NEXT);
    this.#spilled = true;
    this.#live.clear();
    this.#size = 0;
  }

  #keep(version: Version, written: boolean): void {
    this.#live.set(version.key, { version, written });
    this.#size += version.text.length + ROW_COST;
  }

  #wait(version: Version): void {
    this.#waiting.push(version);
    this.#waitingSize += version.text.length;
  }

  #end(key: Key, at: Position): void {
    const live = this.#live.get(key);
    if (!live) return;
    this.#live.delete(key);
    this.#size -= live.version.text.length + ROW_COST;
    if (live.written) this.#ended.set(key, at);
    else if (this.model.history) this.#wait({ ...live.version, to: at });
  }

  async #readBack(keys: readonly Key[], events: readonly Recorded[]): Promise<void> {
    const fresh = freshKeys(this.model, events);
    const missing = keys.filter((key) => !this.#live.has(key) && !this.#ended.has(key) && !fresh.has(key));
    if (missing.length === 0) return;
    const found = await tables(this.#db, undefined, NEXT).read(this.model, missing);
    for (const [key, { row, since }] of found) {
      this.#keep({ key, from: since, to: undefined, row, text: writeJson(row) }, true);
    }
  }

  async #write(): Promise<void> {
    const versions = this.#waiting;
    const ended = [...this.#ended].map(([key, at]) => ({ key, at }));
    this.#waiting = [];
    this.#waitingSize = 0;
    this.#ended = new Map();
    for (let from = 0; from < versions.length || from === 0; from += WRITE_AT) {
      const part = versions.slice(from, from + WRITE_AT);
      await writeRows(this.#db, this.model, { ended: from === 0 ? ended : [], versions: part, poisoned: [] }, NEXT);
    }
  }
}
