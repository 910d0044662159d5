import type { Kysely, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Position } from '#event-store';
import type { Key, ReadModel } from './read-model.ts';
import type { ReadDatabase, StoredRow } from './tables.ts';
import { indexColumn } from './tables.ts';

export interface Listed<Row> {
  readonly rows: readonly { readonly key: Key; readonly row: Row }[];
  /** How many there are without `skip` and `count`. */
  readonly total: number;
}

export interface ListOptions {
  /** Values of declared indexes the rows must have. */
  readonly where?: Readonly<Record<string, string | number | null>>;
  readonly skip?: number;
  readonly count?: number;
}

/** The read models as they are now, or as they were at a position of the log. */
export interface View {
  get<Row extends object>(model: ReadModel<Row>, key: Key): Promise<Row | undefined>;
  many<Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, Row>>;
  /** Rows in the order of their keys. */
  list<Row extends object>(model: ReadModel<Row>, options?: ListOptions): Promise<Listed<Row>>;
}

type Rows = SelectQueryBuilder<ReadDatabase, string, object>;

/** A view over the tables; `at` undefined means now. */
export function tableView(db: Kysely<ReadDatabase>, at?: Position): View {
  const rows = (model: ReadModel): Rows => {
    const query = db.withSchema('read').selectFrom(model.name);
    if (at === undefined) return query.where('to_pos', 'is', null);
    if (!model.history) throw new Error(`${model.name} is not kept as of the past`);
    const position = at.toString();
    return query
      .where('from_pos', '<=', position)
      .where((is) => is.or([is('to_pos', 'is', null), is('to_pos', '>', position)]));
  };
  const filtered = (model: ReadModel, where: ListOptions['where'] = {}): Rows => {
    let query = rows(model);
    for (const [name, value] of Object.entries(where)) {
      if (!(name in model.indexes)) throw new Error(`${model.name} has no index ${name}`);
      const column = sql.ref(indexColumn(name));
      query = query.where(
        value === null ? sql<boolean>`${column} IS NULL` : sql<boolean>`${column} = ${String(value)}`,
      );
    }
    return query;
  };
  const keyOf = (model: ReadModel, stored: Pick<StoredRow, 'key'>): Key =>
    model.key === 'integer' ? Number(stored.key) : stored.key;

  const many = async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, Row>> => {
    const usable = model.key === 'integer' ? keys.filter((key) => Number.isSafeInteger(Number(key))) : keys;
    if (usable.length === 0) return new Map();
    const found = await rows(model).where('key', 'in', usable.map(String)).select(['key', 'row']).execute();
    return new Map(found.map((stored) => [keyOf(model, stored), JSON.parse(stored.row) as Row]));
  };

  return {
    get: async (model, key) => [...(await many(model, [key])).values()][0],
    many,
    list: async <Row extends object>(model: ReadModel<Row>, options: ListOptions = {}): Promise<Listed<Row>> => {
      let page = filtered(model, options.where).orderBy('key').select(['key', 'row']);
      if (options.count !== undefined) page = page.limit(options.count);
      if (options.skip !== undefined) page = page.offset(options.skip);
      const found = await page.execute();
      const whole = options.count === undefined && options.skip === undefined;
      const total = whole ? found.length : await count(filtered(model, options.where));
      return {
        rows: found.map((stored) => ({ key: keyOf(model, stored), row: JSON.parse(stored.row) as Row })),
        total,
      };
    },
  };
}

async function count(query: Rows): Promise<number> {
  const { n } = await query.select((of) => of.fn.countAll<string>().as('n')).executeTakeFirstOrThrow();
  return Number(n);
}
