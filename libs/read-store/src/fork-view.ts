import type { Key, ReadModel, Recorded } from './read-model.ts';
import { foldBatch, keysIn } from './batch.ts';
import { indexText } from './flush.ts';
import type { View, Where } from './view.ts';
import { listBy } from './view.ts';

/** The read models as they would be if these events were appended: the same folds, over the rows of `base`. */
export function forkView(base: View, events: readonly Recorded[]): View {
  const touched = async (model: ReadModel): Promise<ReadonlyMap<Key, object | undefined>> => {
    const keys = keysIn(model, events);
    const before = await base.many(model, keys);
    const { ended, versions } = foldBatch(model, events, before, new Set());
    const after = new Map<Key, object | undefined>(keys.map((key) => [key, before.get(key)]));
    for (const { key } of ended) after.set(key, undefined);
    for (const { key, to, row } of versions) if (to === undefined) after.set(key, row);
    return after;
  };
  const fits = (model: ReadModel, row: object, where: Where): boolean =>
    Object.entries(where).every(([name, value]) => {
      const index = model.indexes[name];
      return index !== undefined && indexText(index(row)) === indexText(value);
    });
  const view: View = {
    get: async (model, key) => (await view.many(model, [key])).get(key),
    many: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const [changed, found] = await Promise.all([touched(model), base.many(model, keys)]);
      for (const key of keys) {
        if (!changed.has(key)) continue;
        const row = changed.get(key);
        if (row) found.set(key, row as Row);
        else found.delete(key);
      }
      return found;
    },
    since: (model, key) => base.since(model, key),
    keys: async (model, { where = {}, skip = 0, count } = {}) => {
      const [changed, { keys: before }] = await Promise.all([touched(model), base.keys(model, { where })]);
      const keys = before.filter((key) => !changed.has(key));
      for (const [key, row] of changed) if (row && fits(model, row, where)) keys.push(key);
      keys.sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
      return { keys: keys.slice(skip, count === undefined ? undefined : skip + count), total: keys.length };
    },
    list: (model, options) => listBy(view, model, options),
  };
  return view;
}
