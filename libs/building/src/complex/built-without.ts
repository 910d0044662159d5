import type { UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import type { TakenBy } from '../foundation.ts';
import { structure } from '../structure/structure.ts';
import { structures } from '../structure/structures.ts';
import type { Complex } from './complex.ts';
import { complexes, isComplexBuilt } from './complexes.ts';

/** What is known of a structure that a complex is made of. */
export interface Part {
  readonly built: boolean;
  readonly job: TakenBy | null | undefined;
}

/** A structure that is to be destroyed, and the job that does it, where there is one already. */
export interface Leaving {
  readonly id: number;
  readonly job: TakenBy | null | undefined;
}

/** The complexes of which a structure is a member, or which are reached by it. */
export async function complexesOn(view: View, id: number, member: string | undefined): Promise<readonly string[]> {
  const hosted = (await view.keys(complexes, { where: { host: id } })).keys.map(String);
  return [...new Set([...(member === undefined ? [] : [member]), ...hosted])];
}

/**
 * Whether a complex stays built without a structure, and without those that were to be destroyed before it: of several
 * members the first ones go, as long as enough are left.
 */
export const isBuiltWithout = (
  its: Readonly<Complex>,
  { id, job }: Leaving,
  partOf: (structure: number) => Promise<Part | undefined>,
): Promise<boolean> =>
  isComplexBuilt(its, async (one) => {
    if (one === id) return false;
    const part = await partOf(one);
    const goesBefore = part?.job?.script === 'destroy' && part.job.job < (job?.job ?? Infinity);
    return part?.built === true && !goesBefore;
  });

/** What a unit of work knows of structures. */
export const partIn =
  (work: UnitOfWork) =>
  async (id: number): Promise<Part | undefined> => {
    const found = await work.load(structure, id);
    return 'value' in found ? found.value : undefined;
  };
/** What the read models show of structures. */
export const partShown =
  (view: View) =>
  async (id: number): Promise<Part | undefined> => {
    const row = await view.get(structures, id);
    return row && { built: row.builtAt !== null, job: row.job };
  };
