import type { UnitOfWork } from '#kernel';
import type { Plot } from './plot.ts';
import { plot } from './plot.ts';

/**
 * Reads a plot that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function plotFor(work: UnitOfWork, field: string, name: string | null): Promise<Plot | undefined> {
  if (name === null) return undefined;
  const found = await work.load(plot, name);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no plot ${name}`);
  return undefined;
}
