import type { UnitOfWork } from '#kernel';
import type { Network } from './network.ts';
import { network } from './network.ts';

/**
 * Reads a network that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function networkFor(
  work: UnitOfWork,
  field: string,
  id: number | null,
): Promise<Readonly<Network> | undefined> {
  if (id === null) return undefined;
  const found = await work.load(network, id);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no network ${id}`);
  return undefined;
}
