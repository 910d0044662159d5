import type { UnitOfWork } from '#kernel';
import type { Foundation } from './foundation.ts';
import { foundation } from './foundation.ts';

/**
 * Reads a foundation that something refers to; where it does not exist (or is being deleted), that is a fault of the
 * field.
 * @returns undefined where there is none
 */
export async function foundationFor(
  work: UnitOfWork,
  field: string,
  locator: string | null,
): Promise<Readonly<Foundation> | undefined> {
  if (locator === null) return undefined;
  const found = await work.load(foundation, locator);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no foundation ${locator}`);
  return undefined;
}
