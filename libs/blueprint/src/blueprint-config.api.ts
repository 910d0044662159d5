import type { Action } from '#api';
import type { Served } from '#config';
import { explain, servedLayer, unmergedConfiguration } from '#config';
import type { Logger } from '#kernel';
import { maskSecrets } from '#kernel';
import type { Secrets } from '#secrets';
import { blueprintLayers } from './blueprint-layers.ts';

/**
 * What configurations stand on: what they say about the server, where it is noted that one is at fault, where their
 * secrets are kept.
 */
export interface ConfigGround {
  readonly served: Served;
  readonly log: Logger;
  readonly secrets: Secrets;
}

const returns = { type: { kind: 'Map' } } as const;

/** What a blueprint hands down; for those who may see it. */
export const getConfig = (grant: string, { served, log }: ConfigGround): Action => ({
  doc: 'The configuration values of the blueprint and its parents, with nothing in them rendered.',
  parameters: {},
  returns,
  permission: { grant },
  run: {
    freely: async (name, _, { view, now }) => {
      const { layers, changed } = await blueprintLayers(view, String(name));
      const { configuration, faults } = unmergedConfiguration([...layers, servedLayer(served, { now, changed })]);
      if (faults.length > 0) log.warn('a configuration is at fault', { blueprint: name, faults });
      return configuration;
    },
  },
});

/** How that came about. */
export const explainConfig = (grant: string): Action => ({
  doc: 'Which blueprint, and which event, gave each configuration value, and what its operators did.',
  protocols: ['rest'],
  parameters: {},
  returns,
  permission: { grant },
  run: {
    freely: async (name, _, { view }) => maskSecrets(explain((await blueprintLayers(view, String(name))).layers)),
  },
});
