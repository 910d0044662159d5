import type { JsonMap, UnitOfWork } from '#kernel';
import type { Deletion, Extension, Field, Model, Values } from '#api';
import { asText, byReference, dateTime, map, NAME, reference, text } from '#api';
import { foundationBluePrintFor } from '#blueprint';
import type { FoundationType } from '#platform';
import { siteFor } from '#site';
import { foundation } from './foundation.ts';
import type { FoundationRow } from './foundations.ts';
import { foundations, stateOf } from './foundations.ts';

const common: Readonly<Record<string, Field>> = {
  locator: text(100, { mode: 'RC', required: true }),
  site: reference('Site/Site', { required: true }),
  blueprint: reference('BluePrint/FoundationBluePrint', { required: true }),
  id_map: map({ asText: true }),
  located_at: dateTime({ mode: 'RO' }),
  built_at: dateTime({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

const derived: Readonly<Record<string, Field>> = {
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

/** An id map as it is kept: an empty one is none. */
const idMapOf = (value: unknown): JsonMap | null => (Object.keys(value ?? {}).length > 0 ? (value as JsonMap) : null);

async function checkPlace(work: UnitOfWork, type: string, values: Values): Promise<void> {
  await siteFor(work, 'site', values['site']);
  const name = values['blueprint'];
  const blueprint = await foundationBluePrintFor(work, 'blueprint', name);
  if (blueprint && !blueprint.foundationTypes.includes(type)) {
    work.fault('blueprint', 'TYPE', `Blueprint "${asText(name)}" does not list this type "${type}"`);
  }
}

const update =
  (own: readonly string[]) =>
  async (work: UnitOfWork, locator: string | number, values: Values): Promise<void> => {
    const found = await work.load(foundation, locator);
    if (found.stage === 'active' && ('site' in values || 'blueprint' in values)) {
      await checkPlace(work, found.value.type, { site: found.value.site, blueprint: found.value.blueprint, ...values });
    }
    const given = Object.fromEntries(Object.entries(values).filter(([name]) => own.includes(name))) as JsonMap;
    await work.decide(foundation, locator, {
      type: 'ChangeFoundation',
      data: {
        ...('site' in values ? { site: asText(values['site']) } : {}),
        ...('blueprint' in values ? { blueprint: asText(values['blueprint']) } : {}),
        ...('id_map' in values ? { idMap: idMapOf(values['id_map']) } : {}),
        own: given,
      },
    });
  };

const deletion: Deletion = {
  close: async (work, locator) => void (await work.decide(foundation, locator, { type: 'CloseFoundation', data: {} })),
  reopen: async (work, locator) =>
    void (await work.decide(foundation, locator, { type: 'ReopenFoundation', data: {} })),
  remove: async (work, locator) =>
    void (await work.decide(foundation, locator, { type: 'DeleteFoundation', data: {} })),
  users: async () => [],
};

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
export const foundationModel: Model<FoundationRow> = {
  path: 'Building/Foundation',
  doc: 'What a structure stands on, whatever its platform.',
  idField: 'locator',
  fields: { ...common, ...derived, structure: reference('Building/Structure', { mode: 'RO' }) },
  rows: foundations,
  present: (row, locator) => ({ ...present(row, locator, []), structure: null }),
  update: update([]),
  deletion,
  permissions,
  filters,
};

/** The model of one platform's kind of foundation. */
export function platformFoundationModel({ type, model, doc, classes, fields }: FoundationType): Model<FoundationRow> {
  const own = Object.keys(fields);
  return {
    path: model,
    doc,
    base: 'Building/Foundation',
    idField: 'locator',
    fields: { ...common, ...fields, ...derived },
    rows: foundations,
    kind: { type },
    present: (row, locator) => present(row, locator, classes),
    create: async (work, values) => {
      const locator = asText(values['locator']);
      if (locator && !NAME.test(locator)) work.fault('locator', 'PATTERN', 'Invalid');
      await checkPlace(work, type, values);
      await work.decide(foundation, locator, {
        type: 'DefineFoundation',
        data: {
          type,
          site: asText(values['site']),
          blueprint: asText(values['blueprint']),
          idMap: idMapOf(values['id_map']),
          own: Object.fromEntries(own.map((name) => [name, values[name] ?? null])) as JsonMap,
        },
      });
      return locator;
    },
    update: update(own),
    deletion,
    permissions,
    filters,
  };
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
