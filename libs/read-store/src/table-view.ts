import { parseStored } from '#kernel';
import type { Kysely, RawBuilder, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Position } from '#event-store';
import { countedBy, readCount } from './counts.ts';
import { CachedRow } from './cached-row.ts';
import type { Key, ReadModel } from './read-model.ts';
import { keysFor } from './read-model.ts';
import type { PageOfKeys } from './page-cache.ts';
import type { ReadDatabase } from './tables.ts';
import { indexColumn, tagArray } from './tables.ts';
import type { ListOptions, TallyOptions, View } from './view.ts';
import { viewOf } from './view.ts';
import type { Condition, Tally, Where } from './where.ts';
import { indexText, simplified, tagText } from './where.ts';

type Rows = SelectQueryBuilder<ReadDatabase, string, object>;

/** Rows as they are in the tables. */
export interface Tables {
  read<Row extends object>(model: ReadModel<Row>, keys: readonly Key[]): Promise<Map<Key, CachedRow<Row>>>;
  /** Keys of a page, and how many there are on all pages. */
  keys(model: ReadModel, options: ListOptions): Promise<PageOfKeys>;
  /** The next keys of a list behind one of them, `count` at most. */
  keysAfter(model: ReadModel, where: Where, after: Key | undefined, count: number): Promise<readonly Key[]>;
  tally(model: ReadModel, options: TallyOptions): Promise<readonly Tally[]>;
}

/** Behind every text that begins with another one and goes on with whatever. */
const LAST = '\u{10FFFF}';

function hasValue(name: string, condition: Condition): RawBuilder<boolean> {
  const column = sql.ref(indexColumn(name));
  if (condition === null) return sql<boolean>`${column} IS NULL`;
  if (typeof condition !== 'object') return sql<boolean>`${column} = ${indexText(condition)}`;
  if ('startsWith' in condition) {
    const first = indexText(condition.startsWith) ?? '';
    return sql<boolean>`${column} >= ${first} AND ${column} <= ${first + LAST}`;
  }
  if ('any' in condition) return sql<boolean>`${column} = ANY (${condition.any.map(indexText)}::text[])`;
  return sql<boolean>`${column} = ALL (${condition.all.map(indexText)}::text[])`;
}

function hasTags(name: string, condition: Condition): RawBuilder<boolean> {
  const column = sql.ref(indexColumn(name));
  if (condition === null) return sql<boolean>`${column} IS NULL`;
  if (typeof condition === 'object' && 'startsWith' in condition)
    throw new Error(`the tag ${name} is found as a whole`);
  const [operator, tags] =
    typeof condition !== 'object'
      ? ['@>', [condition]]
      : 'all' in condition
        ? ['@>', condition.all]
        : ['&&', condition.any];
  const texts = tags.map((tag) => tagText(String(tag)));
  return sql<boolean>`${column} IS NOT NULL AND ${tagArray(name)} ${sql.raw(operator)} ${texts}::text[]`;
}

/** The tables as of a position; undefined means now. `schema` is where they stand. */
export function tables(db: Kysely<ReadDatabase>, at?: Position, schema = 'read'): Tables {
  const rows = (model: ReadModel): Rows => {
    const query = db.withSchema(schema).selectFrom(model.name);
    if (at === undefined) return query.where('to_pos', 'is', null);
    if (!model.history) throw new NoHistory(model.name);
    const position = at.toString();
    return query
      .where('from_pos', '<=', position)
      .where((value) => value.or([value('to_pos', 'is', null), value('to_pos', '>', position)]));
  };
  const filtered = (model: ReadModel, where: Where): Rows => {
    let query = rows(model);
    const conditions = simplified(where);
    if (!conditions) return query.where(sql<boolean>`false`);
    for (const [name, condition] of Object.entries(conditions)) {
      if (model.tags?.[name]) query = query.where(hasTags(name, condition));
      else if (name in model.indexes) query = query.where(hasValue(name, condition));
      else throw new Error(`${model.name} has no index ${name}`);
    }
    return query;
  };
  const count = async (model: ReadModel, where: Where): Promise<number> => {
    const kept = at === undefined ? countedBy(model, where) : undefined;
    if (kept) return readCount(db, kept);
    const { n } = await filtered(model, where)
      .select((of) => of.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(n);
  };
  const keyOf = (model: ReadModel, key: string): Key => (model.key === 'integer' ? Number(key) : key);

  return {
    read: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const usable = keysFor(model, keys);
      if (usable.length === 0) return new Map();
      const found = await rows(model)
        .where(
          sql<boolean>`key = ANY (${usable.map(String)}::${sql.raw(model.key === 'integer' ? 'bigint' : 'text')}[])`,
        )
        .select(['key', 'row', 'from_pos'])
        .execute();
      return new Map(
        found.map(({ key, row, from_pos: since }) => [
          keyOf(model, key),
          new CachedRow(parseStored(row) as Row, BigInt(since), row.length),
        ]),
      );
    },
    keys: async (model, { where = {}, skip = 0, count: most }) => {
      let page = filtered(model, where).orderBy('key').select('key').offset(skip);
      if (most !== undefined) page = page.limit(most);
      const keys = (await page.execute()).map(({ key }) => keyOf(model, key));
      const total = most === undefined && skip === 0 ? keys.length : await count(model, where);
      return { keys, total };
    },
    keysAfter: async (model, where, after, most) => {
      let page = filtered(model, where).orderBy('key').select('key').limit(most);
      if (after !== undefined) page = page.where('key', '>', String(after));
      return (await page.execute()).map(({ key }) => keyOf(model, key));
    },
    tally: async (model, { where = {}, by }) => {
      const columns = by.map((name) => sql.ref<string | null>(indexColumn(name)));
      const found = await filtered(model, where)
        .select([sql<(string | null)[]>`ARRAY[${sql.join(columns)}]::text[]`.as('values')])
        .select((of) => of.fn.countAll<string>().as('n'))
        .groupBy(columns)
        .execute();
      return found.map(({ values, n }) => ({ values, count: Number(n) }));
    },
  };
}

/** A model that is not kept as of the past was asked for it. */
export class NoHistory extends Error {
  readonly model: string;

  constructor(model: string) {
    super(`${model} is not kept as of the past`);
    this.name = 'NoHistory';
    this.model = model;
  }
}

/** A view straight over the tables, which are read when `written` has come true: when they show what they have to. */
export const tableView = ({ read, keys, tally }: Tables, written: () => Promise<void>, position?: Position): View =>
  viewOf({
    ...(position === undefined ? {} : { position }),
    cached: async (model, wanted) => {
      await written();
      return read(model, wanted);
    },
    keys: async (model, options = {}) => {
      await written();
      return keys(model, options);
    },
    tally: async (model, options) => {
      await written();
      return tally(model, options);
    },
  });
