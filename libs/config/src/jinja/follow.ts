import { itemOf } from './members.ts';
import type { Run, Value } from './values.ts';
import { isTrue, itemsOf, Undefined } from './values.ts';

/** Goes down a path (`address.city`, `0`) in a value. */
export function follow(run: Run, value: Value, path: Value, otherwise: Value = null): Value {
  const steps =
    typeof path === 'string' ? path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step)) : [path];
  return (path === null ? [] : steps).reduce<Value>((at, step) => {
    const inner = itemOf(at, step, run.budget);
    return inner instanceof Undefined && otherwise !== null ? otherwise : inner;
  }, value);
}

/** A value as it is compared: text without regard to case, unless that counts. */
export const folded = (value: Value, caseSensitive: Value): Value =>
  typeof value === 'string' && !isTrue(caseSensitive) ? value.toLowerCase() : value;

/** All of it, each piece paid for. */
export function all(run: Run, value: Value): readonly Value[] {
  const items = itemsOf(value);
  run.budget.spend(items.length);
  return items;
}

/** As {@link all}, but nothing of what counts as false, whatever it is. */
export const allIfAny = (run: Run, value: Value): readonly Value[] => (isTrue(value) ? all(run, value) : []);
