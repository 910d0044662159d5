import { type Walk, visit } from './limits.ts';
import { type MapEntry, type ScriptMap, type Value, isCompound } from './values.ts';

/** An independent copy: what was shared inside the value is shared inside the copy. */
export function copyOf(value: Value, walk: Walk = { visited: 0 }): Value {
  return isCompound(value) ? copyCompound(value, new Map(), walk, 1) : value;
}

function copyCompound(
  value: Value[] | ScriptMap,
  copies: Map<object, Value>,
  walk: Walk,
  depth: number,
): Value[] | ScriptMap {
  visit(walk, depth);
  const inner = (element: Value): Value => {
    if (!isCompound(element)) {
      walk.visited += 1;
      return element;
    }
    return copies.get(element) ?? copyCompound(element, copies, walk, depth + 1);
  };
  if (Array.isArray(value)) {
    const array: Value[] = [];
    copies.set(value, array);
    for (const element of value) array.push(inner(element));
    return array;
  }
  const map = new Map<string, MapEntry>();
  copies.set(value, map);
  for (const [name, entry] of value) map.set(name, { key: entry.key, value: inner(entry.value) });
  return map;
}
