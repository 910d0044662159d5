import type { Origin, Written } from '#config';
import { written } from '#config';
import type { EntityRow, Recorded, View } from '#read-store';
import { change, entityRows, rule } from '#read-store';
import type { Site } from './site.ts';
import { site } from './site.ts';

/** A site as it is shown, with the events its configuration values came with. */
export type SiteRow = EntityRow<Site> & Written;

const originOf = ({ position, actor, at }: Recorded): Origin => ({ position: String(position), actor, at });

/** Sites by name. */
export const sites = entityRows<Site, SiteRow>(site, {
  name: 'sites',
  version: 2,
  key: 'text',
  indexes: { parent: ({ parent }) => parent, zone: ({ zone }) => zone },
  on: {
    SiteDefined: rule<SiteRow, Site>((_, event) => ({
      ...event.data,
      ...written(undefined, event.data.configValues, originOf(event)),
      created: event.at,
      updated: event.at,
    })),
    SiteConfigured: change<SiteRow, Pick<Site, 'configValues'>>((row, event) => ({
      ...row,
      ...written(row, event.data.configValues, originOf(event)),
      updated: event.at,
    })),
  },
});

/** A site and all sites within it, each once; as many as `most` and one more, where there are more than those. */
export async function sitesWithin(view: View, name: string, most: number): Promise<readonly string[]> {
  const found = new Set([name]);
  for (let level: readonly string[] = [name]; level.length > 0 && found.size <= most;) {
    const { keys } = await view.keys(sites, { where: { parent: { any: level } }, count: most + 1 });
    level = keys.map(String).filter((key) => !found.has(key));
    for (const key of level) found.add(key);
  }
  return [...found].slice(0, most + 1);
}
