import type { UnitOfWork } from '#kernel';
import { declaredSecretNames } from '#config';
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

/** The names of secrets that a site and those around it declare. */
export async function siteSecretNames(work: UnitOfWork, name: string | null): Promise<readonly string[]> {
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at = name; at !== null && !seen.has(at);) {
    seen.add(at);
    const found = await work.load(site, at);
    if (!('value' in found)) break;
    names.push(...declaredSecretNames(found.value.configValues));
    at = found.value.parent;
  }
  return names;
}

/** Whether a site is another one, or within it. */
export async function isWithin(work: UnitOfWork, name: string, other: string): Promise<boolean> {
  const seen = new Set<string>();
  let at: string | null = name;
  while (at !== null && at !== other && !seen.has(at)) {
    seen.add(at);
    at = await parentOf(work, at);
  }
  return at === other;
}

async function parentOf(work: UnitOfWork, name: string): Promise<string | null> {
  const found = await work.load(site, name);
  return 'value' in found ? found.value.parent : null;
}
