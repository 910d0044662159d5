import { pairsOf } from '#kernel';
import { isMap } from './values-at.ts';

/** The names of the values of a document that a query looks at, or that a projection names: paths up to the first dot. */
export function namesIn(query: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (part: unknown): void => {
    if (!isMap(part)) return;
    for (const [name, asked] of pairsOf(part)) {
      if (name.startsWith('$')) for (const inner of [asked].flat()) add(inner);
      else names.add(name.split('.')[0] ?? '');
    }
  };
  add(query);
  return names;
}
