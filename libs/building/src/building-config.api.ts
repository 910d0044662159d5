import type { Action, Call } from '#api';
import { action, maskingLayer } from '#api';
import type { Served } from '#config';
import { ConfigurationCache, explain, mergedConfiguration, servedLayer, settledValues } from '#config';
import type { Json, Logger } from '#kernel';
import type { Key, ReadStore, View } from '#read-store';
import type { BuildingLayers } from './building-layers.ts';
import { configFailures } from './config-check.ts';
import { layersFor, seesConfigUuid } from './config-uuid.ts';

/** What configurations need to be told: what they say about the server, and where it is noted that one is at fault. */
export interface ConfigContext {
  readonly served: Served;
  readonly log: Logger;
  readonly reads: Pick<ReadStore, 'now'>;
}

export type LayersOf = (view: View, key: Key) => Promise<BuildingLayers | undefined>;

const returns = { type: { kind: 'Map' } } as const;

/** Works out the configuration of one object, rendered; null: there is no such object. */
export type ConfigurationOf = (key: Key, call: Pick<Call, 'caller' | 'view' | 'now'>) => Promise<unknown>;

export const configurationOf = (layersOf: LayersOf, { served, log, reads }: ConfigContext): ConfigurationOf => {
  const cache = new ConfigurationCache();
  return async (key, { caller, view, now }) => {
    const found = await layersOf(view, key);
    if (!found) return null;
    const names = await maskingLayer(reads);
    const whole = seesConfigUuid(caller);
    const parts = [...found.parts, ...(names.secretNames ?? [])];
    const { configuration, faults } = await cache.of(`${key} ${whole}`, { parts, now }, () => {
      const layers = [...layersFor(caller, found.layers), names, servedLayer(served, { now, changed: found.changed })];
      return mergedConfiguration(layers, found.classes);
    });
    if (faults.length > 0) log.warn('a configuration is at fault', { of: key, faults });
    return configuration;
  };
};

/**
 * Works out some values of the configuration of one object, by name; undefined: that takes rendering it; null: there is no
 * such object.
 */
export type SettledOf = (
  key: Key,
  call: Pick<Call, 'caller' | 'view' | 'now'>,
  names: ReadonlySet<string>,
) => Promise<Readonly<Record<string, Json>> | null | undefined>;

export const settledOf =
  (layersOf: LayersOf, { served, reads }: Omit<ConfigContext, 'log'>): SettledOf =>
  async (key, { caller, view, now }, names) => {
    const found = await layersOf(view, key);
    if (!found) return null;
    const masking = await maskingLayer(reads);
    const layers = [...layersFor(caller, found.layers), masking, servedLayer(served, { now, changed: found.changed })];
    return settledValues(layers, found.classes, names);
  };

/** What can be asked of the configuration of foundations or structures. */
export const configActions = (
  layersOf: LayersOf,
  configuration: ConfigurationOf,
  { grant, reads }: { readonly grant: string; readonly reads: ConfigContext['reads'] },
): Readonly<Record<string, Action>> => ({
  getConfig: action({
    doc: 'The configuration values that reach it, rendered.',
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: (key, _, call) => configuration(key, call),
  }),
  explain: action({
    doc: 'Where each configuration value comes from, by which event, and what its operators did.',
    protocols: ['rest'],
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: async (key, _, { caller, view }) => {
      const found = await layersOf(view, key);
      return found ? explain([...layersFor(caller, found.layers), await maskingLayer(reads)], found.classes) : null;
    },
  }),
  checkConfig: action({
    doc: 'What its blueprints declare of its configuration, and what of it is not so: for that no job would be made.',
    protocols: ['rest'],
    parameters: {},
    asOf: true,
    returns,
    permission: { grant },
    query: async (key, _, { caller, view }) => {
      const found = await layersOf(view, key);
      if (!found) return null;
      const layers = [...layersFor(caller, found.layers), await maskingLayer(reads)];
      const failures = await configFailures({ ...found, layers });
      const declared = Array.from(found.declarations, ([name, { declared: rules, by }]) => ({ key: name, rules, by }));
      return { declared, failures };
    },
  }),
});
