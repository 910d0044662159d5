import type { Shaped } from '#api';
import { shape } from '#api';
import { blueprints } from '#blueprint';
import { pauseBetweenSlices } from '#kernel';
import type { View, Where } from '#read-store';
import { sites } from '#site';
import type { Selectable } from './selection.ts';
import { SELECTABLE_ROWS } from './selection.ts';

/** How many blueprints, and how many sites, are named in one answer. */
export const MAX_GROUPS = 1000;

const states = shape.byKey(shape.count(), 'How many of its own are in each state.');
const own = shape.count('How many there are of it itself.');

/** How many objects are selected, by what they are made from and where they are. */
export const countsShape = shape.record({
  total: shape.count(),
  states: shape.byKey(shape.count(), 'How many are in each state.'),
  blueprints: shape.list(
    shape.record({
      name: shape.text(),
      parents: shape.list(shape.text(), 'The blueprints it comes from.'),
      own,
      total: shape.count('How many there are of it and of all that come from it.'),
      states,
    }),
    'The blueprints they are made from, and the parents of those as far as they are selected; most first.',
  ),
  sites: shape.list(
    shape.record({
      name: shape.text(),
      parents: shape.list(shape.text(), 'The site around it.'),
      own,
      total: shape.count('How many there are at it and at all sites within it.'),
      states,
    }),
    'The sites they are at, and those around as far as they are selected; most first.',
  ),
  more: shape.flag('Whether there are more blueprints or sites than are named.'),
});

export type Counts = Shaped<typeof countsShape>;
type Group = Counts['sites'][number];
type States = Readonly<Record<string, number>>;
type ParentsOf = (names: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

const sum = (counts: States): number => Object.values(counts).reduce((all, n) => all + n, 0);

/** Counts what fulfils conditions. */
export async function countsOf(view: View, kind: Selectable, where: Where): Promise<Counts> {
  const by = async (index: 'blueprint' | 'site'): Promise<ReadonlyMap<string, States>> => {
    const groups = new Map<string, States>();
    for (const { values, count } of await view.tally(SELECTABLE_ROWS[kind], { where, by: [index, 'state'] })) {
      const [name, state] = values;
      groups.set(name ?? '', { ...groups.get(name ?? ''), [state ?? '']: count });
    }
    return groups;
  };
  const ofSites = await by('site');
  const all: Record<string, number> = {};
  for (const counts of ofSites.values()) {
    for (const [state, n] of Object.entries(counts)) all[state] = (all[state] ?? 0) + n;
  }
  const parentBlueprints: ParentsOf = async (names) =>
    new Map([...(await view.many(blueprints, names))].map(([name, row]) => [String(name), row.parents]));
  const parentSites: ParentsOf = async (names) =>
    new Map(
      [...(await view.many(sites, names))].map(([name, { parent }]) => [String(name), parent === null ? [] : [parent]]),
    );
  const [byBlueprint, bySite] = [
    await withParents(await by('blueprint'), parentBlueprints, namesIn(where['blueprint'])),
    await withParents(ofSites, parentSites, namesIn(where['site'])),
  ];
  return {
    total: sum(all),
    states: all,
    blueprints: byBlueprint.slice(0, MAX_GROUPS),
    sites: bySite.slice(0, MAX_GROUPS),
    more: byBlueprint.length > MAX_GROUPS || bySite.length > MAX_GROUPS,
  };
}

/** The names a condition allows; undefined: all. */
function namesIn(condition: Where[string] | undefined): ReadonlySet<string> | undefined {
  if (condition === undefined || condition === null) return undefined;
  if (typeof condition === 'object' && 'startsWith' in condition) return undefined;
  if (typeof condition !== 'object') return new Set([String(condition)]);
  return new Set(('any' in condition ? condition.any : condition.all).map(String));
}

/** Groups with the parents of theirs that are allowed: each counts its own, and with those below it. */
async function withParents(
  groups: ReadonlyMap<string, States>,
  parentsOf: ParentsOf,
  allowed: ReadonlySet<string> | undefined,
): Promise<Group[]> {
  const pause = pauseBetweenSlices();
  const parents = new Map<string, readonly string[]>();
  for (let level = [...groups.keys()]; level.length > 0;) {
    const found = await parentsOf(level);
    for (const name of level) parents.set(name, found.get(name) ?? []);
    const above = [...found.values()].flat().filter((name) => !parents.has(name) && allowed?.has(name) !== false);
    level = [...new Set(above)];
  }
  const totals = new Map<string, number>();
  for (const [name, counts] of groups) {
    await pause();
    const n = sum(counts);
    // Each once, by however many ways it is above.
    const line = new Set([name]);
    for (const one of line) {
      totals.set(one, (totals.get(one) ?? 0) + n);
      for (const parent of parents.get(one) ?? []) if (parents.has(parent)) line.add(parent);
    }
  }
  return [...parents]
    .map(([name, of]) => {
      const counts = groups.get(name) ?? {};
      return { name, parents: of, own: sum(counts), total: totals.get(name) ?? 0, states: counts };
    })
    .sort((one, other) => other.total - one.total || (one.name < other.name ? -1 : 1));
}
