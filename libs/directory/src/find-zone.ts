import type { UnitOfWork } from '#kernel';
import type { Zone } from './zone.ts';
import { zone } from './zone.ts';
import { OUTERMOST, zoneNames } from './zone-names.ts';

/**
 * Reads a zone that something refers to; where it is not there (or about to go), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function zoneFor(work: UnitOfWork, field: string, id: unknown): Promise<Zone | undefined> {
  if (typeof id !== 'number') return undefined;
  const found = await work.load(zone, id);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no zone ${id}`);
  return undefined;
}

/** A zone and all zones within it, the outermost first, as the log has them. */
export async function zoneAndWithin(work: UnitOfWork, id: number): Promise<number[]> {
  const inner = await work.load(zoneNames, id);
  const all = [id];
  for (const one of inner.values()) all.push(...(await zoneAndWithin(work, one)));
  return all;
}

/** The zone of this name within another one, or within none, as the log has it; undefined where there is none. */
export const zoneNamed = async (work: UnitOfWork, parent: number | null, name: string): Promise<number | undefined> =>
  (await work.load(zoneNames, parent ?? OUTERMOST)).get(name);
