import type { Extension, Values } from '#api';
import { action, boundTo } from '#api';
import type { View } from '#read-store';
import { nodesOf } from './nodes.ts';
import { rememberingView } from './remembering-view.ts';
import { siteIds } from './site-ids.ts';

/**
 * What is in a site and what each of it depends on; what of that is in other sites stands behind, as external.
 * @param bound the sites that may be told of; undefined: all
 */
async function mapOf(now: View, site: string, bound: readonly string[] | undefined): Promise<Values> {
  const view = rememberingView(now);
  const map = new Map<string, object>();
  const referred = new Set<string>();
  for (const [id, { entry }] of await nodesOf(view, (await siteIds(view, site)).ids)) {
    map.set(id, { ...entry, external: false });
    for (const other of entry.dependency_list) referred.add(other);
  }
  const external = [...referred].filter((id) => !map.has(id));
  for (const [id, { entry, site: at }] of await nodesOf(view, external)) {
    if (bound?.includes(at) === false) continue;
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
      asOf: true,
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Site.view_site' },
      query: (site, _, { view, caller }) => mapOf(view, String(site), boundTo(caller)),
    }),
  },
};
