import type { CachedRow, Key, ListOptions, ReadModel, View } from '#read-store';
import { keysFor, viewOf } from '#read-store';

/** A view that keeps what was read from another one, so that what is asked for many objects is read at once. */
export interface ReadAhead extends View {
  /** Reads the rows whose index has one of these values, at once; lists by one of them are then answered from here. */
  by<Row extends object>(model: ReadModel<Row>, index: string, values: readonly Key[]): Promise<void>;
}

/** How many values of an index are asked for with one statement. */
const MAX_AT_ONCE = 1000;

/**
 * A view that reads each row of a view once, for as long as it is held.
 * @param kept the models whose rows are kept; those of others are read through
 */
export function readAhead(view: View, kept?: readonly ReadModel[]): ReadAhead {
  const names = kept && new Set(kept.map(({ name }) => name));
  const rows = new Map<string, Map<Key, CachedRow | null>>();
  const lists = new Map<string, readonly Key[]>();
  const rowsOf = (model: ReadModel): Map<Key, CachedRow | null> => {
    const known = rows.get(model.name) ?? new Map<Key, CachedRow | null>();
    rows.set(model.name, known);
    return known;
  };
  const cached = async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
    if (names && !names.has(model.name)) return view.cached(model, keys);
    const known = rowsOf(model);
    const wanted = keysFor(model, keys);
    const missing = wanted.filter((key) => !known.has(key));
    if (missing.length > 0) {
      const found = await view.cached(model, missing);
      for (const key of missing) known.set(key, found.get(key) ?? null);
    }
    return new Map(
      wanted.flatMap((key): [Key, CachedRow<Row>][] => {
        const row = known.get(key);
        return row ? [[key, row as CachedRow<Row>]] : [];
      }),
    );
  };
  return {
    ...viewOf({
      cached,
      keys: async (model: ReadModel, options: ListOptions = {}) => {
        const known = lists.get(idOf(model, options) ?? '');
        return known ? { keys: known, total: known.length } : view.keys(model, options);
      },
      tally: (model, options) => view.tally(model, options),
    }),
    by: async (model, index, values) => {
      const wanted = [...new Set(values)];
      for (let at = 0; at < wanted.length; at += MAX_AT_ONCE) {
        const slice = wanted.slice(at, at + MAX_AT_ONCE);
        const { keys } = await view.keys(model, { where: { [index]: { any: slice } } });
        const found = await cached(model, keys);
        const groups = new Map<string, Key[]>(slice.map((value) => [String(value), []]));
        for (const [key, { row }] of found) groups.get(String(model.indexes[index]?.(row) ?? ''))?.push(key);
        for (const [value, group] of groups) lists.set(`${model.name} ${index}=${value}`, group);
      }
    },
  };
}

/** What a list by one value of one index is known by. */
function idOf(model: ReadModel, { where = {}, skip, count }: ListOptions): string | undefined {
  const [first, ...others] = Object.entries(where);
  if (!first || others.length > 0 || skip !== undefined || count !== undefined) return undefined;
  const [index, value] = first;
  return value === null || typeof value === 'object' ? undefined : `${model.name} ${index}=${value}`;
}
