import type { EntityRow, View } from '#read-store';
import { entityRows } from '#read-store';
import { structures } from '../structure/structures.ts';
import type { Complex } from './complex.ts';
import { complex } from './complex.ts';

export type ComplexRow = EntityRow<Complex>;

/** Complexes of all platforms by name. */
export const complexes = entityRows<Complex>(complex, {
  name: 'complexes',
  version: 1,
  key: 'text',
  indexes: { site: ({ site }) => site, type: ({ type }) => type },
});

/** `built` where enough of the members are, else `planned`; without members nothing is built. */
export async function complexState(view: View, { members, builtPercentage }: Readonly<Complex>): Promise<string> {
  let built = 0;
  for (const { structure } of members) {
    if ((await view.get(structures, structure))?.builtAt) built += 1;
  }
  return isBuilt(built, members.length, builtPercentage) ? 'built' : 'planned';
}

/** Whether so many of the members are enough. */
export const isBuilt = (built: number, members: number, percentage: number): boolean =>
  members > 0 && (100 * built) / members >= percentage;
