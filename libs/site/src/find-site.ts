import type { UnitOfWork } from '#kernel';
import type { Site } from './site.ts';
import { site } from './site.ts';

/**
 * Reads a site that something refers to; where it does not exist (or is being deleted), that is a fault of the field.
 * @returns undefined where there is none
 */
export async function siteFor(work: UnitOfWork, field: string, name: string | null): Promise<Site | undefined> {
  if (name === null) return undefined;
  const found = await work.load(site, name);
  if (found.stage === 'active') return found.value;
  work.fault(field, 'INVALID_VALUE', `there is no site ${name}`);
  return undefined;
}
