import type { Action } from '#api';
import { action, eraseSecret, maskingLayer } from '#api';
import type { Served } from '#config';
import { explain, servedLayer, unmergedConfiguration } from '#config';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { siteLayers } from './site-layers.ts';
import { sites } from './sites.ts';

const permission = { grant: 'Site.view_site' };
const returns = { type: { kind: 'Map' } } as const;

/** What a site hands down, and how that came about. */
export const siteConfigActions = (
  served: Served,
  log: Logger,
  reads: Pick<ReadStore, 'now'>,
): Readonly<Record<string, Action>> => ({
  getConfig: action({
    doc: 'The configuration values of the site and those around it, with nothing in them rendered.',
    parameters: {},
    asOf: true,
    returns,
    permission,
    query: async (name, _, { view, now }) => {
      const { layers, changed } = await siteLayers(view, String(name));
      const whole = [...layers, await maskingLayer(reads), servedLayer(served, { now, changed })];
      const { configuration, faults } = unmergedConfiguration(whole);
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
    query: async (name, _, { view }) => {
      const { layers } = await siteLayers(view, String(name));
      return explain([...layers, await maskingLayer(reads)]);
    },
  }),
  eraseSecret: eraseSecret('Site', 'Site.change_site', sites),
});
