import type { Action } from '#api';
import { action, maskingLayer } from '#api';
import type { Served } from '#config';
import { explain, servedLayer, unmergedConfiguration } from '#config';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { blueprintLayers } from './blueprint-layers.ts';

/** What configurations need to be told: what they say about the server, and where it is noted that one is at fault. */
export interface ConfigContext {
  readonly served: Served;
  readonly log: Logger;
  readonly reads: Pick<ReadStore, 'now'>;
}

const returns = { type: { kind: 'Map' } } as const;

/** What a blueprint hands down; for those who may see it. */
export const getConfig = (grant: string, { served, log, reads }: ConfigContext): Action =>
  action({
    doc: 'The configuration values of the blueprint and its parents, with nothing in them rendered.',
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: async (name, _, { view, now }) => {
      const { layers, changed } = await blueprintLayers(view, String(name));
      const whole = [...layers, await maskingLayer(reads), servedLayer(served, { now, changed })];
      const { configuration, faults } = unmergedConfiguration(whole);
      if (faults.length > 0) log.warn('a configuration is at fault', { blueprint: name, faults });
      return configuration;
    },
  });

/** How that came about. */
export const explainConfig = (grant: string, { reads }: ConfigContext): Action =>
  action({
    doc: 'Which blueprint, and which event, gave each configuration value, and what its operators did.',
    protocols: ['rest'],
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: async (name, _, { view }) => {
      const { layers } = await blueprintLayers(view, String(name));
      return explain([...layers, await maskingLayer(reads)]);
    },
  });
