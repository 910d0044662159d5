import type { View } from '#read-store';
import { foundations } from '../foundations.ts';
import { structures } from '../structure/structures.ts';
import { complexesOn, partShown } from './built-without.ts';
import { complexes, isComplexBuilt } from './complexes.ts';

/**
 * What complexes carry that are down without some structures, and is built or has a job, by the complexes; without what goes
 * along.
 */
export async function carriedBehind(
  view: View,
  id: number,
  going: { readonly structures: ReadonlySet<number>; readonly foundations: ReadonlySet<string> },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const name of await complexesOn(view, id, (await view.get(structures, id))?.membership?.complex)) {
    const row = await view.get(complexes, name);
    const stays = async (one: number) => !going.structures.has(one) && (await partShown(view)(one))?.built === true;
    if (!row || (await isComplexBuilt(row, stays))) continue;
    const where = { complex: name };
    const built = await view.keys(foundations, { where: { ...where, state: 'built' } });
    const atWork = await view.keys(foundations, { where: { ...where, working: 'yes' } });
    const all = [...new Set([...built.keys, ...atWork.keys].map(String))];
    const left = all.filter((locator) => !going.foundations.has(locator));
    if (left.length > 0) found.set(name, left);
  }
  return found;
}
