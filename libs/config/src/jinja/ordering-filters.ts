import { entriesOf } from './collection-methods.ts';
import { compare, isEqual } from './comparison.ts';
import { TemplateFault } from './fault.ts';
import { all, folded, follow } from './follow.ts';
import type { Method } from './methods.ts';
import { methods, REQUIRED } from './methods.ts';
import type { Run, ObjectValue, Value } from './values.ts';
import { isMap, isTrue, itemsOf, made, Undefined, Tuple } from './values.ts';

/** What things are compared by, in the order in which it counts. */
const keysOf = (run: Run, value: Value, attribute: Value, caseSensitive: Value): Value[] =>
  (typeof attribute === 'string' ? attribute.split(',') : [attribute]).map((path) =>
    folded(follow(run, value, path), caseSensitive),
  );

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
  if (first === undefined) return new Undefined('No aggregated item, sequence was empty.');
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
class Group extends Tuple implements ObjectValue {
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

/** The filters that put lists in order, or take from that order. */
export const orderingFilters: Readonly<Record<string, Method>> = methods({
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
  groupby: [
    { attribute: REQUIRED, default: null, case_sensitive: false },
    (run, self, attribute, without, sensitive) => grouped(run, self, attribute, without, sensitive),
  ],
});
