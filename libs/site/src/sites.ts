import type { Origin, Written } from '#config';
import { written } from '#config';
import type { ReadModel, Recorded } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Site } from './site.ts';

/** A site as it is shown, with the events its configuration values came with. */
export interface SiteRow extends Written {
  readonly description: string;
  readonly zone: number | null;
  readonly parent: string | null;
  readonly created: string;
  readonly updated: string;
}

const changed = change<SiteRow, Partial<Site>>((row, { data, at }) => ({ ...row, ...data, updated: at }));
const originOf = ({ position, actor, at }: Recorded): Origin => ({ position: String(position), actor, at });

/** Sites by name. */
export const sites: ReadModel<SiteRow> = {
  name: 'sites',
  version: 2,
  key: 'text',
  history: true,
  indexes: { parent: ({ parent }) => parent, zone: ({ zone }) => zone },
  on: {
    SiteDefined: rule<SiteRow, Site>((_, event) => ({
      ...event.data,
      ...written(undefined, event.data.configValues, originOf(event)),
      created: event.at,
      updated: event.at,
    })),
    SiteDescribed: changed,
    SiteZoneChosen: changed,
    SiteMoved: changed,
    SiteConfigured: change<SiteRow, Pick<Site, 'configValues'>>((row, event) => ({
      ...row,
      ...written(row, event.data.configValues, originOf(event)),
      updated: event.at,
    })),
    SiteDeleted: gone(),
  },
};
