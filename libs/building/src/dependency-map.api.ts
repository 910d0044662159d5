import type { Extension, Values } from '#api';
import { action } from '#api';
import type { View } from '#read-store';
import { complexes, complexState } from './complex/complexes.ts';
import type { ComplexRow } from './complex/complexes.ts';
import { descriptionOf } from './dependency/dependency-description.ts';
import type { DependencyRow } from './dependency/dependencies.ts';
import { dependencies, dependencyState } from './dependency/dependencies.ts';
import type { FoundationRow } from './foundations.ts';
import { foundations, stateOf } from './foundations.ts';
import type { StructureRow } from './structure/structures.ts';
import { structures, structureState } from './structure/structures.ts';

/** One object in the map of what depends on what, and the ids of the map (`f-web1`) of what it depends on. */
export interface MapEntry {
  readonly description: string;
  readonly type: 'Structure' | 'Foundation' | 'Dependency' | 'Complex';
  readonly state: string;
  readonly dependency_list: readonly string[];
  /** Complexes have no jobs. */
  readonly has_job?: boolean;
}

const listed = (...ids: readonly (string | null)[]): readonly string[] => ids.filter((id) => id !== null);
const idOf = (kind: string, key: string | number | null | undefined): string | null =>
  key == null ? null : `${kind}-${key}`;

const structureEntry = (row: StructureRow): MapEntry => ({
  description: row.hostname,
  type: 'Structure',
  state: structureState(row),
  dependency_list: listed(idOf('f', row.foundation)),
  has_job: row.job !== null,
});

const foundationEntry = (locator: string, row: FoundationRow): MapEntry => ({
  description: locator,
  type: 'Foundation',
  state: stateOf(row),
  dependency_list: listed(idOf('d', row.dependency), idOf('c', row.complex)),
  has_job: row.job !== null,
});

const dependencyEntry = async (view: View, row: DependencyRow): Promise<MapEntry> => ({
  description: await descriptionOf(view, row),
  type: 'Dependency',
  state: dependencyState(row),
  dependency_list: listed(row.dependency === null ? idOf('s', row.structure) : idOf('d', row.dependency)),
  has_job: row.job !== null,
});

const complexEntry = async (view: View, row: ComplexRow): Promise<MapEntry> => ({
  description: row.description,
  type: 'Complex',
  state: await complexState(view, row),
  dependency_list: row.members.map(({ structure }) => `s-${structure}`),
});

/** What an id of the map stands for; undefined: it is gone. */
export async function entryOf(view: View, id: string): Promise<MapEntry | undefined> {
  const key = id.slice(2);
  switch (id[0]) {
    case 's': {
      const row = await view.get(structures, Number(key));
      return row && structureEntry(row);
    }
    case 'f': {
      const row = await view.get(foundations, key);
      return row && foundationEntry(key, row);
    }
    case 'd': {
      const row = await view.get(dependencies, Number(key));
      return row && dependencyEntry(view, row);
    }
    default: {
      const row = await view.get(complexes, key);
      return row && complexEntry(view, row);
    }
  }
}

/** The ids of what is in a site: its structures, foundations, dependencies and complexes, in this order. */
async function idsIn(view: View, site: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [kind, rows] of [
    ['s', structures],
    ['f', foundations],
    ['d', dependencies],
    ['c', complexes],
  ] as const) {
    const { keys } = await view.keys(rows, { where: { site } });
    ids.push(...keys.map((key) => `${kind}-${key}`));
  }
  return ids;
}

/** What is in a site and what each of it depends on; what of that is in other sites stands behind, as external. */
async function mapOf(view: View, site: string): Promise<Values> {
  const map = new Map<string, object>();
  const referred = new Set<string>();
  for (const id of await idsIn(view, site)) {
    const entry = await entryOf(view, id);
    if (!entry) continue;
    map.set(id, { ...entry, external: false });
    for (const other of entry.dependency_list) referred.add(other);
  }
  for (const id of referred) {
    if (map.has(id)) continue;
    const entry = await entryOf(view, id);
    if (!entry) continue;
    const { has_job: _, ...shown } = entry;
    map.set(id, { ...shown, dependency_list: [], external: true });
  }
  return Object.fromEntries(map);
}

/** What is in a site, and what each of it depends on, by ids of the map (`f-web1`). */
export const dependencyMap: Extension = {
  model: 'Site/Site',
  actions: {
    getDependencyMap: action({
      doc: 'What is in the site, and what each of it depends on.',
      parameters: {},
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Site.view_site' },
      query: (site, _, { view }) => mapOf(view, String(site)),
    }),
  },
};
