import type { Shaped } from '#api';
import { shape } from '#api';
import { pauseBetweenSlices } from '#kernel';
import type { View } from '#read-store';
import { complexes, isEnough } from '../complex/complexes.ts';
import { dependencies } from '../dependency/dependencies.ts';
import { foundations } from '../foundations.ts';
import { withinSites } from '../selection/selection.ts';
import { structures } from '../structure/structures.ts';
import type { Node } from './nodes.ts';
import { idOf, keyOf, keysOfKind, kindOf, nodeFields, nodesOf, shownNode } from './nodes.ts';
import { rememberingView } from './remembering-view.ts';

/** The largest number of objects that are named. */
export const MAX_AFFECTED = 10_000;

/** What taking something down affects. */
export const impactShape = shape.record({
  affected: shape.list(
    shape.record({
      ...nodeFields,
      because: shape.list(
        shape.text(),
        'What takes it down, by the same ids; for a complex, the members that do together.',
      ),
    }),
    'What stands on it or waits for it, and what on that; the nearest first.',
  ),
  services: shape.list(
    shape.record({
      service: shape.text('The label `service` of its structures.'),
      down: shape.count('How many of its structures are down.'),
      of: shape.count('How many structures it has.'),
    }),
    'The services that lose structures, by name.',
  ),
  elsewhere: shape.count('How many more are affected at sites that the caller is not told of.'),
  more: shape.flag('Whether there is more than is named.'),
});

export type Impact = Shaped<typeof impactShape>;
type Because = ReadonlyMap<string, readonly string[]>;

/**
 * What is affected when foundations, structures, dependencies or complexes are taken down: what stands on them or waits
 * for them, and what on that. A complex is affected when too few of its members are left, and what it carries with it.
 * @param starts their ids in the map of what depends on what: `f-host1`
 * @param bound the sites that may be told of; undefined: all
 */
export async function impactOf(now: View, starts: readonly string[], bound?: readonly string[]): Promise<Impact> {
  const view = rememberingView(now);
  const { because, more } = await follow(view, starts);
  const nodes = await nodesOf(view, [...because.keys()]);
  const seen = new Map([...nodes].filter(([, { site }]) => bound?.includes(site) !== false));
  const named = [...seen].filter(([id]) => !starts.includes(id));
  return {
    affected: named.map(([id, node]) => ({
      ...shownNode(id, node),
      because: (because.get(id) ?? []).filter((reason) => seen.has(reason) || !nodes.has(reason)),
    })),
    services: await servicesOf(view, seen, bound),
    elsewhere: nodes.size - seen.size,
    more,
  };
}

/** By what is down, what takes it down; `starts` stand in it without a reason. */
async function follow(view: View, starts: readonly string[]): Promise<{ because: Because; more: boolean }> {
  const because = new Map<string, string[]>(starts.map((id) => [id, []]));
  const pause = pauseBetweenSlices();
  let level = [...starts];
  const found = { because, more: false };
  while (level.length > 0 && !found.more) {
    const next: string[] = [];
    const add = (id: string, reasons: readonly string[]): void => {
      const known = because.get(id);
      if (known) known.push(...reasons.filter((reason) => !known.includes(reason)));
      else if (because.size - starts.length >= MAX_AFFECTED) found.more = true;
      else {
        because.set(id, [...reasons]);
        next.push(id);
      }
    };
    const weakened = new Set<string>();
    for (const [dependent, reason] of await dependentsOf(view, level)) {
      await pause();
      if (kindOf(dependent) === 'c') weakened.add(dependent);
      else add(dependent, [reason]);
    }
    for (const id of weakened) {
      const down = await membersThatFail(view, id, because);
      if (down) add(id, down);
    }
    level = next;
  }
  return found;
}

/** What stands on these, waits for them, or has them as members; each with what it does so. */
async function dependentsOf(view: View, ids: readonly string[]): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  const [onFoundations, onStructures] = [keysOfKind(ids, 'f'), keysOfKind(ids, 's')];
  const [onDependencies, onComplexes] = [keysOfKind(ids, 'd'), keysOfKind(ids, 'c')];
  for (const [key, row] of await view.many(foundations, onFoundations)) {
    if (row.structure !== null) found.push([idOf('s', row.structure), idOf('f', key)]);
  }
  for (const { key, row } of (await view.list(dependencies, { where: { structure: { any: onStructures } } })).rows) {
    found.push([idOf('d', key), idOf('s', row.structure ?? '')]);
  }
  for (const [key, row] of await view.many(structures, onStructures)) {
    if (row.membership) found.push([idOf('c', row.membership.complex), idOf('s', key)]);
  }
  for (const { key, row } of (await view.list(complexes, { where: { host: { any: onStructures } } })).rows) {
    found.push([idOf('c', key), idOf('s', row.host?.structure ?? '')]);
  }
  for (const [key, row] of await view.many(dependencies, onDependencies)) {
    if (row.foundation !== null) found.push([idOf('f', row.foundation), idOf('d', key)]);
  }
  for (const { key, row } of (await view.list(dependencies, { where: { dependency: { any: onDependencies } } })).rows) {
    found.push([idOf('d', key), idOf('d', row.dependency ?? '')]);
  }
  for (const { key, row } of (await view.list(foundations, { where: { complex: { any: onComplexes } } })).rows) {
    found.push([idOf('f', key), idOf('c', row.complex ?? '')]);
  }
  return found;
}

/**
 * The members of a complex that are down, where too few others are left, or the structure by which it is reached. Members that
 * are not built carry nothing, unless the complex is still to be built.
 */
async function membersThatFail(view: View, id: string, down: Because): Promise<readonly string[] | undefined> {
  const row = await view.get(complexes, keyOf(id));
  if (!row) return undefined;
  const host = row.host ? idOf('s', row.host.structure) : undefined;
  if (host !== undefined && down.has(host)) return [host];
  const all = row.members.map(({ structure }) => structure);
  const found = await view.many(structures, all);
  const built = all.filter((structure) => found.get(structure)?.builtAt);
  const suffices = (some: readonly number[]) => isEnough(some.length, all.length, row.builtPercentage);
  const standing = suffices(built) ? built : all;
  const isDown = (structure: number) => down.has(idOf('s', structure));
  const failed = standing.filter(isDown);
  if (failed.length === 0 || suffices(standing.filter((structure) => !isDown(structure)))) return undefined;
  return failed.map((structure) => idOf('s', structure));
}

/** The services that structures are part of, with how many of each these are. */
async function servicesOf(
  view: View,
  nodes: ReadonlyMap<string, Node>,
  bound: readonly string[] | undefined,
): Promise<Impact['services']> {
  const down = new Map<string, number>();
  for (const { service } of nodes.values()) if (service !== null) down.set(service, (down.get(service) ?? 0) + 1);
  const where = withinSites({ service: { any: [...down.keys()] } }, bound);
  const all = new Map(
    (await view.tally(structures, { where, by: ['service'] })).map(({ values: [name], count }) => [name, count]),
  );
  return [...down]
    .map(([service, n]) => ({ service, down: n, of: all.get(service) ?? n }))
    .sort((one, other) => (one.service < other.service ? -1 : 1));
}
