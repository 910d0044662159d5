import { refuse } from '#kernel';
import type { Model, NamespaceDeclaration, Values } from '#api';
import {
  action,
  boolean,
  dateTime,
  defineModel,
  integer,
  map,
  numberReference,
  parameter,
  reference,
  staticAction,
  text,
} from '#api';
import {
  ChangeFoundation,
  ChangeSite,
  CreateFoundation,
  CreateNetwork,
  CreateSite,
  DeleteFoundation,
  DeleteSite,
  PauseJob,
  RenameSite,
  TellJob,
} from './example-commands.ts';
import type { Row } from './example-kinds.ts';
import { foundation, network, site } from './example-kinds.ts';

const MOMENTS = { updated: dateTime({ mode: 'RO' }), created: dateTime({ mode: 'RO' }) } as const;

export const siteFields = {
  name: text(40, { mode: 'RC', required: true }),
  description: text(200, { required: true }),
  parent: reference('Site/Site'),
  config_values: map({ default: {} }),
  message: text(20),
  ...MOMENTS,
};

const siteModel = defineModel<Row, typeof siteFields>({
  path: 'Site/Site',
  doc: 'A place.',
  idField: 'name',
  constants: { LEVELS: '3' },
  fields: siteFields,
  rows: site.rows,
  create: (values) => new CreateSite(values),
  update: (name, values) => new ChangeSite(name, values),
  deletion: {
    command: (names) => new DeleteSite(names),
    users: async (view, name) =>
      (await view.list(foundation.rows, { where: { site: String(name) } })).rows.map(
        ({ key: user }) => `Foundation ${user}`,
      ),
  },
  filters: {
    parent: {
      parameters: { parent: { type: { kind: 'Model', model: 'Site/Site' } } },
      where: ({ parent }) => (parent === null ? null : { parent: parent as string }),
    },
  },
  actions: {
    getConfig: action({
      doc: 'What is configured here.',
      parameters: {},
      returns: parameter.map(),
      permission: { grant: 'Site.view_site' },
      query: async (name, _, { view }) => (await view.get(site.rows, name))?.['config_values'],
    }),
    count: action({
      parameters: {},
      returns: parameter.integer(),
      permission: { grant: 'Site.view_site' },
      query: async () => 1n,
    }),
    rename: action({
      parameters: {
        description: text(10, { required: true }),
        loud: boolean({ default: false, required: true }),
      },
      permission: { grant: 'Site.change_site' },
      command: (name, { description, loud }) => new RenameSite(name, loud ? description.toUpperCase() : description),
    }),
  },
});

export const foundationFields = {
  locator: text(100, { mode: 'RC', required: true }),
  site: reference('Site/Site', { required: true }),
  id_map: map({ asText: true }),
  located_at: dateTime(),
  type: text(undefined, { mode: 'RO' }),
  class_list: text(undefined, { mode: 'RO', list: true, asText: true }),
};

const presentFoundation = (row: Row): Values => ({ ...row, class_list: ['VM', 'Metal'] });

const foundationModel = defineModel({
  path: 'Building/Foundation',
  idField: 'locator',
  fields: { ...foundationFields, structure: reference('Building/Foundation', { mode: 'RO' }) },
  rows: foundation.rows,
  present: presentFoundation,
  update: (locator, values) => new ChangeFoundation(locator, values),
  deletion: { command: (locators) => new DeleteFoundation(locators) },
  filters: {
    site: {
      parameters: { site: { type: { kind: 'Model', model: 'Site/Site' } } },
      where: ({ site: of }) => ({ site: of as string | null }),
    },
  },
  actions: {
    getJob: action({
      parameters: {},
      returns: parameter.reference('Utilities/Network'),
      permission: { grant: 'Building.view_foundation' },
      command: (locator) => new TellJob(locator),
    }),
    getFoundationTypes: staticAction({
      parameters: {},
      returns: parameter.text({ list: true }),
      permission: 'anybody',
      query: async () => ['Manual'],
    }),
  },
});

const manualModel = defineModel<Row, typeof foundationFields>({
  ...foundationModel,
  path: 'Manual/ManualFoundation',
  base: 'Building/Foundation',
  fields: foundationFields,
  kind: { type: 'Manual' },
  create: (values) => new CreateFoundation(values),
  update: (locator, values) => new ChangeFoundation(locator, values),
});

const bladeModel: Model<Row> = {
  ...manualModel,
  path: 'Blade/BladeFoundation',
  kind: { type: 'Blade' },
  create: undefined,
};

export const networkFields = {
  name: text(40, { required: true }),
  site: reference('Site/Site', { required: true }),
  mtu: integer(),
  level: text(4, { choices: ['soft', 'hard'], default: 'soft' }),
  neighbours: numberReference('Utilities/Network', { list: true, default: [] }),
  is_primary: boolean({ default: false }),
  expires: dateTime(),
  size: integer({ mode: 'RO', asText: true }),
  isIpV4: boolean({ mode: 'RO', asText: true }),
  id: integer({ mode: 'RO' }),
};

const networkModel = defineModel<Row, typeof networkFields>({
  path: 'Utilities/Network',
  idField: 'id',
  fields: networkFields,
  rows: network.rows,
  present: (row, id) => ({ ...row, id, size: 254, isIpV4: true }),
  create: (values) => new CreateNetwork(values),
});

const jobModel: Model<Row> = {
  path: 'Foreman/BaseJob',
  idField: 'id',
  fields: { id: integer({ mode: 'RO' }), can_start: boolean({ mode: 'RO', asText: true }) },
  rows: network.rows,
  readable: false,
  actions: {
    pause: action({ parameters: {}, permission: 'session', command: () => new PauseJob() }),
  },
};

const userModel: Model = {
  path: 'Auth/User',
  fields: {},
  actions: {
    login: staticAction({
      parameters: { username: parameter.text(), password: parameter.text() },
      returns: parameter.text(),
      permission: 'anybody',
      ignoresSession: true,
      query: async ({ username, password }) => {
        if (password !== 'secret') throw refuse('', 'INVALID_LOGIN', 'Invalid Login');
        return `token-of-${username}`;
      },
    }),
    logout: staticAction({ parameters: {}, permission: 'anybody', query: async () => undefined }),
    whoami: staticAction({
      parameters: {},
      returns: parameter.text(),
      permission: 'anybody',
      query: async (_, { caller }) => caller.principal?.name ?? 'AnonymousUser',
    }),
  },
};

/** Their namespaces, in the order clients know them in. */
export const NAMESPACES: readonly NamespaceDeclaration[] = [
  { name: 'Auth', version: '2.0', position: 1, storesAnswers: false },
  ...['Site', 'Utilities', 'Building', 'Foreman', 'Manual', 'Blade'].map((name, n) => ({ name, position: n + 2 })),
];

/** The models of a small API, for the specs of this module. */
export const MODELS: readonly Model[] = [
  userModel,
  siteModel,
  foundationModel,
  manualModel,
  bladeModel,
  networkModel,
  jobModel,
];
