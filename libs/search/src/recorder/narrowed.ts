import type { Json } from '#kernel';
import type { Where } from '#read-store';
import { isMap } from '../query/values-at.ts';

/** Which objects a query can be about at all, as far as that can be told without their documents. */
export interface Narrowed {
  readonly ids?: readonly (string | number)[];
  readonly where: Where;
}

/** The values that a query asks to stand at a path; undefined: it asks for something else. */
function wantedAt(query: unknown, path: string): readonly (string | number)[] | undefined {
  if (!isMap(query) || !Object.hasOwn(query, path)) return undefined;
  const asked = query[path] as Json;
  const values = !isMap(asked) ? [asked] : '$eq' in asked ? [asked['$eq']] : asked['$in'];
  const usable = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
  return Array.isArray(values) && values.length > 0 && values.every(usable) ? values : undefined;
}

/** @param indexes which index holds what stands at a path (`_site`), by the path */
export function narrowed(query: unknown, indexes: Readonly<Record<string, string>>): Narrowed {
  const ids = wantedAt(query, '_id');
  const where = Object.entries(indexes).flatMap(([path, index]): [string, Where[string]][] => {
    const values = wantedAt(query, path);
    return values === undefined ? [] : [[index, values.length === 1 ? values[0]! : { any: values }]];
  });
  return { where: Object.fromEntries(where), ...(ids === undefined ? {} : { ids }) };
}
