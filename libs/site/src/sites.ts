import type { JsonMap } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Site } from './site.ts';

/** A site as it is shown. */
export interface SiteRow {
  readonly description: string;
  readonly zone: number | null;
  readonly parent: string | null;
  readonly configValues: JsonMap;
  readonly created: string;
  readonly updated: string;
}

const changed = change<SiteRow, Partial<Site>>((row, { data, at }) => ({ ...row, ...data, updated: at }));

/** Sites by name. */
export const sites: ReadModel<SiteRow> = {
  name: 'sites',
  version: 1,
  key: 'text',
  history: true,
  indexes: { parent: ({ parent }) => parent, zone: ({ zone }) => zone },
  on: {
    SiteDefined: rule<SiteRow, Site>((_, { data, at }) => ({ ...data, created: at, updated: at })),
    SiteDescribed: changed,
    SiteZoneChosen: changed,
    SiteMoved: changed,
    SiteConfigured: changed,
    SiteDeleted: gone(),
  },
};
