import { shape } from '#api';
import { pauseBetweenSlices } from '#kernel';
import type { Key, ReadModel, View } from '#read-store';
import type { ComplexRow } from '../complex/complexes.ts';
import { complexes, complexState } from '../complex/complexes.ts';
import type { DependencyRow } from '../dependency/dependencies.ts';
import { dependencies, dependencyState } from '../dependency/dependencies.ts';
import { descriptionOf } from '../dependency/dependency-description.ts';
import type { FoundationRow } from '../foundations.ts';
import { foundations, stateOf } from '../foundations.ts';
import { serviceOf } from '../selection/labels.ts';
import type { StructureRow } from '../structure/structures.ts';
import { structures, structureState } from '../structure/structures.ts';

/** One object in the map of what depends on what, and the ids of the map (`f-web1`) of what it depends on. */
export interface MapEntry {
  readonly description: string;
  readonly type: 'Structure' | 'Foundation' | 'Dependency' | 'Complex';
  readonly state: string;
  readonly dependency_list: readonly string[];
  /** Complexes have no jobs. */
  readonly has_job?: boolean;
}

/** One object of it with where it is, and the service it is part of. */
export interface Node {
  readonly entry: MapEntry;
  /** The id of the structure by which a complex is reached, where one is chosen; the map does not tell it. */
  readonly reachedBy?: string | null;
  readonly site: string;
  readonly service: string | null;
  /** The job at work on it. */
  readonly job: number | null;
}

/** The ids of all that an object needs, each once. */
export const needsOf = ({ entry: { dependency_list: its }, reachedBy = null }: Node): readonly string[] =>
  reachedBy === null || its.includes(reachedBy) ? its : [...its, reachedBy];

/** What answers tell of a node. */
export const nodeFields = {
  id: shape.text('Its id in the map of what depends on what: `s-3`.'),
  description: shape.text('Host name or locator, or what else it is called by.'),
  type: shape.text('`Structure`, `Foundation`, `Dependency` or `Complex`.'),
  state: shape.text(),
  site: shape.text(),
};

/** A node as answers tell of it. */
export const shownNode = (id: string, { entry: { description, type, state }, site }: Node) => ({
  id,
  description,
  type,
  state,
  site,
});

/** The kinds of objects in the map, by the letter of their ids; the order is that of the map. */
export const KINDS = { s: structures, f: foundations, d: dependencies, c: complexes } as const;
export type Kind = keyof typeof KINDS;

export const kindOf = (id: string): Kind => id[0] as Kind;
/** The id of an object in the map. */
export const idOf = (kind: Kind, key: Key): string => `${kind}-${key}`;
/** The key of an object by its id in the map. */
export const keyOf = (id: string): Key => (KINDS[kindOf(id)].key === 'integer' ? Number(id.slice(2)) : id.slice(2));

/** The keys of the objects of one kind among these. */
export const keysOfKind = (ids: readonly string[], kind: Kind): Key[] =>
  ids.filter((id) => kindOf(id) === kind).map(keyOf);

const listed = (...ids: readonly (string | null)[]): readonly string[] => ids.filter((id) => id !== null);
const idOrNull = (kind: Kind, key: Key | null | undefined): string | null => (key == null ? null : idOf(kind, key));

const structureNode = (row: StructureRow): Node => ({
  entry: {
    description: row.hostname,
    type: 'Structure',
    state: structureState(row),
    dependency_list: listed(idOrNull('f', row.foundation)),
    has_job: row.job !== null,
  },
  site: row.site,
  service: serviceOf(row),
  job: row.job?.job ?? null,
});

const foundationNode = (locator: Key, row: FoundationRow): Node => ({
  entry: {
    description: String(locator),
    type: 'Foundation',
    state: stateOf(row),
    dependency_list: listed(idOrNull('d', row.dependency), idOrNull('c', row.complex)),
    has_job: row.job !== null,
  },
  site: row.site,
  service: null,
  job: row.job?.job ?? null,
});

const dependencyNode = async (view: View, row: DependencyRow): Promise<Node> => ({
  entry: {
    description: await descriptionOf(view, row),
    type: 'Dependency',
    state: dependencyState(row),
    dependency_list: listed(row.dependency === null ? idOrNull('s', row.structure) : idOrNull('d', row.dependency)),
    has_job: row.job !== null,
  },
  site: row.site,
  service: null,
  job: row.job?.job ?? null,
});

const complexNode = async (view: View, row: ComplexRow): Promise<Node> => ({
  entry: {
    description: row.description,
    type: 'Complex',
    state: await complexState(view, row),
    dependency_list: row.members.map(({ structure }) => idOf('s', structure)),
  },
  reachedBy: idOrNull('s', row.host?.structure),
  site: row.site,
  service: null,
  job: null,
});

/** What ids of the map stand for, in their order; what is gone is left out. @param view one that remembers its rows */
export async function nodesOf(view: View, ids: readonly string[]): Promise<ReadonlyMap<string, Node>> {
  const pause = pauseBetweenSlices();
  const rowsOf = <Row extends object>(kind: Kind, rows: ReadModel<Row>) => view.many(rows, keysOfKind(ids, kind));
  const rows = {
    s: await rowsOf('s', structures),
    f: await rowsOf('f', foundations),
    d: await rowsOf('d', dependencies),
    c: await rowsOf('c', complexes),
  };
  // What dependencies and complexes are told by.
  await view.many(structures, [
    ...[...rows.d.values()].flatMap(({ structure }) => (structure === null ? [] : [structure])),
    ...[...rows.c.values()].flatMap(({ members, host }) =>
      [...members, ...(host ? [host] : [])].map(({ structure }) => structure),
    ),
  ]);
  const nodes = new Map<string, Node>();
  for (const id of ids) {
    await pause();
    const key = keyOf(id);
    const row = rows[kindOf(id)].get(key);
    if (!row) continue;
    const make: { readonly [K in Kind]: () => Node | Promise<Node> } = {
      s: () => structureNode(row as StructureRow),
      f: () => foundationNode(key, row as FoundationRow),
      d: () => dependencyNode(view, row as DependencyRow),
      c: () => complexNode(view, row as ComplexRow),
    };
    nodes.set(id, await make[kindOf(id)]());
  }
  return nodes;
}
