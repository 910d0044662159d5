import type { UnitOfWork } from '#kernel';
import { blueprint } from './blueprint.ts';

/** Whether there is a blueprint of this name, of whatever kind. */
export const isThereBluePrint = async (work: UnitOfWork, name: string): Promise<boolean> =>
  (await work.load(blueprint, name)).stage === 'active';

/** Whether a blueprint is another one, or comes from it: through its parents, and theirs. */
export async function comesFrom(work: UnitOfWork, name: string, other: string): Promise<boolean> {
  if (name === other) return true;
  const found = await work.load(blueprint, name);
  if (!('value' in found)) return false;
  for (const parent of found.value.parents) if (await comesFrom(work, parent, other)) return true;
  return false;
}
