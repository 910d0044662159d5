import type { UnitOfWork } from '#kernel';
import type { Complex } from './complex.ts';
import { complex } from './complex.ts';

/**
 * Reads a complex that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function complexFor(
  work: UnitOfWork,
  field: string,
  name: string | null,
): Promise<Readonly<Complex> | undefined> {
  if (name === null) return undefined;
  const found = await work.load(complex, name);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no complex ${name}`);
  return undefined;
}
