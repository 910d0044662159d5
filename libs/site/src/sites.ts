import type { Origin, Written } from '#config';
import { written } from '#config';
import type { EntityRow, Recorded } from '#read-store';
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
