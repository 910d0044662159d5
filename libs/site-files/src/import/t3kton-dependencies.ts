import type { Json } from '#kernel';
import type { CinpExport, Shown } from './cinp-export.ts';
import { idOf } from './cinp-export.ts';
import type { Table } from './converted.ts';
import { put, tableAt } from './converted.ts';

/** How an object of a model is named by what is at a site; undefined: it is not there. */
type Named = (path: string, uri: Json | undefined, site: string) => string | undefined;

/** How many dependencies may hang on each other, so that a circle ends. */
const MAX_DEPTH = 100;

/**
 * Puts the dependencies of an export into a site file. They have no names there: each is called by its foundation, or by
 * the structure it is on.
 */
export function convertDependencies(source: CinpExport, document: Table, named: Named): void {
  const names = new Map<string, { readonly site: string; readonly name: string }>();
  const all = source.of('Building/Dependency');
  for (const [id, one] of all) {
    const site = siteOf(source, one);
    const table = tableAt(document, 'site', site, 'dependency');
    const structure = named('Building/Structure', one['structure'], site);
    const base = idOf(one['foundation']) ?? `on-${structure?.split('/').at(-1) ?? 'dependency'}`;
    let name = base;
    for (let n = 2; Object.hasOwn(table, name); n += 1) name = `${base}-${n}`;
    table[name] = {};
    names.set(id, { site, name });
  }
  for (const [id, one] of all) {
    const { site, name } = names.get(id) ?? { site: '', name: '' };
    const on = names.get(idOf(one['dependency']) ?? '');
    put(tableAt(document, 'site', site, 'dependency', name), {
      structure: named('Building/Structure', one['structure'], site),
      dependency: on && (on.site === site ? on.name : `${on.site}/${on.name}`),
      foundation: idOf(one['foundation']),
      script_structure: named('Building/Structure', one['script_structure'], site),
      link: one['link'],
      create_script_name: one['create_script_name'],
      destroy_script_name: one['destroy_script_name'],
      state: one['state'] === 'built' ? 'built' : '',
    });
  }
}

/** That of the foundation, else of the structure with the scripts, else of what is depended on. */
function siteOf(source: CinpExport, one: Shown, depth = 0): string {
  const foundation = source.at('Building/Foundation', one['foundation']);
  const scripts = source.at('Building/Structure', one['script_structure']);
  const above = depth < MAX_DEPTH ? source.at('Building/Dependency', one['dependency']) : undefined;
  const structure = source.at('Building/Structure', one['structure']);
  const at = idOf(foundation?.['site']) ?? idOf(scripts?.['site']);
  if (at !== undefined) return at;
  return above ? siteOf(source, above, depth + 1) : (idOf(structure?.['site']) ?? '');
}
