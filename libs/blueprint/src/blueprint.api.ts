import type { JsonMap, Work } from '#kernel';
import type { Field, Model, Values } from '#api';
import { asText, badConfigNames, dateTime, map, NAME, reference, text, uriOf } from '#api';
import type { FoundationBluePrint } from './blueprint.ts';
import { blueprint } from './blueprint.ts';
import type { BluePrintRow } from './blueprints.ts';
import { blueprints } from './blueprints.ts';
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
  config_values: row.configValues,
  updated: row.updated,
  created: row.created,
  foundation_type_list: row.foundationTypes,
  validation_template: row.validationTemplate,
  physical_interface_names: row.physicalInterfaceNames,
  parent_list: row.parents,
  script_map: Object.fromEntries(
    Object.entries(row.scripts).map(([slot, script]) => [slot, uriOf('BluePrint/Script', script)]),
  ),
});

/** The base of all blueprints: what scripts are linked to. */
export const bluePrintModel: Model<BluePrintRow> = {
  path: 'BluePrint/BluePrint',
  doc: 'What foundation and structure blueprints have in common; both share these ids.',
  idField: 'name',
  fields: { ...common, script_map: scriptMap },
  rows: blueprints,
  present,
  readable: false,
};

/**
 * Reads a foundation blueprint that something refers to; where it is not there, that is a fault of the field.
 * @returns undefined where there is none
 */
export async function foundationBluePrintFor(
  work: Work,
  field: string,
  name: unknown,
): Promise<FoundationBluePrint | undefined> {
  if (typeof name !== 'string') return undefined;
  const found = await work.see(blueprint, name);
  if (found.stage === 'open') return found.is;
  work.fault(field, 'INVALID_VALUE', `there is no foundation blueprint ${name}`);
  return undefined;
}

async function check(work: Work, name: string, values: Values): Promise<void> {
  for (const key of badConfigNames((values['config_values'] ?? {}) as JsonMap)) {
    work.fault('config_values', 'NAME', `config item name "${key}" is invalid`);
  }
  const types = values['foundation_type_list'];
  if (Array.isArray(types) && types.length === 0) {
    work.fault('foundation_type_list', 'BLANK', 'This field cannot be blank.');
  }
  const parents = (values['parent_list'] ?? []) as readonly string[];
  if (await reaches(work, parents, name)) {
    work.fault('parent_list', 'CYCLE', `BluePrint "${name}" would be its own parent`);
  }
}

async function reaches(work: Work, parents: readonly string[], name: string): Promise<boolean> {
  for (const parent of parents) {
    if (parent === name) return true;
    const above = await foundationBluePrintFor(work, 'parent_list', parent);
    if (above && (await reaches(work, above.parents, name))) return true;
  }
  return false;
}

const changes = (values: Values): Partial<FoundationBluePrint> =>
  Object.fromEntries(
    Object.entries({
      description: values['description'],
      configValues: values['config_values'] === null ? {} : values['config_values'],
      foundationTypes: values['foundation_type_list'],
      validationTemplate: values['validation_template'] === null ? {} : values['validation_template'],
      physicalInterfaceNames: values['physical_interface_names'],
      parents: values['parent_list'],
    }).filter(([, value]) => value !== undefined),
  );

/** Blueprints of foundations. */
export const foundationBluePrintModel: Model<BluePrintRow> = {
  path: 'BluePrint/FoundationBluePrint',
  doc: 'How a kind of foundation is described: types, configuration values, scripts.',
  base: 'BluePrint/BluePrint',
  idField: 'name',
  fields: {
    ...common,
    foundation_type_list: text(200, { list: true, default: [] }),
    validation_template: map({ default: {} }),
    physical_interface_names: text(200, { list: true, default: [] }),
    parent_list: reference('BluePrint/FoundationBluePrint', { list: true, default: [] }),
    script_map: scriptMap,
  },
  rows: blueprints,
  kind: { kind: 'foundation' },
  present,
  create: async (work, values) => {
    const name = asText(values['name']);
    if (name && !NAME.test(name)) work.fault('name', 'PATTERN', 'invalid');
    await check(work, name, values);
    const is = { kind: 'foundation', ...changes(values) } as FoundationBluePrint;
    await work.decide(blueprint, name, { type: 'DefineBluePrint', data: { name, is } });
    return name;
  },
  update: async (work, name, values) => {
    await check(work, String(name), values);
    await work.decide(blueprint, name, { type: 'ChangeBluePrint', data: changes(values) });
  },
  deletion: {
    close: async (work, name) => void (await work.decide(blueprint, name, { type: 'CloseBluePrint', data: {} })),
    reopen: async (work, name) => void (await work.decide(blueprint, name, { type: 'ReopenBluePrint', data: {} })),
    users: async (view, name) =>
      (await view.list(blueprints)).rows
        .filter(({ row }) => row.parents.includes(String(name)))
        .map(({ key }) => `BluePrint ${key}`),
    remove: async (work, name, view) => {
      const links = await view.list(scriptLinks, { where: { blueprint: String(name) } });
      for (const { key } of links.rows) await unlink(work, Number(key));
      await work.decide(blueprint, name, { type: 'DeleteBluePrint', data: {} });
    },
  },
};
