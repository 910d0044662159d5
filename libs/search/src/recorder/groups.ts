import { maskingLayer } from '#api';
import { blueprintLayers, blueprints } from '#blueprint';
import type { ConfigurationOf, FindType, SettledOf } from '#building';
import {
  configurationOf,
  foundationLayers,
  foundations,
  realInterfaces,
  seesConfigUuid,
  settledOf,
  structureLayers,
  structures,
} from '#building';
import { logicalInterfaces } from '#building';
import type { Served } from '#config';
import { mergedConfiguration, servedLayer, unmergedConfiguration } from '#config';
import { zones } from '#directory';
import { addressBlocks, addresses, networkAddressBlocks, networks } from '#ipam';
import type { Caller, Json } from '#kernel';
import { silentLogger } from '#kernel';
import type { Key, ReadModel, ReadStore, View, Where } from '#read-store';
import { siteLayers, sites } from '#site';
import type { ReadAhead } from '../read-ahead.ts';
import { readAhead } from '../read-ahead.ts';

/** What configurations are made with. */
export interface ConfigurationParts {
  readonly served: Served;
  readonly findType: FindType;
  readonly reads: Pick<ReadStore, 'now'>;
}

/** For whom and when a configuration is made. */
export interface Asked {
  readonly caller: Caller;
  readonly now: string;
}

/** One kind of objects whose configurations are searched. */
export interface Group {
  /** The model that its objects are read as. */
  readonly path: string;
  readonly rows: ReadModel;
  /** Which of the rows. */
  readonly where: Where;
  /** Indexes that hold what stands in documents, by the path there. */
  readonly indexes: (caller: Caller) => Readonly<Record<string, string>>;
  /** Reads at once what the configurations of some objects are made of. */
  readonly ahead: (view: ReadAhead, keys: readonly Key[]) => Promise<void>;
  /** The configuration of one of them; undefined: it is not there any more. */
  readonly configuration: (view: View, key: Key, asked: Asked) => Promise<Readonly<Record<string, Json>> | undefined>;
  /** Some values of it, without rendering the others; what there is to render in these themselves is for `configuration`. */
  readonly settled?: SettledOf;
}

/** What many objects have in common, and is read once for all of them. */
const SHARED: readonly ReadModel[] = [sites, blueprints, zones, networks, networkAddressBlocks, addressBlocks];

/** A view for work on many objects: what they have in common is read once. */
export const sharedAhead = (view: View): ReadAhead => readAhead(view, SHARED);

/** Reads at once what stands below structures and what they are attached by. */
export async function structuresAhead(view: ReadAhead, keys: readonly Key[]): Promise<void> {
  const rows = [...(await view.many(structures, keys)).values()];
  const below = [...new Set(rows.map(({ foundation }) => foundation))];
  await view.many(foundations, below);
  await view.by(realInterfaces, 'foundation', below);
  await view.by(logicalInterfaces, 'structure', keys);
  await view.by(addresses, 'holder', keys);
}

export async function foundationsAhead(view: ReadAhead, keys: readonly Key[]): Promise<void> {
  await view.many(foundations, keys);
  await view.by(realInterfaces, 'foundation', keys);
}

const existing = async (of: Promise<unknown>) =>
  ((await of) ?? undefined) as Readonly<Record<string, Json>> | undefined;

/** Configurations of structures and foundations as they are searched, discovered and shown; remembered within bounds. */
export function buildingConfigurations({ served, findType, reads }: ConfigurationParts): {
  readonly structure: ConfigurationOf;
  readonly foundation: ConfigurationOf;
} {
  // What is at fault in them is told in them, under `__faults`; the log would be told of it by every query again.
  const context = { served, reads, log: silentLogger };
  return {
    structure: configurationOf((view, key) => structureLayers(view, Number(key), findType), context),
    foundation: configurationOf((view, key) => foundationLayers(view, String(key), findType), context),
  };
}

/** The groups that are searched, by the names clients know them by. */
export function groupsOf(
  parts: ConfigurationParts,
  made = buildingConfigurations(parts),
): Readonly<Record<string, Group>> {
  const { served, reads, findType } = parts;
  const blueprintGroup = (path: string, kind: string | undefined): Group => ({
    path,
    rows: blueprints,
    where: kind === undefined ? {} : { kind },
    indexes: () => ({}),
    ahead: async (view, keys) => void (await view.many(blueprints, keys)),
    configuration: async (view, key, { now }) => {
      const { layers, changed } = await blueprintLayers(view, String(key));
      if (layers.length === 0) return undefined;
      return unmergedConfiguration([...layers, await maskingLayer(reads), servedLayer(served, { now, changed })])
        .configuration;
    },
  });
  return {
    Site: {
      path: 'Site/Site',
      rows: sites,
      where: {},
      indexes: () => ({}),
      ahead: async (view, keys) => void (await view.many(sites, keys)),
      configuration: async (view, key, { now }) => {
        const { layers, changed, own } = await siteLayers(view, String(key));
        if (!own) return undefined;
        const whole = [...layers, await maskingLayer(reads), servedLayer(served, { now, changed })];
        return (await mergedConfiguration(whole, [])).configuration;
      },
    },
    BluePrint: blueprintGroup('BluePrint/BluePrint', undefined),
    StructureBluePrint: blueprintGroup('BluePrint/StructureBluePrint', 'structure'),
    FoundationBluePrint: blueprintGroup('BluePrint/FoundationBluePrint', 'foundation'),
    Structure: {
      path: 'Building/Structure',
      rows: structures,
      where: {},
      indexes: (caller) => ({
        _site: 'site',
        _blueprint: 'blueprint',
        _structure_state: 'state',
        _foundation_locator: 'foundation',
        ...(seesConfigUuid(caller) ? { _structure_config_uuid: 'configUuid' } : {}),
      }),
      ahead: structuresAhead,
      configuration: (view, key, { caller, now }) => existing(made.structure(key, { caller, view, now })),
      settled: settledOf((view, key) => structureLayers(view, Number(key), findType), { served, reads }),
    },
    Foundation: {
      path: 'Building/Foundation',
      rows: foundations,
      where: {},
      indexes: () => ({ _site: 'site', _blueprint: 'blueprint', _foundation_state: 'state', _foundation_type: 'type' }),
      ahead: foundationsAhead,
      configuration: (view, key, { caller, now }) => existing(made.foundation(key, { caller, view, now })),
      settled: settledOf((view, key) => foundationLayers(view, String(key), findType), { served, reads }),
    },
  };
}
