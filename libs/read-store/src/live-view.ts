import type { CachedRow } from './cached-row.ts';
import type { KeyLists, Loading } from './key-lists.ts';
import type { RowCache } from './row-cache.ts';
import type { PageCache, PageOfKeys } from './page-cache.ts';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor } from './read-model.ts';
import type { Tables } from './table-view.ts';
import type { ListOptions, View } from './view.ts';
import { viewOf } from './view.ts';
import { isPlain, simplified } from './where.ts';
import type { WriteBehind } from './write-behind.ts';

/** How many keys of a list are read with one statement. */
const PAGE = 10_000;

/** What the view of now is made of. */
export interface LiveViewParts {
  readonly tables: Tables;
  readonly live: RowCache;
  readonly pages: PageCache;
  readonly lists: KeyLists;
  /** Set while there is something to wait for before a model may be read. */
  readonly notYet: (model: ReadModel) => Promise<void> | undefined;
  /** What is folded and not in the tables; undefined where this process does not project. */
  readonly behind: () => Pick<WriteBehind, 'get' | 'rows' | 'isWritten'> | undefined;
  /** Resolves when the tables show all that was folded up to now. */
  readonly written: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** The view of now: rows and lists from memory where they are kept, else from the tables. */
export function liveView(parts: LiveViewParts): View {
  const { tables, live, pages, lists, notYet, behind } = parts;
  const cached = async <Row extends object>(
    model: ReadModel<Row>,
    keys: readonly Key[],
  ): Promise<Map<Key, CachedRow<Row>>> => {
    const waiting = notYet(model);
    if (waiting) await waiting;
    const found = new Map<Key, CachedRow>();
    const missing: Key[] = [];
    for (const key of keysFor(model, keys)) {
      let kept = live.get(model, key);
      if (kept === undefined) kept = behind()?.get(model, key);
      if (kept) found.set(key, kept);
      else if (kept === undefined) missing.push(key);
    }
    if (missing.length > 0) {
      const { mark } = live;
      const looked = await tables.read(model, missing);
      for (const key of missing) {
        const one = looked.get(key);
        live.keep(model, key, one ?? null, mark);
        if (one) found.set(key, one);
      }
    }
    return found as Map<Key, CachedRow<Row>>;
  };

  let reading = false;
  /** Reads all of a list, behind the answers, one at a time. */
  const readOn = async (loading: Loading): Promise<void> => {
    const { model, where } = loading;
    const keys: Key[] = [];
    reading = true;
    try {
      for (let part: readonly Key[] | undefined; part?.length !== 0 && lists.fits(keys.length);) {
        part = await tables.keysAfter(model, where, keys.at(-1), PAGE);
        keys.push(...part);
      }
      lists.loaded(loading, keys);
    } catch (error) {
      lists.loaded(loading);
      parts.onError(error);
    } finally {
      reading = false;
    }
  };

  /** Resolves when the tables show all that was folded of a model up to now. */
  const shown = async (model: ReadModel): Promise<void> => {
    if (!behind()?.isWritten(model)) await parts.written();
  };

  const fromTables = async (model: ReadModel, options: ListOptions): Promise<PageOfKeys> => {
    const { where = {} } = options;
    await shown(model);
    if (!isPlain(where)) return tables.keys(model, options);
    const loading = lists.isLoading(model, where)
      ? undefined
      : lists.load(model, where, behind()?.rows(model) ?? new Map());
    try {
      const page = await tables.keys(model, options);
      if (!loading) return page;
      // A page that is not full is the end of its list, and one from the beginning is all of it.
      const whole = !options.skip && (options.count === undefined || page.keys.length < options.count);
      if (whole) lists.loaded(loading, page.keys);
      else if (!reading && lists.fits(page.total)) void readOn(loading);
      else lists.loaded(loading);
      return page;
    } catch (error) {
      if (loading) lists.loaded(loading);
      throw error;
    }
  };

  return viewOf({
    cached,
    stamp: (models) => (models.some((model) => notYet(model) !== undefined) ? undefined : pages.stamp(models)),
    tally: async (model, options) => {
      const waiting = notYet(model);
      if (waiting) await waiting;
      await shown(model);
      return tables.tally(model, options);
    },
    keys: async (model, asked = {}) => {
      const waiting = notYet(model);
      if (waiting) await waiting;
      const where = simplified(asked.where ?? {});
      if (!where) return { keys: [], total: 0 };
      const options = where === asked.where || asked.where === undefined ? asked : { ...asked, where };
      // Whole lists may be long; they are not kept twice.
      if (options.count === undefined) return lists.page(model, options) ?? (await fromTables(model, options));
      const known = pages.get(model.name, options);
      if (known) return known;
      const version = pages.version(model.name);
      const found = lists.page(model, options) ?? (await fromTables(model, options));
      pages.fill(model.name, options, found, version);
      return found;
    },
  });
}
