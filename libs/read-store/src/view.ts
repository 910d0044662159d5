import type { Position } from '#event-store';
import type { CachedRow } from './cached-row.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { Tally, Where } from './where.ts';
import { tallyOf } from './where.ts';

export interface Listed<Row> {
  readonly rows: readonly { readonly key: Key; readonly row: Row }[];
  /** How many there are without `skip` and `count`. */
  readonly total: number;
}

export interface ListOptions {
  readonly where?: Where;
  readonly skip?: number;
  readonly count?: number;
}

/** The read models as they are now, as they were at a position of the log, or as they would be after a fork. */
export interface View {
  /** The position of the log as of which it shows the past; undefined: what is now, or would be. */
  readonly position?: Position;
  get<Row extends object>(model: ReadModel<Row>, key: Key): Promise<Row | undefined>;
  many<Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, Row>>;
  /** Rows with since when they are so, and what was made of them. */
  cached<Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, CachedRow<Row>>>;
  /** Keys of rows, in their order. */
  keys(model: ReadModel, options?: ListOptions): Promise<{ readonly keys: readonly Key[]; readonly total: number }>;
  /** Rows in the order of their keys. */
  list<Row extends object>(model: ReadModel<Row>, options?: ListOptions): Promise<Listed<Row>>;
  /** How many rows there are by the values of these indexes; in no order. */
  tally(model: ReadModel, options: TallyOptions): Promise<readonly Tally[]>;
  /** The same as before only where no row of these models has changed since; undefined: it cannot be told. */
  stamp(models: readonly ReadModel[]): number | undefined;
}

export interface TallyOptions {
  readonly where?: Where;
  /** Names of indexes. */
  readonly by: readonly string[];
}

/** A view, by what it holds; unless it knows better, it counts rows one by one, and cannot tell whether they have changed. */
export function viewOf({
  cached,
  keys,
  tally,
  stamp = () => undefined,
  position,
}: Pick<View, 'cached' | 'keys'> & Partial<Pick<View, 'tally' | 'stamp' | 'position'>>): View {
  const view: View = {
    ...(position === undefined ? {} : { position }),
    cached,
    keys,
    stamp,
    get: async (model, key) => (await cached(model, [key])).get(key)?.row,
    many: async (model, wanted) => new Map([...(await cached(model, wanted))].map(([key, { row }]) => [key, row])),
    list: async (model, options) => {
      const { keys: listed, total } = await keys(model, options);
      if (listed.length === 0) return { rows: [], total };
      const found = await cached(model, listed);
      const rows = listed.flatMap((key) => {
        const row = found.get(key)?.row;
        return row === undefined ? [] : [{ key, row }];
      });
      return { rows, total };
    },
    tally:
      tally ??
      (async (model, { where = {}, by }) => {
        const { rows } = await view.list(model, { where });
        return tallyOf(
          model,
          rows.map(({ row }) => row),
          by,
        );
      }),
  };
  return view;
}
