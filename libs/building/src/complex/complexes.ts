import type { EntityRow, View } from '#read-store';
import { entityRows } from '#read-store';
import { structures } from '../structure/structures.ts';
import type { Complex } from './complex.ts';
import { complex } from './complex.ts';

export type ComplexRow = EntityRow<Complex>;

/** Complexes of all platforms by name. */
export const complexes = entityRows<Complex>(complex, {
  name: 'complexes',
  version: 2,
  key: 'text',
  indexes: {
    site: ({ site }) => site,
    type: ({ type }) => type,
    /** The structure by which it is reached, where that is no affair of its members. */
    host: ({ host }) => host?.structure ?? null,
  },
});

/** `built` where its host and enough of the members are, else `planned`. */
export async function complexState(view: View, its: Readonly<Complex>): Promise<string> {
  const built = async (structure: number) => Boolean((await view.get(structures, structure))?.builtAt);
  return (await isComplexBuilt(its, built)) ? 'built' : 'planned';
}

/** Whether a complex is built, by what is known of structures. */
export async function isComplexBuilt(
  { members, builtPercentage, host }: Readonly<Complex>,
  isStructureBuilt: (structure: number) => Promise<boolean>,
): Promise<boolean> {
  if (host && !(await isStructureBuilt(host.structure))) return false;
  if (host?.suffices && members.length === 0) return true;
  let built = 0;
  for (const { structure } of members) if (await isStructureBuilt(structure)) built += 1;
  return isEnough(built, members.length, builtPercentage);
}

/** Whether so many of the members are enough; of none, nothing is. */
export const isEnough = (built: number, members: number, percentage: number): boolean =>
  members > 0 && (100 * built) / members >= percentage;
