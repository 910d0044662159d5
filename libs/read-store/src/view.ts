import type { CachedRow } from './cached-row.ts';
import type { Key, ReadModel } from './read-model.ts';

export interface Listed<Row> {
  readonly rows: readonly { readonly key: Key; readonly row: Row }[];
  /** How many there are without `skip` and `count`. */
  readonly total: number;
}

/** Values of declared indexes that rows must have. */
export type Where = Readonly<Record<string, string | number | null>>;

export interface ListOptions {
  readonly where?: Where;
  readonly skip?: number;
  readonly count?: number;
}

/** The read models as they are now, as they were at a position of the log, or as they would be after a fork. */
export interface View {
  get<Row extends object>(model: ReadModel<Row>, key: Key): Promise<Row | undefined>;
  many<Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, Row>>;
  /** Rows with since when they are so, and what was made of them. */
  cached<Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, CachedRow<Row>>>;
  /** Keys of rows, in their order. */
  keys(model: ReadModel, options?: ListOptions): Promise<{ readonly keys: readonly Key[]; readonly total: number }>;
  /** Rows in the order of their keys. */
  list<Row extends object>(model: ReadModel<Row>, options?: ListOptions): Promise<Listed<Row>>;
}

/** A view, by what it holds. */
export function viewOf({ cached, keys }: Pick<View, 'cached' | 'keys'>): View {
  const view: View = {
    cached,
    keys,
    get: async (model, key) => (await cached(model, [key])).get(key)?.row,
    many: async (model, wanted) => new Map([...(await cached(model, wanted))].map(([key, { row }]) => [key, row])),
    list: async (model, options) => {
      const { keys: listed, total } = await keys(model, options);
      const found = await cached(model, listed);
      const rows = listed.flatMap((key) => {
        const row = found.get(key)?.row;
        return row === undefined ? [] : [{ key, row }];
      });
      return { rows, total };
    },
  };
  return view;
}
