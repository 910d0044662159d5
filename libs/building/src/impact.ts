import type { View } from '#read-store';
import { complexes } from './complex/complexes.ts';
import { dependencies } from './dependency/dependencies.ts';
import type { MapEntry } from './dependency-map.api.ts';
import { entryOf } from './dependency-map.api.ts';
import { foundations } from './foundations.ts';
import { structures } from './structure/structures.ts';

/** The largest number of objects that are named. */
const MAX_AFFECTED = 10_000;

/** An object that is affected when another one is taken down. */
export interface Affected extends Pick<MapEntry, 'description' | 'type' | 'state'> {
  /** Its id in the map of what depends on what: `s-3`. */
  readonly id: string;
  /** What takes it down, by the same ids; for a complex, the members that do together. */
  readonly because: readonly string[];
}

/** What taking something down affects. */
export interface Impact {
  readonly affected: readonly Affected[];
  /** Set where there is more than is named. */
  readonly more?: true;
}

/**
 * What is affected when a foundation, structure, dependency or complex is taken down: what stands on it or waits for it,
 * and what on that. A complex is affected when too few of its members are left, and what it carries with it.
 * @param start its id in the map of what depends on what: `f-host1`
 */
export async function impactOf(view: View, start: string): Promise<Impact> {
  const because = new Map<string, string[]>([[start, []]]);
  const queue = [start];
  const add = (id: string, reasons: readonly string[]): void => {
    const known = because.get(id);
    if (known) {
      known.push(...reasons.filter((reason) => !known.includes(reason)));
      return;
    }
    because.set(id, [...reasons]);
    queue.push(id);
  };
  for (let id = queue.shift(); id !== undefined && because.size <= MAX_AFFECTED; id = queue.shift()) {
    for (const dependent of await dependentsOf(view, id)) {
      if (!dependent.startsWith('c-')) add(dependent, [id]);
      else if (await fails(view, dependent.slice(2), because)) {
        const members = await membersOf(view, dependent.slice(2));
        add(
          dependent,
          members.filter((member) => because.has(member)),
        );
      }
    }
  }
  because.delete(start);
  const affected: Affected[] = [];
  for (const [id, reasons] of because) {
    const entry = await entryOf(view, id);
    if (!entry) continue;
    const { description, type, state } = entry;
    affected.push({ id, description, type, state, because: reasons });
  }
  return { affected, ...(queue.length > 0 ? { more: true } : {}) };
}

/** What stands on something, waits for it, or has it as a member. */
async function dependentsOf(view: View, id: string): Promise<string[]> {
  const key = id.slice(2);
  switch (id[0]) {
    case 'f': {
      const row = await view.get(foundations, key);
      return row?.structure == null ? [] : [`s-${row.structure}`];
    }
    case 's': {
      const row = await view.get(structures, Number(key));
      const on = await view.keys(dependencies, { where: { structure: Number(key) } });
      return [...on.keys.map((one) => `d-${one}`), ...(row?.membership ? [`c-${row.membership.complex}`] : [])];
    }
    case 'd': {
      const row = await view.get(dependencies, Number(key));
      const on = await view.keys(dependencies, { where: { dependency: Number(key) } });
      return [...(row?.foundation == null ? [] : [`f-${row.foundation}`]), ...on.keys.map((one) => `d-${one}`)];
    }
    default: {
      const { keys } = await view.keys(foundations, { where: { complex: key } });
      return keys.map((one) => `f-${one}`);
    }
  }
}

const membersOf = async (view: View, name: string): Promise<string[]> =>
  ((await view.get(complexes, name))?.members ?? []).map(({ structure }) => `s-${structure}`);

/** Whether too few members of a complex are left, without those that are down. */
async function fails(view: View, name: string, down: ReadonlyMap<string, unknown>): Promise<boolean> {
  const row = await view.get(complexes, name);
  if (!row) return false;
  const left = row.members.filter(({ structure }) => !down.has(`s-${structure}`)).length;
  return (100 * left) / row.members.length < row.builtPercentage;
}
