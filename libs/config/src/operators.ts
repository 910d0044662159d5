import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, numberIn } from '#kernel';
import type { Operator } from './config-name.ts';
import { textOf } from './text-of.ts';

/** A value that cannot be combined with what is there. */
export class Uncombinable extends Error {}

type Combine = (old: Json, value: Json) => Json | undefined;

const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** What becomes of an old value; undefined: it goes. What nothing is said about stays as it is. */
const COMBINE: { readonly [O in Operator]: Combine } = {
  set: (_, value) => value,
  drop: () => undefined,
  remove: (old, value) => {
    if (typeof old === 'string') return withoutText(old, textOf(value));
    if (isList(old)) return (isList(value) ? value : [value]).reduce(withoutItem, old);
    if (isMap(old)) return withoutKeys(old, isList(value) ? value : [value]);
    return old;
  },
  prepend: (old, value) => {
    if (typeof old === 'string') return textOf(value) + old;
    if (isList(old)) return [...(isList(value) ? value : [value]), ...old];
    return isMap(old) ? joined(old, value) : old;
  },
  append: (old, value) => {
    if (typeof old === 'string') return old + textOf(value);
    if (isList(old)) return [...old, ...(isList(value) ? value : [value])];
    return isMap(old) ? joined(old, value) : old;
  },
};

/** What an operator comes to where there is nothing yet. */
const ALONE: { readonly [O in Operator]: (value: Json) => Json | undefined } = {
  set: (value) => value,
  prepend: (value) => value,
  append: (value) => value,
  remove: () => undefined,
  drop: () => undefined,
};

/** The value of a name after an operator; undefined: there is none. @throws Uncombinable */
export const combine = (operator: Operator, old: Json | undefined, value: Json): Json | undefined =>
  old === undefined ? ALONE[operator](value) : COMBINE[operator](old, value);

function withoutText(text: string, part: string): string {
  const at = text.indexOf(part);
  return at === -1 ? text : text.slice(0, at) + text.slice(at + part.length);
}

function withoutItem(list: readonly Json[], item: Json): readonly Json[] {
  const number = numberIn(item);
  const isSame = (one: Json): boolean =>
    number === undefined ? isDeepStrictEqual(one, item) : numberIn(one) === number;
  const at = list.findIndex(isSame);
  return at === -1 ? list : list.toSpliced(at, 1);
}

const withoutKeys = (map: JsonMap, keys: readonly Json[]): JsonMap =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));

function joined(old: JsonMap, value: Json): JsonMap {
  if (!isMap(value)) throw new Uncombinable('can only append/prepend dict with a dict');
  return { ...old, ...value };
}
