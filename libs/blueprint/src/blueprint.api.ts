import type { Deletion, Values } from '#api';
import { dateTime, defineModel, eraseSecret, map, reference, text, uriOf } from '#api';
import { shownValues } from '#config';
import type { View } from '#read-store';
import type { ConfigContext } from './blueprint-config.api.ts';
import { explainConfig, getConfig } from './blueprint-config.api.ts';
import {
  ChangeFoundationBluePrint,
  ChangeStructureBluePrint,
  CreateFoundationBluePrint,
  CreateStructureBluePrint,
  DeleteBluePrint,
} from './blueprint.commands.ts';
import type { BluePrintRow } from './blueprints.ts';
import { blueprints } from './blueprints.ts';

const common = {
  name: text(40, { mode: 'RC', required: true }),
  description: text(200, { required: true }),
  config_values: map({ default: {} }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};
const scriptMap = map({ mode: 'RO' });
/** What is declared of configurations: name of a value → its rules. */
const configSchema = map({
  default: {},
  protocols: ['rest'],
  doc: 'Declared keys of the configuration: key -> {type, required, secret, default, description, pattern, enum, minimum, maximum}.',
});

export const foundationBluePrintFields = {
  ...common,
  config_schema: configSchema,
  foundation_type_list: text(200, { list: true, default: [] }),
  validation_template: map({ default: {} }),
  physical_interface_names: text(200, { list: true, default: [] }),
  parent_list: reference('BluePrint/FoundationBluePrint', { list: true, default: [] }),
  script_map: scriptMap,
};

export const structureBluePrintFields = {
  ...common,
  config_schema: configSchema,
  parent_list: reference('BluePrint/StructureBluePrint', { list: true, default: [] }),
  foundation_blueprint_list: reference('BluePrint/FoundationBluePrint', { list: true, required: true, default: [] }),
  foundation_blueprint_sources: map({
    mode: 'RO',
    doc: 'Which resource file made a link: foundation blueprint → file. Those made by hand are not in it.',
    protocols: ['rest'],
  }),
  script_map: scriptMap,
};

const present = (row: BluePrintRow, name: string | number): Values => ({
  name,
  description: row.description,
  config_values: shownValues(row.configValues),
  config_schema: row.configSchema ?? {},
  updated: row.updated,
  created: row.created,
  foundation_type_list: row.foundationTypes,
  validation_template: row.validationTemplate,
  physical_interface_names: row.physicalInterfaceNames,
  parent_list: row.parents,
  foundation_blueprint_list: row.foundationBluePrints,
  foundation_blueprint_sources: row.linkedBy ?? {},
  script_map: Object.fromEntries(
    Object.entries(row.scripts).map(([slot, script]) => [slot, uriOf('BluePrint/Script', script)]),
  ),
});

/** Blueprints that build on another: as its children, or as structures that can be put on it. */
async function usersOf(view: View, name: string): Promise<string[]> {
  const { rows } = await view.list(blueprints);
  const uses = (row: BluePrintRow) => row.parents.includes(name) || row.foundationBluePrints?.includes(name) === true;
  return rows.filter(({ row }) => uses(row)).map(({ key }) => `BluePrint ${key}`);
}

const deletion: Deletion = {
  command: (names) => new DeleteBluePrint(names),
  users: (view, name) => usersOf(view, String(name)),
};

const shared = {
  base: 'BluePrint/BluePrint',
  idField: 'name',
  rows: blueprints,
  sites: 'none',
  present,
  deletion,
} as const;

/** The base of all blueprints: what scripts are linked to. */
export const bluePrintModel = (context: ConfigContext) =>
  defineModel({
    path: 'BluePrint/BluePrint',
    doc: 'What foundation and structure blueprints have in common; both share these ids.',
    idField: 'name',
    fields: { ...common, script_map: scriptMap },
    rows: blueprints,
    sites: 'none',
    present,
    readable: false,
    actions: { getConfig: getConfig('BluePrint.view_blueprint', context) },
  });

const configActions = (name: string, context: ConfigContext) => ({
  getConfig: getConfig(`BluePrint.view_${name}`, context),
  explain: explainConfig(`BluePrint.view_${name}`, context),
  eraseSecret: eraseSecret('BluePrint', `BluePrint.change_${name}`, blueprints),
});

/** Blueprints of foundations. */
export const foundationBluePrintModel = (context: ConfigContext) =>
  defineModel({
    ...shared,
    path: 'BluePrint/FoundationBluePrint',
    doc: 'How a kind of foundation is described: types, configuration values, scripts.',
    kind: { kind: 'foundation' },
    fields: foundationBluePrintFields,
    create: (values) => new CreateFoundationBluePrint(values),
    update: (name, values) => new ChangeFoundationBluePrint(name, values),
    actions: configActions('foundationblueprint', context),
  });

/** Blueprints of structures. */
export const structureBluePrintModel = (context: ConfigContext) =>
  defineModel({
    ...shared,
    path: 'BluePrint/StructureBluePrint',
    doc: 'How a kind of structure is described: what it can be put on, configuration values, scripts.',
    kind: { kind: 'structure' },
    fields: structureBluePrintFields,
    create: (values) => new CreateStructureBluePrint(values),
    update: (name, values) => new ChangeStructureBluePrint(name, values),
    actions: configActions('structureblueprint', context),
  });
