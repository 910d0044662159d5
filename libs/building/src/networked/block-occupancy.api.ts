import type { Extension } from '#api';
import { action, may } from '#api';
import { MAX_MAPPED, mapOf, pageOf, pageParameters } from '#ipam';
import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import { structures } from '../structure/structures.ts';
import { networkeds } from './networkeds.ts';

/** The hosts with these ids, by id: structures, and those that nothing is built for. */
async function hostsOf(view: View, ids: readonly number[]): Promise<JsonMap> {
  const built = await view.many(structures, ids);
  const others = await view.many(
    networkeds,
    ids.filter((id) => !built.has(id)),
  );
  const named = (model: string, rows: ReadonlyMap<string | number, { readonly hostname: string }>) =>
    [...rows].map(([id, { hostname }]) => [id, { model, name: hostname }] as const);
  return Object.fromEntries([...named('Building/Structure', built), ...named('Utilities/Networked', others)]);
}

/** What is used of a block, and by whom. */
export const blockOccupancy: Extension = {
  model: 'Utilities/AddressBlock',
  actions: {
    occupancy: action({
      doc: 'The same as `map`, and in `hosts` the names of those who have addresses in it, for those who may see structures.',
      protocols: ['rest'],
      parameters: pageParameters(MAX_MAPPED),
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Utilities.view_addressblock' },
      asOf: true,
      query: async (id, page, { view, now, caller }) => {
        const map = await mapOf(view, Number(id), { ...pageOf(page, MAX_MAPPED), now });
        const runs = (map['runs'] ?? []) as readonly JsonMap[];
        const ids = new Set(runs.flatMap(({ networked }) => (typeof networked === 'number' ? [networked] : [])));
        const seen = may(caller, { grant: 'Building.view_structure' });
        return { ...map, hosts: seen ? await hostsOf(view, [...ids]) : {} };
      },
    }),
  },
};
