import type { Budget } from './budget.ts';
import { TemplateFault } from './fault.ts';
import type { Value } from './values.ts';
import { isList, isMap, kindOf, Undefined, numberOf, Tuple } from './values.ts';

/** Whether two values are equal. @throws TemplateFault where looking takes too long */
export function isEqual(one: Value, other: Value, budget: Budget): boolean {
  budget.spend();
  if (one === other) return true;
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== undefined || b !== undefined) return a === b;
  if (one instanceof Undefined) return other instanceof Undefined;
  if (one instanceof Tuple || other instanceof Tuple) {
    return one instanceof Tuple && other instanceof Tuple && areEqual(one.items, other.items, budget);
  }
  if (isMap(one) && isMap(other)) {
    if (one.size !== other.size) return false;
    return [...one].every(([key, value]) => other.has(key) && isEqual(value, other.get(key) ?? null, budget));
  }
  return isList(one) && isList(other) && areEqual(one, other, budget);
}

const areEqual = (one: readonly Value[], other: readonly Value[], budget: Budget): boolean =>
  one.length === other.length && one.every((item, n) => isEqual(item, other[n] ?? null, budget));

/** Below zero where `one` comes first. @throws TemplateFault where the two have no order */
export function compare(one: Value, other: Value, budget: Budget, operator = '<'): number {
  budget.spend();
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== undefined && b !== undefined) return a - b;
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0;
  for (const value of [one, other]) if (value instanceof Undefined) throw value.fault();
  const [left, right] = one instanceof Tuple && other instanceof Tuple ? [one.items, other.items] : [one, other];
  if (!isList(left) || !isList(right)) {
    throw new TemplateFault(
      'TypeError',
      `'${operator}' not supported between instances of '${kindOf(one)}' and '${kindOf(other)}'`,
    );
  }
  const differs = left.findIndex((item, n) => n >= right.length || !isEqual(item, right[n] ?? null, budget));
  if (differs === -1) return left.length - right.length;
  return differs >= right.length ? 1 : compare(left[differs] ?? null, right[differs] ?? null, budget, operator);
}
