import { entriesOf } from './collection-methods.ts';
import { compare, isEqual } from './comparison.ts';
import { TemplateFault } from './fault.ts';
import { itemOf } from './members.ts';
import type { Method } from './methods.ts';
import { methods, REQUIRED, textOf, wholeOf } from './methods.ts';
import { operate } from './operators.ts';
import { represented, shown } from './text.ts';
import type { Arguments, Run, Thing, Value } from './values.ts';
import { isMap, isTrue, itemsOf, kindOf, made, Missing, numberOf, Tuple } from './values.ts';

/** Goes down a path (`address.city`, `0`) in a value. */
function follow(run: Run, value: Value, path: Value, otherwise: Value = null): Value {
  const steps =
    typeof path === 'string' ? path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step)) : [path];
  return (path === null ? [] : steps).reduce<Value>((at, step) => {
    const inner = itemOf(at, step, run.budget);
    return inner instanceof Missing && otherwise !== null ? otherwise : inner;
  }, value);
}

const folded = (value: Value, caseSensitive: Value): Value =>
  typeof value === 'string' && !isTrue(caseSensitive) ? value.toLowerCase() : value;

/** What things are compared by, in the order in which it counts. */
const keysOf = (run: Run, value: Value, attribute: Value, caseSensitive: Value): Value[] =>
  (typeof attribute === 'string' ? attribute.split(',') : [attribute]).map((path) =>
    folded(follow(run, value, path), caseSensitive),
  );

/** All of it, each piece paid for. */
function all(run: Run, value: Value): readonly Value[] {
  const items = itemsOf(value);
  run.budget.spend(items.length);
  return items;
}

function sorted(run: Run, items: readonly Value[], keys: (item: Value) => readonly Value[], reverse: boolean): Value[] {
  const keyed = items.map((item) => [item, new Tuple(keys(item))] as const);
  const ordered = keyed.toSorted(([, one], [, other]) =>
    reverse ? compare(other, one, run.budget) : compare(one, other, run.budget),
  );
  return made(ordered.map(([item]) => item));
}

function extreme(run: Run, self: Value, caseSensitive: Value, attribute: Value, sign: number): Value {
  const items = all(run, self);
  const key = (item: Value) => folded(follow(run, item, attribute), caseSensitive);
  const [first] = items;
  if (first === undefined) return new Missing('No aggregated item, sequence was empty.');
  return items.reduce((best, item) => (compare(key(item), key(best), run.budget) * sign < 0 ? item : best), first);
}

function unique(run: Run, self: Value, caseSensitive: Value, attribute: Value): Value {
  const seen: Value[] = [];
  return made(
    all(run, self).filter((item) => {
      const key = folded(follow(run, item, attribute), caseSensitive);
      if (seen.some((one) => isEqual(one, key, run.budget))) return false;
      seen.push(key);
      return true;
    }),
  );
}

/** Things that have something in common; it can be taken apart like a pair. */
class Group extends Tuple implements Thing {
  readonly thing = 'tuple';

  attribute(name: string): Value | undefined {
    return name === 'grouper' ? this.items[0] : name === 'list' ? this.items[1] : undefined;
  }
}

function grouped(run: Run, self: Value, attribute: Value, otherwise: Value, caseSensitive: Value): Value {
  const real = (item: Value) => follow(run, item, attribute, otherwise);
  const key = (item: Value) => folded(real(item), caseSensitive);
  const groups: Value[][] = [];
  for (const item of sorted(run, all(run, self), (one) => [key(one)], false)) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && isEqual(key(last[0]), key(item), run.budget)) last.push(item);
    else groups.push([item]);
  }
  return made(groups.map((items) => new Group([real(items[0] ?? null), made(items)])));
}

function batched(run: Run, self: Value, count: number, fill: Value): Value {
  const items = all(run, self);
  const rows: Value[] = [];
  if (count < 1) throw new TemplateFault('ValueError', 'the size of a batch must be positive');
  for (let n = 0; n < items.length; n += count) {
    const row = items.slice(n, n + count);
    if (fill !== null) run.budget.spend(count);
    rows.push(made(fill === null ? row : [...row, ...Array.from({ length: count - row.length }, () => fill)]));
  }
  return made(rows);
}

function sliced(run: Run, self: Value, slices: number, fill: Value): Value {
  const items = all(run, self);
  if (slices < 1) throw new TemplateFault('ZeroDivisionError', 'integer division or modulo by zero');
  run.budget.spend(slices);
  const [each, more] = [Math.floor(items.length / slices), items.length % slices];
  let at = 0;
  return made(
    Array.from({ length: slices }, (_, n) => {
      const row = items.slice(at, (at += each + (n < more ? 1 : 0)));
      return made(fill !== null && n >= more ? [...row, fill] : row);
    }),
  );
}

/** As {@link all}, but nothing of what counts as false, whatever it is. */
const allIfAny = (run: Run, value: Value): readonly Value[] => (isTrue(value) ? all(run, value) : []);

/** `map("upper")`, `map(attribute="name")`. */
const mapped: Method = (run, self, { positional: [name, ...rest], named }) => {
  if (name === undefined && named.has('attribute')) {
    const otherwise = named.get('default') ?? null;
    return made(allIfAny(run, self).map((item) => follow(run, item, named.get('attribute') ?? null, otherwise)));
  }
  if (name === undefined) throw new TemplateFault('FilterArgumentError', 'map requires a filter argument');
  return made(allIfAny(run, self).map((item) => run.filter(textOf(name), item, { positional: rest, named })));
};

/** `select("odd")`, `rejectattr("name", "none")`: what passes a test, or what does not. */
const chosen =
  (keep: boolean, byAttribute: boolean): Method =>
  (run, self, { positional, named }) => {
    const [attribute = null, ...others] = byAttribute ? positional : [null, ...positional];
    if (byAttribute && positional.length === 0) {
      throw new TemplateFault('FilterArgumentError', 'Missing parameter for attribute name');
    }
    const [test, ...rest] = others;
    const args: Arguments = { positional: rest, named };
    const passes = (item: Value): boolean => (test === undefined ? isTrue(item) : run.test(textOf(test), item, args));
    return made(allIfAny(run, self).filter((item) => passes(follow(run, item, attribute)) === keep));
  };

function sizeOf(value: Value): number {
  if (isMap(value)) return value.size;
  if (numberOf(value) !== undefined || value === null) {
    throw new TemplateFault('TypeError', `object of type '${kindOf(value)}' has no len()`);
  }
  return itemsOf(value).length;
}

const otherwise = [
  { default_value: '', boolean: false },
  (_: Run, self: Value, value: Value, boolean: Value) =>
    self instanceof Missing || (isTrue(boolean) && !isTrue(self)) ? value : self,
] as const;

/** The filters that work on lists and maps. */
export const listFilters: Readonly<Record<string, Method>> = {
  ...methods({
    default: otherwise,
    d: otherwise,
    length: [{}, (_, self) => sizeOf(self)],
    count: [{}, (_, self) => sizeOf(self)],
    list: [{}, (run, self) => made([...all(run, self)])],
    first: [{}, (run, self) => all(run, self)[0] ?? new Missing('No first item, sequence was empty.')],
    last: [{}, (run, self) => all(run, self).at(-1) ?? new Missing('No last item, sequence was empty.')],
    join: [
      { d: '', attribute: null },
      (run, self, between, attribute) => {
        const texts = all(run, self).map((item) => shown(follow(run, item, attribute), run.budget));
        const separator = shown(between, run.budget);
        run.budget.room(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
        return texts.join(separator);
      },
    ],
    reverse: [
      {},
      (run, self) => {
        const items = all(run, self).toReversed();
        return typeof self === 'string' ? items.join('') : made(items);
      },
    ],
    sort: [
      { reverse: false, case_sensitive: false, attribute: null },
      (run, self, reverse, sensitive, attribute) =>
        sorted(run, all(run, self), (item) => keysOf(run, item, attribute, sensitive), isTrue(reverse)),
    ],
    dictsort: [
      { case_sensitive: false, by: 'key', reverse: false },
      (run, self, sensitive, by, reverse) => {
        if (by !== 'key' && by !== 'value') {
          throw new TemplateFault('FilterArgumentError', 'You can only sort by either "key" or "value"');
        }
        if (!isMap(self)) throw new TemplateFault('TypeError', 'Can only sort the item pairs of a mapping.');
        const pairs = entriesOf(self).map((entry) => new Tuple(entry));
        const key = (pair: Value) => folded(itemsOf(pair)[by === 'key' ? 0 : 1] ?? null, sensitive);
        return sorted(run, pairs, (pair) => [key(pair)], isTrue(reverse));
      },
    ],
    unique: [
      { case_sensitive: false, attribute: null },
      (run, self, sensitive, attribute) => unique(run, self, sensitive, attribute),
    ],
    min: [
      { case_sensitive: false, attribute: null },
      (run, self, sensitive, attribute) => extreme(run, self, sensitive, attribute, 1),
    ],
    max: [
      { case_sensitive: false, attribute: null },
      (run, self, sensitive, attribute) => extreme(run, self, sensitive, attribute, -1),
    ],
    sum: [
      { attribute: null, start: 0 },
      (run, self, attribute, start) =>
        all(run, self).reduce((sum, item) => operate('add', sum, follow(run, item, attribute), run.budget), start),
    ],
    groupby: [
      { attribute: REQUIRED, default: null, case_sensitive: false },
      (run, self, attribute, without, sensitive) => grouped(run, self, attribute, without, sensitive),
    ],
    batch: [
      { linecount: REQUIRED, fill_with: null },
      (run, self, count, fill) => batched(run, self, wholeOf(count), fill),
    ],
    slice: [
      { slices: REQUIRED, fill_with: null },
      (run, self, slices, fill) => sliced(run, self, wholeOf(slices), fill),
    ],
    items: [
      {},
      (_, self) => {
        if (self instanceof Missing) return made([]);
        if (!isMap(self)) throw new TemplateFault('TypeError', 'Can only get item pairs from a mapping.');
        return made(entriesOf(self).map((entry) => new Tuple(entry)));
      },
    ],
    attr: [
      { name: REQUIRED },
      (_, self, name) => new Missing(`${represented(`${kindOf(self)} object`)} has no attribute ${represented(name)}`),
    ],
  }),
  map: mapped,
  select: chosen(true, false),
  reject: chosen(false, false),
  selectattr: chosen(true, true),
  rejectattr: chosen(false, true),
};
