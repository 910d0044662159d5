import type { Json } from '#kernel';
import { IntegralFloat } from '#kernel';

/** What stands at a path; undefined: nothing does. */
export type At = Json | undefined;

/** A map, as opposed to a list and to a whole float. */
export const isMap = (value: unknown): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/**
 * All that stands at a dotted path, as MongoDB finds it: on its way, each map in a list is gone into (not lists in
 * lists), and a number is a key of a map or the place of an item. Nothing at all stands behind an empty list.
 */
export function valuesAt(value: At, path: readonly string[]): At[] {
  const found: At[] = [];
  collect(value, path, 0, found);
  return found;
}

function collect(value: At, path: readonly string[], at: number, found: At[]): void {
  const name = path[at];
  if (name === undefined) {
    found.push(value);
  } else if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (INDEX.test(name) && Number(name) < items.length) collect(items[Number(name)], path, at + 1, found);
    for (const item of items) if (isMap(item)) collect(item, path, at, found);
  } else if (isMap(value) && Object.hasOwn(value, name)) {
    collect(value[name], path, at + 1, found);
  } else {
    found.push(undefined);
  }
}
