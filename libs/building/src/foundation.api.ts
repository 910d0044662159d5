import type { Deletion, Extension, Model, Values } from '#api';
import { byReference, dateTime, defineModel, map, reference, text } from '#api';
import type { FoundationType } from '#platform';
import { ChangeFoundation, CreateFoundation, DeleteFoundation } from './foundation.commands.ts';
import type { FoundationRow } from './foundations.ts';
import { foundations, stateOf } from './foundations.ts';

/** The fields that foundations of all platforms have. */
export const commonFields = {
  locator: text(100, { mode: 'RC', required: true }),
  site: reference('Site/Site', { required: true }),
  blueprint: reference('BluePrint/FoundationBluePrint', { required: true }),
  id_map: map({ asText: true }),
  located_at: dateTime({ mode: 'RO' }),
  built_at: dateTime({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

const derived = {
  state: text(undefined, { mode: 'RO' }),
  type: text(undefined, { mode: 'RO' }),
  class_list: text(undefined, { mode: 'RO', list: true, asText: true }),
};

const present = (row: FoundationRow, locator: string | number, classes: readonly string[]): Values => ({
  ...row.own,
  locator,
  site: row.site,
  blueprint: row.blueprint,
  id_map: row.idMap,
  located_at: row.locatedAt,
  built_at: row.builtAt,
  updated: row.updated,
  created: row.created,
  state: stateOf(row),
  type: row.type,
  class_list: classes,
});

const deletion: Deletion = { command: (locators) => new DeleteFoundation(locators) };

const permissions: Model['permissions'] = {
  view: { grant: 'Building.view_foundation' },
  add: { grant: 'Building.add_foundation' },
  change: { grant: 'Building.change_foundation' },
  delete: { grant: 'Building.delete_foundation' },
};

const filters: Model['filters'] = {
  site: byReference('site', 'Site/Site'),
};

/** Foundations of any platform; they are created through the model of their platform. */
export const foundationModel = defineModel({
  path: 'Building/Foundation',
  doc: 'What a structure stands on, whatever its platform.',
  idField: 'locator',
  fields: { ...commonFields, ...derived, structure: reference('Building/Structure', { mode: 'RO' }) },
  rows: foundations,
  sites: { index: 'site' },
  present: (row, locator) => ({ ...present(row, locator, []), structure: null }),
  update: (locator, values) => new ChangeFoundation(locator, [], values),
  deletion,
  permissions,
  filters,
});

/** The model of one platform's kind of foundation. */
export function platformFoundationModel({ type, model, doc, classes, fields }: FoundationType): Model<FoundationRow> {
  const own = Object.keys(fields);
  return defineModel({
    path: model,
    doc,
    base: 'Building/Foundation',
    idField: 'locator',
    fields: { ...commonFields, ...(fields as object), ...derived },
    rows: foundations,
    sites: { index: 'site' },
    kind: { type },
    present: (row, locator) => present(row, locator, classes),
    create: (values) => new CreateFoundation(type, own, values),
    update: (locator, values) => new ChangeFoundation(locator, own, values),
    deletion,
    permissions,
    filters,
  });
}

/** Sites and blueprints are used by the foundations that name them. */
export const foundationUsers: readonly Extension[] = [
  {
    model: 'Site/Site',
    users: async (view, name) =>
      (await view.list(foundations, { where: { site: String(name) } })).rows.map(({ key }) => `Foundation ${key}`),
  },
  {
    model: 'BluePrint/FoundationBluePrint',
    users: async (view, name) =>
      (await view.list(foundations, { where: { blueprint: String(name) } })).rows.map(({ key }) => `Foundation ${key}`),
  },
];
