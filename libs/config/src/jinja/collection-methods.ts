import { compare, isEqual } from './comparison.ts';
import { TemplateFault } from './fault.ts';
import type { Method } from './methods.ts';
import { methods, REQUIRED, wholeOf } from './methods.ts';
import { represented } from './text.ts';
import type { Run, Value } from './values.ts';
import { isChangeable, isMap, itemsOf, made, Tuple } from './values.ts';

/** A list the template made itself. @throws TemplateFault for one it was given */
function own(list: Value): Value[] {
  if (!isChangeable(list as object)) {
    throw new TemplateFault('SecurityError', 'configuration values cannot be changed; change a copy');
  }
  return list as Value[];
}

const ownMap = (map: Value): Map<Value, Value> => own(map) as unknown as Map<Value, Value>;

/** Pairs of keys and values: a map's, or a list of them. */
export const entriesOf = (value: Value): [Value, Value][] =>
  isMap(value)
    ? [...value]
    : itemsOf(value).map((pair): [Value, Value] => {
        const [key = null, item = null] = itemsOf(pair);
        return [key, item];
      });

const listed = (run: Run, items: Value[]): Value => {
  run.budget.spend(items.length);
  return made(items);
};

const indexIn = ({ budget }: Run, list: Value, item: Value): number =>
  itemsOf(list).findIndex((one) => isEqual(one, item, budget));

function found(at: number, why: string): number {
  if (at === -1) throw new TemplateFault('ValueError', why);
  return at;
}

/** The methods of lists, as Python has them. */
export const collectionMethods: Readonly<Record<string, Method>> = methods({
  index: [
    { value: REQUIRED },
    (run, self, item) => found(indexIn(run, self, item), `${represented(item)} is not in list`),
  ],
  count: [
    { value: REQUIRED },
    (run, self, item) => itemsOf(self).filter((one) => isEqual(one, item, run.budget)).length,
  ],
  copy: [
    {},
    (run, self) => {
      run.budget.spend(itemsOf(self).length);
      return made([...itemsOf(self)]);
    },
  ],
  append: [
    { object: REQUIRED },
    (run, self, item) => {
      run.budget.spend();
      own(self).push(item);
      return null;
    },
  ],
  extend: [
    { iterable: REQUIRED },
    (run, self, items) => {
      run.budget.spend(itemsOf(items).length);
      own(self).push(...itemsOf(items));
      return null;
    },
  ],
  insert: [
    { index: REQUIRED, object: REQUIRED },
    (run, self, at, item) => {
      run.budget.spend();
      own(self).splice(wholeOf(at), 0, item);
      return null;
    },
  ],
  pop: [
    { index: -1 },
    (_, self, at) => {
      const list = own(self);
      const n = wholeOf(at);
      if (n >= list.length || n < -list.length) throw new TemplateFault('IndexError', 'pop index out of range');
      return list.splice(n, 1)[0] ?? null;
    },
  ],
  remove: [
    { value: REQUIRED },
    (run, self, item) => {
      own(self).splice(found(indexIn(run, self, item), 'list.remove(x): x not in list'), 1);
      return null;
    },
  ],
  reverse: [
    {},
    (_, self) => {
      own(self).reverse();
      return null;
    },
  ],
  sort: [
    { reverse: false },
    (run, self, reverse) => {
      const list = own(self);
      list.sort((one, other) => (reverse === true ? compare(other, one, run.budget) : compare(one, other, run.budget)));
      return null;
    },
  ],
  clear: [
    {},
    (_, self) => {
      own(self).length = 0;
      return null;
    },
  ],
});

/** The methods of maps, as Python has them. */
export const mapMethods: Readonly<Record<string, Method>> = {
  ...methods({
    items: [
      {},
      (run, self) =>
        listed(
          run,
          entriesOf(self).map((entry) => new Tuple(entry)),
        ),
    ],
    keys: [
      {},
      (run, self) =>
        listed(
          run,
          entriesOf(self).map(([key]) => key),
        ),
    ],
    values: [
      {},
      (run, self) =>
        listed(
          run,
          entriesOf(self).map(([, value]) => value),
        ),
    ],
    get: [
      { key: REQUIRED, default: null },
      (_, self, key, otherwise) => {
        const value = (self as ReadonlyMap<Value, Value>).get(key);
        return value === undefined ? otherwise : value;
      },
    ],
    copy: [
      {},
      (run, self) => {
        run.budget.spend(entriesOf(self).length);
        return made(new Map(entriesOf(self)));
      },
    ],
    setdefault: [
      { key: REQUIRED, default: null },
      (run, self, key, otherwise) => {
        run.budget.spend();
        const map = ownMap(self);
        if (!map.has(key)) map.set(key, otherwise);
        return map.get(key) ?? null;
      },
    ],
    clear: [
      {},
      (_, self) => {
        ownMap(self).clear();
        return null;
      },
    ],
  }),
  pop: (_, self, { positional: [key = null, otherwise] }) => {
    const map = ownMap(self);
    const value = map.has(key) ? map.get(key) : otherwise;
    if (value === undefined) throw new TemplateFault('KeyError', represented(key));
    map.delete(key);
    return value;
  },
  update: (run, self, { positional, named }) => {
    const map = ownMap(self);
    const [given] = positional;
    for (const [key, value] of [...(given === undefined ? [] : entriesOf(given)), ...named]) {
      run.budget.spend();
      map.set(key, value);
    }
    return null;
  },
};
