import type { View } from '#read-store';
import type { Kind } from './nodes.ts';
import { idOf, KINDS } from './nodes.ts';

/**
 * The ids of what is in a site: its structures, foundations, dependencies and complexes, in this order.
 * @param most how many of them; undefined: all
 */
export async function siteIds(
  view: View,
  site: string,
  most?: number,
): Promise<{ readonly ids: readonly string[]; readonly total: number }> {
  const ids: string[] = [];
  let all = 0;
  for (const [kind, rows] of Object.entries(KINDS)) {
    const left = most === undefined ? {} : { count: Math.max(0, most - ids.length) };
    const { keys, total } = await view.keys(rows, { where: { site }, ...left });
    ids.push(...keys.map((key) => idOf(kind as Kind, key)));
    all += total;
  }
  return { ids, total: all };
}
