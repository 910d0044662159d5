import { entriesOf } from './collection-methods.ts';
import { TemplateFault } from './fault.ts';
import { all, follow } from './follow.ts';
import { ownAttributeOf } from './members.ts';
import type { Method } from './methods.ts';
import { methods, REQUIRED, textOf, wholeOf } from './methods.ts';
import { operate } from './operators.ts';
import { shown } from './text.ts';
import type { Run, Value } from './values.ts';
import { isMap, isTrue, itemsOf, kindOf, made, Undefined, numberOf, Tuple } from './values.ts';

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
    self instanceof Undefined || (isTrue(boolean) && !isTrue(self)) ? value : self,
] as const;

/** The filters that work on lists and maps. */
export const listFilters: Readonly<Record<string, Method>> = methods({
  default: otherwise,
  d: otherwise,
  length: [{}, (_, self) => sizeOf(self)],
  count: [{}, (_, self) => sizeOf(self)],
  list: [{}, (run, self) => made([...all(run, self)])],
  first: [{}, (run, self) => all(run, self)[0] ?? new Undefined('No first item, sequence was empty.')],
  last: [{}, (run, self) => all(run, self).at(-1) ?? new Undefined('No last item, sequence was empty.')],
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
      return typeof self === 'string' ? items.map(textOf).join('') : made(items);
    },
  ],
  sum: [
    { attribute: null, start: 0 },
    (run, self, attribute, start) =>
      all(run, self).reduce((sum, item) => operate('add', sum, follow(run, item, attribute), run.budget), start),
  ],
  batch: [
    { linecount: REQUIRED, fill_with: null },
    (run, self, count, fill) => batched(run, self, wholeOf(count), fill),
  ],
  slice: [{ slices: REQUIRED, fill_with: null }, (run, self, slices, fill) => sliced(run, self, wholeOf(slices), fill)],
  items: [
    {},
    (_, self) => {
      if (self instanceof Undefined) return made([]);
      if (!isMap(self)) throw new TemplateFault('TypeError', 'Can only get item pairs from a mapping.');
      return made(entriesOf(self).map((entry) => new Tuple(entry)));
    },
  ],
  attr: [{ name: REQUIRED }, (_, self, name) => ownAttributeOf(self, name)],
});
