import type { UnitOfWork } from '#kernel';
import type { Deletion, Field, Model, Values } from '#api';
import { asText, dateTime, eraseSecret, map, NAME, reference, text, uriOf } from '#api';
import type { ConfigOwner, SecretKeeping } from '#config';
import { configValuesFrom, shownValues } from '#config';
import type { View } from '#read-store';
import type { ConfigGround } from './blueprint-config.api.ts';
import { explainConfig, getConfig } from './blueprint-config.api.ts';
import type { BluePrint, BluePrintChanges } from './blueprint.ts';
import { blueprint } from './blueprint.ts';
import type { BluePrintRow } from './blueprints.ts';
import { blueprints } from './blueprints.ts';
import { checkParents, foundationBluePrintFor } from './find-blueprint.ts';
import { unlink } from './script-link.api.ts';
import { scriptLinks } from './script-links.ts';

const common: Readonly<Record<string, Field>> = {
  name: text(40, { mode: 'RC', required: true }),
  description: text(200, { required: true }),
  config_values: map({ default: {} }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};
const scriptMap: Field = map({ mode: 'RO' });

const present = (row: BluePrintRow, name: string | number): Values => ({
  name,
  description: row.description,
  config_values: shownValues(row.configValues),
  updated: row.updated,
  created: row.created,
  foundation_type_list: row.foundationTypes,
  validation_template: row.validationTemplate,
  physical_interface_names: row.physicalInterfaceNames,
  parent_list: row.parents,
  foundation_blueprint_list: row.foundationBluePrints,
  script_map: Object.fromEntries(
    Object.entries(row.scripts).map(([slot, script]) => [slot, uriOf('BluePrint/Script', script)]),
  ),
});

/** The fields of blueprints outside, by what they are called inside. */
const FIELDS = {
  description: 'description',
  foundationTypes: 'foundation_type_list',
  validationTemplate: 'validation_template',
  physicalInterfaceNames: 'physical_interface_names',
  parents: 'parent_list',
  foundationBluePrints: 'foundation_blueprint_list',
} as const;

/** What is given of a blueprint, with all faults of it. */
async function changesFrom(
  work: UnitOfWork,
  name: string,
  values: Values,
  kind: BluePrint['kind'],
  whose: Pick<ConfigOwner, 'secrets' | 'before' | 'wish'>,
): Promise<BluePrintChanges> {
  const given = Object.entries(FIELDS)
    .filter(([, field]) => field in values)
    .map(([inside, field]) => [inside, values[field] ?? {}] as const);
  const owner = { ...whose, owner: `BluePrint ${name}` };
  const changes: BluePrintChanges = {
    ...Object.fromEntries(given),
    ...('config_values' in values
      ? { configValues: await configValuesFrom(work, values['config_values'], owner) }
      : {}),
  };
  if (changes.foundationTypes?.length === 0) {
    work.fault('foundation_type_list', 'BLANK', 'This field cannot be blank.');
  }
  await checkParents(work, name, changes.parents ?? [], kind);
  for (const foundation of changes.foundationBluePrints ?? []) {
    await foundationBluePrintFor(work, 'foundation_blueprint_list', foundation);
  }
  return changes;
}

/** Blueprints that build on another: as its children, or as structures that can be put on it. */
async function usersOf(view: View, name: string): Promise<string[]> {
  const { rows } = await view.list(blueprints);
  const uses = (row: BluePrintRow) => row.parents.includes(name) || row.foundationBluePrints?.includes(name) === true;
  return rows.filter(({ row }) => uses(row)).map(({ key }) => `BluePrint ${key}`);
}

const deletion: Deletion = {
  close: async (work, name) => void (await work.decide(blueprint, name, { type: 'CloseBluePrint', data: {} })),
  reopen: async (work, name) => void (await work.decide(blueprint, name, { type: 'ReopenBluePrint', data: {} })),
  users: (view, name) => usersOf(view, String(name)),
  remove: async (work, name, view) => {
    const links = await view.keys(scriptLinks, { where: { blueprint: String(name) } });
    for (const key of links.keys) await unlink(work, Number(key));
    await work.decide(blueprint, name, { type: 'DeleteBluePrint', data: {} });
  },
};

/** The base of all blueprints: what scripts are linked to. */
export const bluePrintModel = (ground: ConfigGround): Model<BluePrintRow> => ({
  path: 'BluePrint/BluePrint',
  doc: 'What foundation and structure blueprints have in common; both share these ids.',
  idField: 'name',
  fields: { ...common, script_map: scriptMap },
  rows: blueprints,
  present,
  readable: false,
  actions: { getConfig: getConfig('BluePrint.view_blueprint', ground) },
});

const kindOfBluePrint = (
  kind: BluePrint['kind'],
  path: string,
  secrets: SecretKeeping,
): Omit<Model<BluePrintRow>, 'fields'> => ({
  path,
  base: 'BluePrint/BluePrint',
  idField: 'name',
  rows: blueprints,
  kind: { kind },
  present,
  create: async (work, values, { metadata }) => {
    const name = asText(values['name']);
    if (name && !NAME.test(name)) work.fault('name', 'PATTERN', 'invalid');
    const value = {
      kind,
      ...(await changesFrom(work, name, values, kind, { secrets, wish: metadata.request })),
    } as BluePrint;
    await work.decide(blueprint, name, { type: 'DefineBluePrint', data: { name, value } });
    return name;
  },
  update: async (work, name, values, { metadata }) => {
    const seen = await work.load(blueprint, name);
    const before = seen.stage === 'active' ? seen.value.configValues : undefined;
    const data = await changesFrom(work, String(name), values, kind, { secrets, before, wish: metadata.request });
    await work.decide(blueprint, name, { type: 'ChangeBluePrint', data });
  },
  deletion,
});

const configActions = (name: string, ground: ConfigGround) => ({
  getConfig: getConfig(`BluePrint.view_${name}`, ground),
  explain: explainConfig(`BluePrint.view_${name}`),
  eraseSecret: eraseSecret('BluePrint', `BluePrint.change_${name}`, ground.secrets),
});

/** Blueprints of foundations. */
export const foundationBluePrintModel = (ground: ConfigGround): Model<BluePrintRow> => ({
  ...kindOfBluePrint('foundation', 'BluePrint/FoundationBluePrint', ground.secrets),
  doc: 'How a kind of foundation is described: types, configuration values, scripts.',
  fields: {
    ...common,
    foundation_type_list: text(200, { list: true, default: [] }),
    validation_template: map({ default: {} }),
    physical_interface_names: text(200, { list: true, default: [] }),
    parent_list: reference('BluePrint/FoundationBluePrint', { list: true, default: [] }),
    script_map: scriptMap,
  },
  actions: configActions('foundationblueprint', ground),
});

/** Blueprints of structures. */
export const structureBluePrintModel = (ground: ConfigGround): Model<BluePrintRow> => ({
  ...kindOfBluePrint('structure', 'BluePrint/StructureBluePrint', ground.secrets),
  doc: 'How a kind of structure is described: what it can be put on, configuration values, scripts.',
  fields: {
    ...common,
    parent_list: reference('BluePrint/StructureBluePrint', { list: true, default: [] }),
    foundation_blueprint_list: reference('BluePrint/FoundationBluePrint', { list: true, required: true, default: [] }),
    script_map: scriptMap,
  },
  actions: configActions('structureblueprint', ground),
});
