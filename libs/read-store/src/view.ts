import type { Position } from '#event-store';
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
  /** Since which position a row is as it is; undefined where there is none. */
  since(model: ReadModel, key: Key): Promise<Position | undefined>;
  /** Keys of rows, in their order. */
  keys(model: ReadModel, options?: ListOptions): Promise<{ readonly keys: readonly Key[]; readonly total: number }>;
  /** Rows in the order of their keys. */
  list<Row extends object>(model: ReadModel<Row>, options?: ListOptions): Promise<Listed<Row>>;
}

/** Lists rows by looking up the keys first. */
export async function listBy<Row extends object>(
  view: Pick<View, 'keys' | 'many'>,
  model: ReadModel<Row>,
  options?: ListOptions,
): Promise<Listed<Row>> {
  const { keys, total } = await view.keys(model, options);
  const found = await view.many(model, keys);
  const rows = keys.flatMap((key) => {
    const row = found.get(key);
    return row === undefined ? [] : [{ key, row }];
  });
  return { rows, total };
}
