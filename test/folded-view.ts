import type { Recorded } from '#event-store';
import type { Key, ListOptions, ReadModel, View } from '#read-store';
import { CachedRow, compareKeys, viewOf } from '#read-store';
import type { Condition } from '../libs/read-store/src/where.ts';
import { keysOf } from '../libs/read-store/src/read-model.ts';

type Rows = ReadonlyMap<Key, CachedRow>;

/** Whether the value of an index, or one of the tags, of a row is as a condition asks. */
function holds(model: ReadModel, row: object, name: string, condition: Condition): boolean {
  const tags = model.tags?.[name]?.(row);
  const value = model.indexes[name]?.(row) ?? null;
  const has = (one: string | number): boolean => (tags ? tags.includes(String(one)) : String(value) === String(one));
  if (condition === null) return tags ? tags.length === 0 : value === null;
  if (typeof condition !== 'object') return (tags !== undefined || value !== null) && has(condition);
  if ('startsWith' in condition) return value !== null && String(value).startsWith(condition.startsWith);
  const values: readonly (string | number)[] = 'any' in condition ? condition.any : condition.all;
  if (!tags && value === null) return false;
  return 'any' in condition ? values.some(has) : values.every(has);
}

/** The rows of read models as events come to them, folded one by one in memory: what every other view has to show. */
export class FoldedRows {
  readonly #models: readonly ReadModel[];
  readonly #rows = new Map<string, Map<Key, CachedRow>>();

  constructor(models: readonly ReadModel[]) {
    this.#models = models;
    for (const { name } of models) this.#rows.set(name, new Map());
  }

  take(event: Recorded): void {
    for (const model of this.#models) {
      const rows = this.#rows.get(model.name)!;
      for (const key of keysOf(model, event)) {
        const before = rows.get(key)?.row;
        const after = model.on[event.type]!.fold(before, event as Recorded<never>);
        if (!after) rows.delete(key);
        else if (after !== before) rows.set(key, new CachedRow(after, event.position, 1));
      }
    }
  }

  /** The rows as they are now; events that are taken later do not change it. */
  view(): View {
    const held = new Map(Array.from(this.#rows, ([name, rows]): [string, Rows] => [name, new Map(rows)]));
    const of = (model: ReadModel): Rows => held.get(model.name) ?? new Map();
    return viewOf({
      cached: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) =>
        new Map(
          keys.flatMap((key): [Key, CachedRow<Row>][] => {
            const found = of(model).get(model.key === 'integer' ? Number(key) : String(key));
            return found ? [[key, found as CachedRow<Row>]] : [];
          }),
        ),
      keys: async (model: ReadModel, { where = {}, skip = 0, count }: ListOptions = {}) => {
        const keys = [...of(model)]
          .filter(([, { row }]) => Object.entries(where).every(([name, one]) => holds(model, row, name, one)))
          .map(([key]) => key)
          .toSorted(compareKeys);
        return { keys: keys.slice(skip, count === undefined ? undefined : skip + count), total: keys.length };
      },
    });
  }
}
