import type { Action } from '#api';
import { action } from '#api';
import type { Served } from '#config';
import { explain, servedLayer, unmergedConfiguration } from '#config';
import type { Logger } from '#kernel';
import { blueprintLayers } from './blueprint-layers.ts';

/** What configurations need to be told: what they say about the server, and where it is noted that one is at fault. */
export interface ConfigContext {
  readonly served: Served;
  readonly log: Logger;
}

const returns = { type: { kind: 'Map' } } as const;

/** What a blueprint hands down; for those who may see it. */
export const getConfig = (grant: string, { served, log }: ConfigContext): Action =>
  action({
    doc: 'The configuration values of the blueprint and its parents, with nothing in them rendered.',
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: async (name, _, { view, now }) => {
      const { layers, changed } = await blueprintLayers(view, String(name));
      const { configuration, faults } = unmergedConfiguration([...layers, servedLayer(served, { now, changed })]);
      if (faults.length > 0) log.warn('a configuration is at fault', { blueprint: name, faults });
      return configuration;
    },
  });

/** How that came about. */
export const explainConfig = (grant: string): Action =>
  action({
    doc: 'Which blueprint, and which event, gave each configuration value, and what its operators did.',
    protocols: ['rest'],
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: async (name, _, { view }) => explain((await blueprintLayers(view, String(name))).layers),
  });
