import type { Key, ReadModel, Recorded } from './read-model.ts';
import { foldBatch, keysIn } from './batch.ts';
import { CachedRow } from './cached-row.ts';
import type { View } from './view.ts';
import { viewOf } from './view.ts';
import { fulfils } from './where.ts';

/**
 * The read models as they would be if these events were appended: the same folds, over the rows of `base`. Each is folded
 * once, when it is first asked for.
 */
export function forkView(base: View, events: readonly Recorded[]): View {
  const folded = new Map<ReadModel, Promise<ReadonlyMap<Key, CachedRow | undefined>>>();
  const touched = (model: ReadModel): Promise<ReadonlyMap<Key, CachedRow | undefined>> => {
    let rows = folded.get(model);
    if (!rows) folded.set(model, (rows = fold(model)));
    return rows;
  };
  const fold = async (model: ReadModel): Promise<ReadonlyMap<Key, CachedRow | undefined>> => {
    const keys = keysIn(model, events);
    const before = await base.cached(model, keys);
    const rows = new Map([...before].map(([key, { row }]) => [key, row]));
    const { ended, versions } = foldBatch(model, events, rows, new Set());
    const after = new Map<Key, CachedRow | undefined>(keys.map((key) => [key, before.get(key)]));
    for (const { key } of ended) after.set(key, undefined);
    for (const { key, from, to, row, text } of versions) {
      if (to === undefined) after.set(key, new CachedRow(row, from, text.length));
    }
    return after;
  };
  return viewOf({
    cached: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const [changed, found] = await Promise.all([touched(model), base.cached(model, keys)]);
      for (const key of keys) {
        if (!changed.has(key)) continue;
        const held = changed.get(key);
        if (held) found.set(key, held as CachedRow<Row>);
        else found.delete(key);
      }
      return found;
    },
    keys: async (model, { where = {}, skip = 0, count } = {}) => {
      const [changed, { keys: before }] = await Promise.all([touched(model), base.keys(model, { where })]);
      const keys = before.filter((key) => !changed.has(key));
      for (const [key, held] of changed) if (held && fulfils(model, held.row, where)) keys.push(key);
      keys.sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
      return { keys: keys.slice(skip, count === undefined ? undefined : skip + count), total: keys.length };
    },
  });
}
