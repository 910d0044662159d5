import type { LiveRows } from './live-rows.ts';
import type { Live } from './live-rows.ts';
import type { Pages } from './pages.ts';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor } from './read-model.ts';
import type { Tables } from './table-view.ts';
import type { View } from './view.ts';
import { listBy } from './view.ts';

/** The view of now: rows and pages from memory where they are kept, else from the tables. */
export function liveView(tables: Tables, live: LiveRows, pages: Pages): View {
  const read = async (model: ReadModel, keys: readonly Key[]): Promise<Map<Key, Live>> => {
    const found = new Map<Key, Live>();
    const missing: Key[] = [];
    for (const key of keysFor(model, keys)) {
      const kept = live.get(model, key);
      if (kept.live) found.set(key, kept.live);
      else if (!kept.known) missing.push(key);
    }
    if (missing.length === 0) return found;
    const { mark } = live;
    const looked = await tables.read(model, missing);
    for (const key of missing) {
      const row = looked.get(key);
      live.fill(model, key, row, row?.bytes ?? 0, mark);
      if (row) found.set(key, row);
    }
    return found;
  };
  const view: View = {
    get: async (model, key) => (await view.many(model, [key])).get(key),
    many: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const found = await read(model, keys);
      return new Map([...found].map(([key, { row }]) => [key, row as Row]));
    },
    since: async (model, key) => (await read(model, [key])).get(key)?.since,
    keys: async (model, options = {}) => {
      const known = pages.get(model.name, options);
      if (known) return known;
      const version = pages.version(model.name);
      const found = await tables.keys(model, options, pages.before(model.name, options));
      // Whole lists may be long; they are not kept.
      if (options.count !== undefined) pages.fill(model.name, options, found, version);
      return found;
    },
    list: (model, options) => listBy(view, model, options),
  };
  return view;
}
