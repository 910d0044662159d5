import type { Changes } from './batch.ts';
import { OrderedKeys } from './ordered-keys.ts';
import type { PageOfKeys } from './page-cache.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { ListOptions } from './view.ts';
import type { PlainWhere } from './where.ts';
import { indexText, isPlain, tagText } from './where.ts';

/** How many keys all lists together may hold. About 60 MB with names of twenty letters. */
export const MAX_LISTED = 1_000_000;
/** What a list counts beside its keys. */
const LIST_COST = 20;

/** A list that is being read from the tables, and what has changed in its model since that began. */
export interface Loading {
  readonly model: ReadModel;
  readonly where: PlainWhere;
  /** Rows that are not as the tables had them; null: there is none any more. */
  readonly changed: Map<Key, object | null>;
}

/** Lists of one model by values of the same indexes. */
interface Grouping {
  readonly indexes: readonly string[];
  readonly lists: Map<string, OrderedKeys>;
}

interface Listed {
  readonly grouping: Grouping;
  readonly values: string;
  readonly keys: OrderedKeys;
}

/**
 * The keys of lists in memory, each in its order: any page of them is found without the tables, also while rows change.
 * A list is read once and follows every change from then on. Together they are bounded; those that were not asked for
 * the longest go first. Only the process that projects keeps them, because only it learns of every change.
 */
export class KeyLists {
  readonly #max: number;
  readonly #groupings = new Map<string, Grouping[]>();
  /** All lists, the one asked for last at the end. */
  readonly #lists = new Map<string, Listed>();
  /** The one at the end. */
  #last: Listed | undefined;
  readonly #loading = new Set<Loading>();
  #weight = 0;
  #open = false;

  constructor(max = MAX_LISTED) {
    this.#max = max;
  }

  /** From now on every change is told; before, nothing is kept. */
  open(): void {
    this.#open = true;
  }

  /** Changes are no longer told: everything is forgotten. */
  close(): void {
    this.#open = false;
    this.#groupings.clear();
    this.#lists.clear();
    this.#loading.clear();
    this.#last = undefined;
    this.#weight = 0;
  }

  /** A page of a list, where that is in memory. */
  page(model: ReadModel, { where = {}, skip = 0, count }: ListOptions): PageOfKeys | undefined {
    if (!isPlain(where)) return undefined;
    const id = idOf(model, where);
    const listed = this.#lists.get(id);
    if (!listed) return undefined;
    if (listed !== this.#last) {
      this.#lists.delete(id);
      this.#lists.set(id, listed);
      this.#last = listed;
    }
    const { keys } = listed;
    return { keys: keys.slice(skip, count === undefined ? undefined : skip + count), total: keys.length };
  }

  /** To be called before a list is read from the tables, with the rows that these do not show yet. */
  load(model: ReadModel, where: PlainWhere, unwritten: ReadonlyMap<Key, object | null>): Loading {
    const loading = { model, where, changed: new Map(unwritten) };
    if (this.#open) this.#loading.add(loading);
    return loading;
  }

  /** Whether a list of so many keys may be kept. */
  fits(length: number): boolean {
    return length + LIST_COST <= this.#max / 2;
  }

  /** Whether a list is being read. */
  isLoading(model: ReadModel, where: PlainWhere): boolean {
    const id = idOf(model, where);
    return [...this.#loading].some((loading) => idOf(loading.model, loading.where) === id);
  }

  /** Takes over a list that was read. @param keys all of its keys as the tables have them, in their order; none: it is given up */
  loaded(loading: Loading, keys?: readonly Key[]): void {
    if (!this.#loading.delete(loading) || !keys || !this.fits(keys.length)) return;
    const { model, where, changed } = loading;
    const id = idOf(model, where);
    this.#forget(id);
    const indexes = Object.keys(where).sort();
    const groupings = this.#groupings.get(model.name) ?? [];
    this.#groupings.set(model.name, groupings);
    let grouping = groupings.find((one) => one.indexes.join() === indexes.join());
    if (!grouping) groupings.push((grouping = { indexes, lists: new Map() }));
    const values = JSON.stringify(indexes.map((name) => textIn(model, name, where)));
    const ordered = new OrderedKeys(keys);
    for (const [key, row] of changed) {
      if (row && valuesOf(model, grouping, row).includes(values)) ordered.add(key);
      else ordered.delete(key);
    }
    grouping.lists.set(values, ordered);
    this.#last = { grouping, values, keys: ordered };
    this.#lists.set(id, this.#last);
    this.#weight += ordered.length + LIST_COST;
    this.#makeRoom();
  }

  /** Takes over what a batch has done to the rows of a model; `before` holds the rows it concerns as they were. */
  changed(model: ReadModel, { ended, versions }: Changes, before: ReadonlyMap<Key, object>): void {
    const groupings = this.#groupings.get(model.name) ?? [];
    const loading = [...this.#loading].filter((one) => one.model.name === model.name);
    if (groupings.length === 0 && loading.length === 0) return;
    const after = new Map<Key, object | null>();
    for (const { key } of ended) after.set(key, null);
    for (const { key, to, row } of versions) if (to === undefined) after.set(key, row);
    for (const [key, row] of after) {
      for (const one of loading) one.changed.set(key, row);
      const old = before.get(key);
      for (const grouping of groupings) {
        const from = old ? valuesOf(model, grouping, old) : NONE;
        const to = row ? valuesOf(model, grouping, row) : NONE;
        for (const one of from) if (!to.includes(one) && grouping.lists.get(one)?.delete(key)) this.#weight -= 1;
        for (const one of to) if (!from.includes(one) && grouping.lists.get(one)?.add(key)) this.#weight += 1;
      }
    }
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const id of this.#lists.keys()) {
      if (this.#weight <= this.#max) return;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    const listed = this.#lists.get(id);
    if (!listed) return;
    this.#lists.delete(id);
    listed.grouping.lists.delete(listed.values);
    this.#weight -= listed.keys.length + LIST_COST;
  }
}

const NONE: readonly string[] = [];

/** The lists of a grouping that a row is in: one, or one for each of its tags. */
function valuesOf(model: ReadModel, { indexes }: Grouping, row: object): readonly string[] {
  if (indexes.length === 0) return ['[]'];
  let found: (string | null)[][] = [[]];
  for (const name of indexes) {
    const tags = model.tags?.[name]?.(row);
    const values = tags
      ? tags.length === 0
        ? [null]
        : [...new Set(tags)].map(tagText)
      : [indexText(model.indexes[name]?.(row) ?? null)];
    found = found.flatMap((before) => values.map((value) => [...before, value]));
  }
  return found.map((values) => JSON.stringify(values));
}

/** The text a condition is compared by. */
function textIn(model: ReadModel, name: string, where: PlainWhere): string | null {
  const text = indexText(where[name] ?? null);
  return text !== null && model.tags?.[name] ? tagText(text) : text;
}

/** What a list is known by; index values hold no NUL. */
function idOf(model: ReadModel, where: PlainWhere): string {
  let id = model.name;
  const indexes = Object.keys(where);
  if (indexes.length > 1) indexes.sort();
  for (const index of indexes) {
    const text = textIn(model, index, where);
    id += text === null ? `\u0000${index}` : `\u0000${index}\u0000=${text}`;
  }
  return id;
}
