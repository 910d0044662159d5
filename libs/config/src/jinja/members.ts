import type { Budget } from './budget.ts';
import { collectionMethods, mapMethods } from './collection-methods.ts';
import { TemplateFault } from './fault.ts';
import { textMethods } from './text-methods.ts';
import type { Method } from './methods.ts';
import { textOf } from './methods.ts';
import { isSecret, secretFault } from './secret-mark.ts';
import { quoted, represented } from './text.ts';
import type { Value } from './values.ts';
import { Callable, isList, isMap, isThing, kindOf, Undefined, numberOf, Tuple } from './values.ts';

/** The methods values have, by their kind. */
const METHODS: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  str: textMethods,
  list: collectionMethods,
  tuple: { index: collectionMethods['index'] as Method, count: collectionMethods['count'] as Method },
  dict: mapMethods,
};

/** What it costs to look through a value, in steps. */
const sizeOf = (value: Value): number =>
  typeof value === 'string'
    ? Math.ceil(value.length / 64)
    : isMap(value)
      ? value.size
      : isList(value)
        ? value.length
        : 0;

function methodOf(value: Value, name: string): Value | undefined {
  if (isSecret(value)) throw secretFault(`asked for ${quoted(name)}`);
  if (isThing(value)) return value.attribute(name);
  const methods = METHODS[kindOf(value)];
  const method = methods && Object.hasOwn(methods, name) ? methods[name] : undefined;
  return (
    method &&
    new Callable(name, (run, args) => {
      run.budget.spend(sizeOf(value));
      return method(run, value, args);
    })
  );
}

/** `value.name`: an attribute, else the item of that name. @throws TemplateFault where the value is missing */
export function attributeOf(value: Value, name: string): Value {
  if (value instanceof Undefined) throw value.fault();
  const found = methodOf(value, name) ?? (isMap(value) ? value.get(name) : undefined);
  return found === undefined ? missingIn(value, name) : found;
}

/** `value|attr(name)`: an attribute, and no item of that name. @throws TemplateFault where the value is missing */
export function ownAttributeOf(value: Value, name: Value): Value {
  if (value instanceof Undefined) throw value.fault();
  if (typeof name !== 'string') {
    throw new TemplateFault('TypeError', `attribute name must be string, not '${kindOf(name)}'`);
  }
  return methodOf(value, name) ?? missingIn(value, name);
}

/** `value[at]`: an item, else the attribute of that name. @throws TemplateFault where the value is missing */
export function itemOf(value: Value, at: Value, budget: Budget): Value {
  if (value instanceof Undefined) throw value.fault();
  if (isMap(value)) {
    const found = value.get(at);
    if (found !== undefined) return found;
  } else {
    const number = typeof at === 'number' && Number.isInteger(at) ? at : undefined;
    const items = sequence(value, budget);
    const found = number === undefined ? undefined : items?.[number < 0 ? items.length + number : number];
    if (found !== undefined) return found;
  }
  return (typeof at === 'string' ? methodOf(value, at) : undefined) ?? missingIn(value, at);
}

function sequence(value: Value, budget: Budget): readonly Value[] | undefined {
  if (isSecret(value)) throw secretFault('taken apart');
  if (typeof value === 'string') return Array.from(budget.text(value));
  if (value instanceof Tuple) return value.items;
  return isList(value) ? value : undefined;
}

/** What is not there in a value, in the words of the fault it becomes when it is used. */
function missingIn(value: Value, name: Value): Undefined {
  const what = value === null ? 'None' : `${kindOf(value)} object`;
  return new Undefined(
    typeof name === 'string'
      ? `${quoted(what)} has no attribute ${quoted(name)}`
      : `${what} has no element ${represented(name)}`,
  );
}

/** `value[from:to:step]`. @throws TemplateFault */
export function sliceOf(value: Value, bounds: readonly Value[], budget: Budget): Value {
  if (value instanceof Undefined) throw value.fault();
  const items = sequence(value, budget);
  if (!items) {
    const why = isMap(value) ? "unhashable type: 'slice'" : `'${kindOf(value)}' object is not subscriptable`;
    throw new TemplateFault('TypeError', why);
  }
  const [from, to, step = 1] = bounds.map(bound);
  if (step === 0) throw new TemplateFault('ValueError', 'slice step cannot be zero');
  const { length } = items;
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (at: number | undefined, otherwise: number): number =>
    at === undefined ? otherwise : Math.min(most, Math.max(least, at < 0 ? at + length : at));
  const [begin, end] = step > 0 ? [clamp(from, 0), clamp(to, length)] : [clamp(from, length - 1), clamp(to, -1)];
  budget.spend(length);
  const taken: Value[] = [];
  for (let n = begin; step > 0 ? n < end : n > end; n += step) taken.push(items[n] ?? null);
  if (typeof value === 'string') return taken.map(textOf).join('');
  return value instanceof Tuple ? new Tuple(taken) : taken;
}

function bound(value: Value): number | undefined {
  if (value === null) return undefined;
  const number = numberOf(value);
  if (number !== undefined && Number.isInteger(number)) return number;
  throw new TemplateFault('TypeError', 'slice indices must be integers or None or have an __index__ method');
}
