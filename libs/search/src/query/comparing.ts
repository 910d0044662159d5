import type { IntegralFloat, Json } from '#kernel';
import { numberIn } from '#kernel';
import { compareKeys } from '#read-store';
import type { At } from './values-at.ts';
import { isMap } from './values-at.ts';

/** Whether two values are the same: numbers by what they are worth, maps whatever the order of their keys. */
export function isEqual(one: At, other: At): boolean {
  if (one === other) return true;
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a !== undefined || b !== undefined) return a === b;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, n) => isEqual(item as Json, other[n] as Json))
    );
  }
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key], other[key]))
  );
}

/** Which of two values of one kind comes first, as a number below, at or above 0; undefined: they are of different kinds. */
export function order(one: At, other: At): number | undefined {
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a !== undefined && b !== undefined) return a - b;
  if (typeof one === 'string' && typeof other === 'string') return compareKeys(one, other);
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other);
  return undefined;
}

/** Whether something may be compared by its order: a number, text, or true or false. */
export const isOrdered = (value: unknown): value is string | number | boolean | IntegralFloat =>
  typeof value === 'string' || typeof value === 'boolean' || numberIn(value) !== undefined;
