import type { Action, Deletion, Extension, Filter, Model, Values } from '#api';
import {
  action,
  byReference,
  dateTime,
  defineModel,
  map,
  numberReference,
  parameter,
  reference,
  staticAction,
  text,
} from '#api';
import { maskSecrets, refuse } from '#kernel';
import type { View } from '#read-store';
import type { ComplexType, FoundationType } from '#platform';
import type { ObjectActions } from './object-actions.ts';
import type { CarrierField } from './foundation.commands.ts';
import {
  AcceptHardware,
  ChangeFoundation,
  CreateFoundation,
  DeleteFoundation,
  SetIdMap,
} from './foundation.commands.ts';
import type { FoundationRow } from './foundations.ts';
import { ForceFoundation } from './force-state.commands.ts';
import { AcceptMachine } from './hardware/machine.commands.ts';
import { foundations, stateOf } from './foundations.ts';
import { withBmcAddress } from './bmc/shown-address.ts';
import { labelFields, presentLabels } from './selection/labels.ts';
import { oneOf } from './one-of.ts';
import { selection } from './selection/selection.ts';

/** The fields that foundations of all platforms have. */
export const commonFields = {
  locator: text(100, { mode: 'RC', required: true }),
  site: reference('Site/Site', { required: true }),
  blueprint: reference('BluePrint/FoundationBluePrint', { required: true }),
  id_map: map({ asText: true }),
  ...labelFields,
  located_at: dateTime({ mode: 'RO' }),
  built_at: dateTime({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

const derived = {
  state: text(undefined, { mode: 'RO' }),
  type: text(undefined, { mode: 'RO' }),
  class_list: text(undefined, { mode: 'RO', list: true, asText: true }),
  cartographer: text(64, {
    mode: 'RO',
    protocols: ['rest'],
    doc: 'the machine that is being surveyed as this foundation',
  }),
  drift: map({
    mode: 'RO',
    list: true,
    protocols: ['rest'],
    doc: 'in what its machine reports other hardware than is known: part, was, is',
  }),
  machine_drift: map({
    mode: 'RO',
    list: true,
    protocols: ['rest'],
    doc: 'in what its platform tells of its machine otherwise than is known: part (machine, name, power, macs), was, is',
  }),
};

const present = (row: FoundationRow, locator: string | number, classes: readonly string[]): Values => ({
  ...(maskSecrets(row.own) as Values),
  locator,
  site: row.site,
  blueprint: row.blueprint,
  id_map: row.idMap,
  ...presentLabels(row),
  located_at: row.locatedAt,
  built_at: row.builtAt,
  updated: row.updated,
  created: row.created,
  state: stateOf(row),
  type: row.type,
  class_list: classes,
  cartographer: row.surveyedBy ?? null,
  drift: row.drift?.changes ?? [],
  machine_drift: row.machineDrift?.changes ?? [],
});

const deletion: Deletion = { command: (locators) => new DeleteFoundation(locators) };

const permissions: Model['permissions'] = {
  view: { grant: 'Building.view_foundation' },
  add: { grant: 'Building.add_foundation' },
  change: { grant: 'Building.change_foundation' },
  delete: { grant: 'Building.delete_foundation' },
};

const bySite = byReference('site', 'Site/Site');

/** The name by which clients know a kind of foundation: that of its model, in lower case. */
const nameOfType = ({ model }: FoundationType): string => (model.split('/')[1] ?? '').toLowerCase();

/** The foundations of a site that are of one kind, or wait for a dependency. */
const todo = (types: readonly FoundationType[]): Filter => ({
  parameters: {
    site: parameter.reference('Site/Site'),
    has_dependancies: parameter.boolean(),
    foundation_class: parameter.text(),
  },
  where: ({ site, has_dependancies: bound, foundation_class: name }) => {
    if (typeof site !== 'string') return null;
    const named = typeof name === 'string' && name !== '';
    const type = types.find((one) => nameOfType(one) === name)?.type;
    if (named && type === undefined) throw refuse('', 'FOUNDATION_CLASS', 'Invalid foundation class');
    return { site, ...(type === undefined ? {} : { type }), ...(bound === true ? { bound: 'yes' } : {}) };
  },
});

const setIdMap: Action = action({
  doc: 'Notes what the machine says it is made of; answers why that is not what its blueprint asks for, and then notes nothing.',
  parameters: { id_map: parameter.map() },
  returns: { type: { kind: 'String' } },
  permission: { grant: 'Building.can_bootstrap' },
  command: (locator, { id_map: idMap }) => new SetIdMap(locator, idMap ?? {}),
});

const acceptHardware: Action = action({
  doc: 'What its machine has reported, and is not what was known of it, is what is known from now on.',
  protocols: ['rest'],
  parameters: {},
  permission: { grant: 'Building.can_accept_hardware' },
  command: (locator) => new AcceptHardware(locator),
});

const acceptMachine: Action = action({
  doc: 'What its machine is at its host (name, power, MACs) is what it is to be from now on.',
  protocols: ['rest'],
  parameters: {},
  permission: { grant: 'Building.can_accept_machine' },
  command: (locator) => new AcceptMachine(locator),
});

/** Those whose machines report other hardware than is known; of a site, or of all. */
const drifted: Filter = {
  protocols: ['rest'],
  doc: 'Those whose machines report other hardware than is known.',
  parameters: { site: parameter.reference('Site/Site', { default: null }) },
  where: ({ site }) => ({ drifted: 'yes', ...(typeof site === 'string' ? { site } : {}) }),
};

/** Those whose machines are gone or changed at their hosts; of a site, or of all. */
const astray: Filter = {
  protocols: ['rest'],
  doc: 'Those whose machines are gone at their hosts, or not as they are known.',
  parameters: { site: parameter.reference('Site/Site', { default: null }) },
  where: ({ site }) => ({ astray: 'yes', ...(typeof site === 'string' ? { site } : {}) }),
};

const force: Action = action({
  doc: 'Takes it as being "planned", "located" or "built", without a job; for what was built before.',
  protocols: ['rest'],
  parameters: { state: parameter.text() },
  permission: { grant: 'Building.can_force_foundation' },
  command: (locator, { state }) => new ForceFoundation(locator, oneOf(['planned', 'located', 'built'], state)),
});

const getFoundationTypes = (types: readonly FoundationType[]): Action =>
  staticAction({
    doc: 'The kinds of foundations there are.',
    parameters: {},
    returns: { type: { kind: 'String' }, list: true },
    permission: { grant: 'Building.view_foundation' },
    sites: 'none',
    query: async () => types.map(nameOfType),
  });

/** Foundations of any platform, of these types; they are created through the model of their platform. */
export const foundationModel = (types: readonly FoundationType[], { jobs, config }: ObjectActions) =>
  defineModel({
    path: 'Building/Foundation',
    doc: 'What a structure stands on, whatever its platform.',
    idField: 'locator',
    fields: { ...commonFields, ...derived, structure: numberReference('Building/Structure', { mode: 'RO' }) },
    rows: foundations,
    sites: { index: 'site' },
    present: (row, locator) => ({
      ...present(row, locator, types.find(({ type }) => type === row.type)?.classes ?? []),
      structure: row.structure,
    }),
    update: (locator, values) => new ChangeFoundation(locator, [], values),
    deletion,
    permissions,
    filters: { site: bySite, todo: todo(types), selection: selection('Foundation'), drifted, astray },
    actions: {
      setIdMap,
      acceptHardware,
      acceptMachine,
      ...jobs,
      getFoundationTypes: getFoundationTypes(types),
      ...config,
      force,
    },
  });

/** Which complexes may carry a foundation: those of the model that its field refers to. */
function carrierField(
  { complexField: field, fields }: Pick<FoundationType, 'complexField' | 'fields'>,
  complexTypes: readonly ComplexType[],
): CarrierField | undefined {
  if (field === undefined) return undefined;
  const refersTo = fields[field]?.type;
  const found = complexTypes.find(({ model }) => refersTo?.kind === 'Model' && model === refersTo.model);
  return { field, ...(found ? { type: found.type } : {}) };
}

/** The model of one platform's kind of foundation. */
export function platformFoundationModel(
  kind: FoundationType,
  complexTypes: readonly ComplexType[],
): Model<FoundationRow> {
  const { type, model, doc, classes, fields } = kind;
  const own = Object.keys(fields);
  const carrier = carrierField(kind, complexTypes);
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
    ...(kind.bmcAddress === undefined
      ? {}
      : {
          complete: async (row: FoundationRow, _: unknown, { view }: { readonly view: View }) => {
            const { own: shown } = await withBmcAddress(view, row, kind);
            return maskSecrets(shown) as Values;
          },
        }),
    create: (values) => new CreateFoundation(type, own, values, carrier),
    update: (locator, values) => new ChangeFoundation(locator, own, values, carrier),
    deletion,
    permissions,
    filters: { site: bySite, selection: selection('Foundation') },
  });
}

/** Sites, blueprints and plots are used by the foundations that name them. */
export const foundationUsers: readonly Extension[] = [
  {
    model: 'Site/Site',
    users: async (view, name) =>
      (await view.list(foundations, { where: { site: String(name) } })).rows.map(({ key }) => `Foundation ${key}`),
  },
  {
    model: 'Survey/Plot',
    users: async (view, name) =>
      (await view.list(foundations, { where: { plot: String(name) } })).rows.map(({ key }) => `Foundation ${key}`),
  },
  {
    model: 'BluePrint/FoundationBluePrint',
    users: async (view, name) =>
      (await view.list(foundations, { where: { blueprint: String(name) } })).rows.map(({ key }) => `Foundation ${key}`),
  },
];
