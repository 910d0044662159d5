import type { Key, ListOptions, ReadModel, View } from '#read-store';
import { CachedRow, compareKeys, fulfils, viewOf } from '#read-store';

/** A view of these rows, by model and key. */
export function viewOfRows(rows: readonly (readonly [ReadModel<never>, Readonly<Record<string, object>>])[]): View {
  const of = (model: ReadModel<never>): [Key, object][] =>
    Object.entries(rows.find(([one]) => one.name === model.name)?.[1] ?? {}).map(([key, row]) => [
      model.key === 'integer' ? Number(key) : key,
      row,
    ]);
  return viewOf({
    cached: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const wanted = new Set(keys);
      return new Map(
        of(model as never)
          .filter(([key]) => wanted.has(key))
          .map(([key, row]) => [key, new CachedRow(row as Row, 1n, 1)]),
      );
    },
    keys: async (model: ReadModel, { where = {}, skip = 0, count }: ListOptions = {}) => {
      const keys = of(model as never)
        .filter(([, row]) => fulfils(model, row, where))
        .map(([key]) => key)
        .toSorted(compareKeys);
      return { keys: keys.slice(skip, count === undefined ? undefined : skip + count), total: keys.length };
    },
  });
}

const MOMENT = '2026-01-01T00:00:00.000000+00:00';

export const foundationRow = (more: object = {}) => ({
  site: 'site1',
  blueprint: 'base',
  locatedAt: MOMENT,
  builtAt: MOMENT,
  job: null,
  structure: null,
  dependency: null,
  ...more,
});
export const structureRow = (hostname: string, more: object = {}) => ({
  hostname,
  site: 'site1',
  blueprint: 'web',
  foundation: 'none',
  builtAt: MOMENT,
  job: null,
  membership: null,
  ...more,
});
