import type { Action } from '#api';
import { action, eraseSecret } from '#api';
import type { Served } from '#config';
import { explain, servedLayer, unmergedConfiguration } from '#config';
import type { Logger } from '#kernel';
import { siteLayers } from './site-layers.ts';
import { sites } from './sites.ts';

const permission = { grant: 'Site.view_site' };
const returns = { type: { kind: 'Map' } } as const;

/** What a site hands down, and how that came about. */
export const siteConfigActions = (served: Served, log: Logger): Readonly<Record<string, Action>> => ({
  getConfig: action({
    doc: 'The configuration values of the site and those around it, with nothing in them rendered.',
    parameters: {},
    asOf: true,
    returns,
    permission,
    query: async (name, _, { view, now }) => {
      const { layers, changed } = await siteLayers(view, String(name));
      const { configuration, faults } = unmergedConfiguration([...layers, servedLayer(served, { now, changed })]);
      if (faults.length > 0) log.warn('a configuration is at fault', { site: name, faults });
      return configuration;
    },
  }),
  explain: action({
    doc: 'Which site, and which event, gave each configuration value, and what its operators did.',
    protocols: ['rest'],
    parameters: {},
    asOf: true,
    returns,
    permission,
    query: async (name, _, { view }) => explain((await siteLayers(view, String(name))).layers),
  }),
  eraseSecret: eraseSecret('Site', 'Site.change_site', sites),
});
