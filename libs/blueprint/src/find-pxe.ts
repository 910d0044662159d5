import type { UnitOfWork } from '#kernel';
import type { Pxe } from './pxe.ts';
import { pxe } from './pxe.ts';

/**
 * Reads a PXE that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function pxeFor(work: UnitOfWork, field: string, name: string): Promise<Readonly<Pxe> | undefined> {
  const found = await work.load(pxe, name);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no PXE ${name}`);
  return undefined;
}
