import type { CachedRow } from './cached-row.ts';
import type { RowCache } from './row-cache.ts';
import type { PageCache } from './page-cache.ts';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor } from './read-model.ts';
import type { Tables } from './table-view.ts';
import type { View } from './view.ts';
import { byHolding } from './view.ts';

/** The view of now: rows and pages from memory where they are kept, else from the tables. */
export function liveView(tables: Tables, live: RowCache, pages: PageCache): View {
  const cached = async <Row extends object>(
    model: ReadModel<Row>,
    keys: readonly Key[],
  ): Promise<Map<Key, CachedRow<Row>>> => {
    const found = new Map<Key, CachedRow>();
    const missing: Key[] = [];
    for (const key of keysFor(model, keys)) {
      const kept = live.get(model, key);
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
  return byHolding({
    cached,
    keys: async (model, options = {}) => {
      const known = pages.get(model.name, options);
      if (known) return known;
      const version = pages.version(model.name);
      const found = await tables.keys(model, options, pages.before(model.name, options));
      // Whole lists may be long; they are not kept.
      if (options.count !== undefined) pages.fill(model.name, options, found, version);
      return found;
    },
  });
}
