import { IntegralFloat } from './integral-float.ts';

/**
 * Where in a value there is a number that is not the one that was written: integers from 2^53 on are rounded when they
 * are read. The keys and indexes from the outside in (`['vm', 'size', 0]`), undefined: every number is exact.
 */
export function inexactNumber(value: unknown): readonly (string | number)[] | undefined {
  if (typeof value === 'number') return isExact(value) ? undefined : [];
  if (value === null || typeof value !== 'object') return undefined;
  if (IntegralFloat.is(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const path = inexactNumber(inner);
    if (path) return [Array.isArray(value) ? Number(key) : key, ...path];
  }
  return undefined;
}

/** Whether a number can be the one that was written. */
export const isExact = (number: number): boolean =>
  Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number);
