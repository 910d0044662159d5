import type { UnitOfWork } from '#kernel';
import type { Structure } from './structure.ts';
import { structure } from './structure.ts';

/**
 * Reads a structure that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function structureFor(
  work: UnitOfWork,
  field: string,
  id: number | null,
): Promise<Readonly<Structure> | undefined> {
  if (id === null) return undefined;
  const found = await work.load(structure, id);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no structure ${id}`);
  return undefined;
}
