import type { Action, Extension, Model } from '#api';
import {
  action,
  byReference,
  dateTime,
  defineModel,
  eraseSecret,
  integer,
  map,
  parameter,
  reference,
  staticAction,
  text,
} from '#api';
import { shownValues } from '#config';
import { ForceStructure } from '../force-state.commands.ts';
import { labelFields, presentLabels } from '../selection/labels.ts';
import type { ObjectActions } from '../object-actions.ts';
import { selection } from '../selection/selection.ts';
import { oneOf } from '../one-of.ts';
import { ChangeStructure, ConfigureStructure, CreateStructure, DeleteStructure } from './structure.commands.ts';
import type { ConfigurationOf } from '../building-config.api.ts';
import { CONFIG_UUID_PERMISSION } from '../config-uuid.ts';
import type { StructureRow } from './structures.ts';
import { hostKey, structures, structureState } from './structures.ts';

export const structureFields = {
  hostname: text(100, { required: true }),
  site: reference('Site/Site', { required: true }),
  blueprint: reference('BluePrint/StructureBluePrint', { required: true }),
  foundation: reference('Building/Foundation', { required: true }),
  config_uuid: text(36, { mode: 'RO', shownTo: CONFIG_UUID_PERMISSION }),
  config_values: map({ default: {} }),
  ...labelFields,
  built_at: dateTime({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
  state: text(undefined, { mode: 'RO' }),
};

const present: NonNullable<Model<StructureRow>['present']> = (row, id) => ({
  hostname: row.hostname,
  site: row.site,
  blueprint: row.blueprint,
  foundation: row.foundation,
  config_uuid: row.configUuid,
  config_values: shownValues(row.configValues),
  ...presentLabels(row),
  built_at: row.builtAt,
  updated: row.updated,
  created: row.created,
  id,
  state: structureState(row),
});

const updateConfig = (configurationOf: ConfigurationOf): Action =>
  action({
    doc: 'Sets some of the configuration values; the answer is the configuration that comes of it, rendered.',
    parameters: { config_value_map: parameter.map() },
    returns: { type: { kind: 'Map' } },
    permission: { grant: 'Building.can_config_structure' },
    command: (id, { config_value_map: values }) => new ConfigureStructure(id, values ?? {}),
    answer: (id, call) => configurationOf(id, call),
  });

const getWithHostnameSite: Action = staticAction({
  doc: 'The structure with this host name in a site; null where there is none.',
  parameters: { site: parameter.reference('Site/Site'), hostname: parameter.text() },
  returns: { type: { kind: 'Model', model: 'Building/Structure' } },
  permission: { grant: 'Building.view_structure' },
  asOf: true,
  query: async ({ site, hostname }, { view }) => {
    const { keys } = await view.keys(structures, { where: { host: hostKey(site ?? '', hostname ?? '') } });
    return keys[0] ?? null;
  },
});

const force: Action = action({
  doc: 'Takes it as being "planned" or "built", without a job; for what was built before.',
  protocols: ['rest'],
  parameters: { state: parameter.text() },
  permission: { grant: 'Building.can_force_structure' },
  command: (id, { state }) => new ForceStructure(id, oneOf(['planned', 'built'], state)),
});

/** The `config_uuid` that a structure brings along from elsewhere; clients cannot give one with a structure. */
const givenUuid = (values: object): string | undefined => {
  const { config_uuid: uuid } = values as { readonly config_uuid?: unknown };
  return typeof uuid === 'string' ? uuid : undefined;
};

/** What one wants to have. */
export const structureModel = (configurationOf: ConfigurationOf, { jobs, config }: ObjectActions) =>
  defineModel({
    path: 'Building/Structure',
    base: 'Utilities/Networked',
    doc: 'What one wants to have, such as a DNS server or a web server; it stands on a foundation.',
    idField: 'id',
    fields: structureFields,
    rows: structures,
    sites: { index: 'site' },
    present,
    create: (values) => new CreateStructure(values, givenUuid(values)),
    update: (id, values) => new ChangeStructure(id, values),
    deletion: { command: (ids) => new DeleteStructure(ids) },
    filters: { site: byReference('site', 'Site/Site'), selection: selection('Structure') },
    actions: {
      ...jobs,
      ...config,
      updateConfig: updateConfig(configurationOf),
      getWithHostnameSite,
      force,
      eraseSecret: eraseSecret('Structure', 'Building.change_structure', structures),
    },
  });

/** Sites and blueprints are used by the structures that name them. */
export const structureUsers: readonly Extension[] = [
  {
    model: 'Site/Site',
    users: async (view, name) =>
      (await view.keys(structures, { where: { site: String(name) } })).keys.map((key) => `Structure ${key}`),
  },
  {
    model: 'BluePrint/StructureBluePrint',
    users: async (view, name) =>
      (await view.keys(structures, { where: { blueprint: String(name) } })).keys.map((key) => `Structure ${key}`),
  },
];
