import type { View } from '#read-store';
import { ALL_SITES } from './subcontractor.ts';
import type { SubcontractorRow } from './subcontractors.ts';
import { subcontractors } from './subcontractors.ts';

/** Who serves, or has served, a module at a site. */
export interface ModuleService {
  /** Those that are there. */
  readonly present: readonly SubcontractorRow[];
  /** The one that was last there, where none is. */
  readonly last: SubcontractorRow | undefined;
}

/** At most this many are looked at. */
const MAX_LOOKED_AT = 1000;

/** Who serves a module at a site, by what is recorded. */
export async function moduleService(view: View, site: string, module: string): Promise<ModuleService> {
  const where = { site: { any: [site, ALL_SITES] }, module };
  const { rows } = await view.list(subcontractors, { where, count: MAX_LOOKED_AT });
  const present = rows.map(({ row }) => row).filter((row) => row.present);
  const last = rows
    .map(({ row }) => row)
    .filter((row) => !row.present)
    .toSorted((a, b) => ((a.lastSeen ?? '') < (b.lastSeen ?? '') ? 1 : -1))[0];
  return { present, last: present.length > 0 ? undefined : last };
}

/** Since when nobody serves it, for people: ` since 2026-…, when agent1 was last heard of`; nothing where one was there just now. */
export function absentText({ present, last }: ModuleService): string {
  if (present.length > 0) return '';
  return last?.lastSeen
    ? ` since ${last.lastSeen}, when ${last.agent} was last heard of`
    : ', and none is known to have';
}
