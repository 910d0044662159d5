import type { Action, Extension, Model, Values } from '#api';
import {
  action,
  boundTo,
  byReference,
  dateTime,
  defineModel,
  integer,
  numberReference,
  parameter,
  reference,
  text,
} from '#api';
import { maskSecrets } from '#kernel';
import type { ComplexType } from '#platform';
import { foundations } from '../foundations.ts';
import { ChangeComplex, CreateCarriedFoundation, CreateComplex, DeleteComplex } from './complex.commands.ts';
import type { ComplexRow } from './complexes.ts';
import { complexes, complexState } from './complexes.ts';

/** The fields that complexes of all platforms have. */
export const complexFields = {
  name: text(40, { mode: 'RC', required: true }),
  site: reference('Site/Site', { required: true }),
  description: text(200, { required: true }),
  built_percentage: integer({ default: 90 }),
  members: numberReference('Building/Structure', { list: true, required: true, default: [] }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

const derived = { state: text(undefined, { mode: 'RO' }), type: text(undefined, { mode: 'RO' }) };

const present: NonNullable<Model<ComplexRow>['present']> = (row, name) => ({
  ...(maskSecrets(row.own) as Values),
  name,
  site: row.site,
  description: row.description,
  built_percentage: row.builtPercentage,
  members: row.members.map(({ structure }) => structure),
  updated: row.updated,
  created: row.created,
  type: row.type ?? 'Unknown',
});

const createFoundation: Action = action({
  doc: 'Makes a foundation that the complex carries, with its network interfaces; its locator is the host name.',
  parameters: {
    hostname: parameter.text(),
    site: parameter.reference('Site/Site'),
    interface_map_list: parameter.map({ list: true }),
  },
  returns: { type: { kind: 'Model', model: 'Building/Foundation' } },
  permission: { grant: 'Building.can_create_foundation' },
  command: (name, { hostname, site, interface_map_list: interfaces }, { caller }) =>
    new CreateCarriedFoundation(name, hostname ?? '', site ?? '', interfaces, boundTo(caller)),
});

/** Complexes of any platform. */
export const complexModel = defineModel({
  path: 'Building/Complex',
  doc: 'Structures that carry foundations together, such as a cluster of hypervisors.',
  idField: 'name',
  fields: { ...complexFields, ...derived },
  rows: complexes,
  sites: { index: 'site' },
  present,
  complete: async (row, _, { view }) => ({ state: await complexState(view, row) }),
  create: (values) => new CreateComplex(null, [], values),
  update: (name, values) => new ChangeComplex(name, [], values),
  deletion: { command: (names) => new DeleteComplex(names) },
  filters: { site: byReference('site', 'Site/Site') },
  actions: { createFoundation },
});

/** The model of one platform's kind of complex. */
export function platformComplexModel({ type, model, doc, fields }: ComplexType): Model<ComplexRow> {
  const own = Object.keys(fields);
  return defineModel({
    path: model,
    doc,
    base: 'Building/Complex',
    idField: 'name',
    fields: { ...complexFields, ...(fields as object), ...derived },
    rows: complexes,
    sites: { index: 'site' },
    kind: { type },
    present,
    complete: async (row, _, { view }) => ({ state: await complexState(view, row) }),
    create: (values) => new CreateComplex(type, own, values),
    update: (name, values) => new ChangeComplex(name, own, values),
    deletion: { command: (names) => new DeleteComplex(names) },
    permissions: {
      view: { grant: 'Building.view_complex' },
      add: { grant: 'Building.add_complex' },
      change: { grant: 'Building.change_complex' },
      delete: { grant: 'Building.delete_complex' },
    },
  });
}

/** Complexes are used by the foundations they carry, sites by the complexes in them. */
export const complexUsers: readonly Extension[] = [
  {
    model: 'Building/Complex',
    users: async (view, name) =>
      (await view.keys(foundations, { where: { complex: String(name) } })).keys.map((key) => `Foundation ${key}`),
  },
  {
    model: 'Building/Structure',
    users: async (view, id) =>
      (await view.keys(complexes, { where: { host: Number(id) } })).keys.map((key) => `Complex ${key}`),
  },
  {
    model: 'Site/Site',
    users: async (view, name) =>
      (await view.keys(complexes, { where: { site: String(name) } })).keys.map((key) => `Complex ${key}`),
  },
];
