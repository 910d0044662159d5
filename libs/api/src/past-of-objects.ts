import type { LoggedEvent, Position } from '#event-store';
import { MASK, refuse } from '#kernel';
import type { Key, ReadStore, View } from '#read-store';
import type { Difference } from './differences.ts';
import { differences } from './differences.ts';
import type { Model, Values } from './model.ts';
import { AS_THEY_ARE, objectIn, ofKind, showFound } from './objects.ts';

/** At most so many objects on either side are compared of a list. */
export const MAX_COMPARED = 10_000;
/** How many objects are read at a time. */
const PAGE = 500;
/** The whole log. */
const ALL = { after: 0n, upTo: BigInt(Number.MAX_SAFE_INTEGER) } as const;

/** Two moments of the log: what happened behind `from`, up to `to` and with it. */
export interface Span {
  readonly from: Position;
  readonly to: Position;
}

/** One thing that happened to an object. */
export interface HistoryEntry {
  readonly event: LoggedEvent;
  /** `touched`: something happened that no field shows. */
  readonly change: 'created' | 'changed' | 'deleted' | 'touched';
  /** Field by field, as the object is shown. */
  readonly differences: readonly Difference[];
}

/** What an object is like at two moments. */
export interface ObjectDifference {
  readonly change: 'created' | 'changed' | 'deleted' | 'none';
  readonly differences: readonly Difference[];
}

/** What is in a list at one moment and not at another, and what differs of those in both. */
export interface ListDifference {
  readonly added: ReadonlyMap<Key, Values>;
  readonly removed: ReadonlyMap<Key, Values>;
  readonly changed: ReadonlyMap<Key, readonly Difference[]>;
}

/** Reads of the past of objects, of whoever may see them; `hidden` are the fields whose values are masked. */
export class PastOfObjects {
  readonly #reads: Pick<ReadStore, 'at' | 'changes'>;

  constructor(reads: Pick<ReadStore, 'at' | 'changes'>) {
    this.#reads = reads;
  }

  /** What happened to an object in a span, at most `count` of it; undefined: there never was such an object. */
  async history(
    model: Model,
    key: Key,
    { from, to, newestFirst, count }: Span & { readonly newestFirst: boolean; readonly count: number },
    hidden: readonly string[],
  ): Promise<HistoryEntry[] | undefined> {
    if (!model.rows) return undefined;
    const found = await this.#reads.changes(model.rows, key, { after: from, upTo: to, newestFirst, count });
    const changes = found.filter(({ before, after }) => isOf(model, before) || isOf(model, after));
    if (changes.length === 0 && !(await this.#existed(model, key))) return undefined;
    const entries: HistoryEntry[] = [];
    for (const { event, before, after } of changes) {
      const was = await this.#object(model, key, before, event.position - 1n);
      const is = await this.#object(model, key, after, event.position);
      const rows = [before ?? {}, after ?? {}] as const;
      const differ = masked(differences(was ?? {}, is ?? {}, rows), hidden);
      entries.push({ event, change: changeOf(was, is, differ), differences: differ });
    }
    return entries;
  }

  /** What is different of an object between two moments; undefined: it was there at neither. */
  async object(
    model: Model,
    key: Key,
    { from, to }: Span,
    hidden: readonly string[],
  ): Promise<ObjectDifference | undefined> {
    const sides = [await this.#side(model, [key], from), await this.#side(model, [key], to)] as const;
    const [was, is] = [sides[0].get(key), sides[1].get(key)];
    if (!was && !is) return undefined;
    const differ = masked(differences(was?.object ?? {}, is?.object ?? {}, [was?.row ?? {}, is?.row ?? {}]), hidden);
    const change = changeOf(was?.object, is?.object, differ);
    return { change: change === 'touched' ? 'none' : change, differences: differ };
  }

  /**
   * What is different of a list between two moments.
   * @param keysAt the keys that are in it as a view shows it
   * @throws Refusal where there are more than `MAX_COMPARED` at either
   */
  async list(
    model: Model,
    keysAt: (view: View) => Promise<{ readonly keys: readonly Key[]; readonly total: number }>,
    { from, to }: Span,
    hidden: readonly string[],
  ): Promise<ListDifference> {
    const [before, after] = await Promise.all([from, to].map((position) => keysAt(this.#reads.at(position))));
    for (const { total } of [before!, after!]) {
      if (total <= MAX_COMPARED) continue;
      throw refuse(
        '',
        'TOO_MANY',
        `${MAX_COMPARED} objects are compared at most, and there are ${total}: use a filter`,
      );
    }
    const [old, now] = [before!.keys, after!.keys].map((keys) => new Set(keys)) as [Set<Key>, Set<Key>];
    const changed = new Map<Key, readonly Difference[]>();
    const both = [...old].filter((key) => now.has(key));
    for (let n = 0; n < both.length; n += PAGE) {
      const keys = both.slice(n, n + PAGE);
      const [was, is] = await Promise.all([this.#side(model, keys, from), this.#side(model, keys, to)]);
      for (const key of keys) {
        const [one, other] = [was.get(key), is.get(key)];
        if (!one || !other) continue;
        const differ = masked(differences(one.object, other.object, [one.row, other.row]), hidden);
        if (differ.length > 0) changed.set(key, differ);
      }
    }
    const only = async (these: Set<Key>, those: Set<Key>, position: Position) =>
      shownOnly(
        await showFound(
          model,
          [...these].filter((key) => !those.has(key)),
          this.#reads.at(position),
          AS_THEY_ARE,
          hidden,
        ),
      );
    return { added: await only(now, old, to), removed: await only(old, now, from), changed };
  }

  async #existed(model: Model, key: Key): Promise<boolean> {
    if (!model.rows) return false;
    const [first] = await this.#reads.changes(model.rows, key, { ...ALL, newestFirst: true, count: 1 });
    return first !== undefined && (isOf(model, first.before) || isOf(model, first.after));
  }

  /** An object by its row, with what has to be worked out from other rows as they were at a position. */
  async #object(model: Model, key: Key, row: object | undefined, position: Position): Promise<Values | undefined> {
    if (!isOf(model, row)) return undefined;
    return objectIn(model, key, row, this.#reads.at(position));
  }

  async #side(model: Model, keys: readonly Key[], position: Position) {
    const view = this.#reads.at(position);
    const rows = model.rows ? await view.many(model.rows, keys) : new Map<Key, object>();
    const side = new Map<Key, { readonly row: object; readonly object: Values }>();
    for (const [key, row] of rows) {
      if (isOf(model, row)) side.set(key, { row, object: await objectIn(model, key, row, view) });
    }
    return side;
  }
}

const shownOnly = (shown: Awaited<ReturnType<typeof showFound<Values>>>): Map<Key, Values> =>
  new Map([...shown].map(([key, { object }]) => [key, object]));

function changeOf(was: Values | undefined, is: Values | undefined, differ: readonly Difference[]) {
  if (!was) return is ? 'created' : 'touched';
  if (!is) return 'deleted';
  return differ.length > 0 ? 'changed' : 'touched';
}

/** Differences with masks in the place of the values of fields that the caller may not see. */
function masked(found: readonly Difference[], hidden: readonly string[]): readonly Difference[] {
  if (hidden.length === 0) return found;
  const open = found.filter(({ path: [field = ''] }) => !hidden.includes(field));
  const closed = hidden.filter((field) => found.some(({ path: [first] }) => first === field));
  return [
    ...open,
    ...closed.map((field): Difference => ({ path: [field], before: MASK, after: MASK, secret: 'changed' })),
  ];
}

const isOf = (model: Model, row: object | undefined): row is object => row !== undefined && ofKind(model, row);
