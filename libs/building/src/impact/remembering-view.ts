import type { CachedRow, Key, ReadModel, View } from '#read-store';
import { viewOf } from '#read-store';

/** A view for one answer that takes many steps: every row is read once, so that rows can be read ahead together. */
export function rememberingView(view: View): View {
  const known = new Map<string, Map<Key, CachedRow | null>>();
  return viewOf({
    keys: view.keys,
    tally: view.tally,
    cached: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const rows = known.get(model.name) ?? new Map<Key, CachedRow | null>();
      known.set(model.name, rows);
      const missing = keys.filter((key) => !rows.has(key));
      if (missing.length > 0) {
        const found = await view.cached(model, missing);
        for (const key of missing) rows.set(key, (found.get(key) as CachedRow | undefined) ?? null);
      }
      const asked = new Map<Key, CachedRow<Row>>();
      for (const key of keys) {
        const row = rows.get(key);
        if (row) asked.set(key, row as CachedRow<Row>);
      }
      return asked;
    },
  });
}
