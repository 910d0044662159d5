import { refuse } from '#kernel';
import type { Field, Model, NamespaceDeclaration } from '#api';
import {
  action,
  asText,
  boolean,
  byReference,
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
import { ChangeSite, CreateNetwork, CreateSite, DeleteSite, DescribeSite } from './example-commands.ts';
import type { Row } from './example-things.ts';
import { network, site } from './example-things.ts';

const MOMENTS = { updated: dateTime({ mode: 'RO' }), created: dateTime({ mode: 'RO' }) } as const;

const ratio: Field<number | null, 'RW'> = { type: { kind: 'Float' }, mode: 'RW', required: false };

export const siteFields = {
  name: text(40, { mode: 'RC', required: true }),
  description: text(20, { required: true, doc: 'In words.' }),
  parent: reference('Site/Site'),
  level: text(4, { choices: ['soft', 'hard'], default: 'soft' }),
  config_values: map({ default: {} }),
  tags: text(10, { list: true, default: [] }),
  size: integer(),
  ratio,
  urgent: boolean({ default: false }),
  opens: dateTime(),
  weight: integer({ mode: 'RO', asText: true }),
  classes: text(undefined, { mode: 'RO', list: true, asText: true }),
  ...MOMENTS,
};

const siteModel = defineModel<Row, typeof siteFields>({
  path: 'Site/Site',
  doc: 'A place.',
  idField: 'name',
  fields: siteFields,
  rows: site.rows,
  present: (row, name) => ({ ...row, name, weight: 254, classes: ['VM', 'Metal'] }),
  create: (values) => new CreateSite(values),
  update: (name, values) => new ChangeSite(name, values),
  deletion: {
    command: (names) => new DeleteSite(names),
    users: async (view, name) =>
      (await view.list(site.rows, { where: { parent: name } })).rows.map(({ key: user }) => `Site ${user}`),
  },
  filters: {
    parent: byReference('parent', 'Site/Site'),
    level: {
      parameters: {
        level: { type: { kind: 'String', choices: ['soft', 'hard'] } },
        tags: { type: { kind: 'String' }, list: true, default: [] },
        size: { type: { kind: 'Integer' }, default: null },
        urgent: { type: { kind: 'Boolean' }, default: null },
        since: { type: { kind: 'DateTime' }, default: null },
        network: { type: { kind: 'Model', model: 'Net/Network' }, default: null },
      },
      where: ({ level }) => ({ level: asText(level) }),
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
    networks: action({
      parameters: {},
      returns: parameter.reference('Net/Network', { list: true }),
      permission: { grant: 'Site.view_site' },
      query: async (name, _, { view }) => (await view.keys(network.rows, { where: { site: name } })).keys,
    }),
    describe: action({
      parameters: {
        description: text(10, { required: true }),
        loud: boolean({ default: false, required: true }),
      },
      permission: { grant: 'Site.change_site' },
      command: (name, { description, loud }) => new DescribeSite(name, loud ? description.toUpperCase() : description),
    }),
    count: staticAction({
      parameters: {},
      returns: parameter.integer(),
      permission: 'session',
      query: async (_, { view }) => (await view.list(site.rows)).total,
    }),
  },
});

export const networkFields = {
  id: integer({ mode: 'RO' }),
  name: text(40, { required: true }),
  site: reference('Site/Site', { required: true }),
  neighbours: numberReference('Net/Network', { list: true, default: [] }),
  ...MOMENTS,
};

const networkModel = defineModel<Row, typeof networkFields>({
  path: 'Net/Network',
  idField: 'id',
  fields: networkFields,
  rows: network.rows,
  present: (row, id) => ({ ...row, id }),
  create: (values) => new CreateNetwork(values),
});

/** The same networks, for one protocol only, and not to be written. */
const planModel: Model<Row> = {
  path: 'Net/Plan',
  protocols: ['rest'],
  base: 'Net/Network',
  idField: 'id',
  fields: { id: integer({ mode: 'RO' }), name: text(40, { mode: 'RO' }) },
  rows: network.rows,
  present: ({ name }, id) => ({ id, name }),
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
    whoami: staticAction({
      parameters: {},
      returns: parameter.text(),
      permission: 'anybody',
      query: async (_, { caller }) => caller.principal?.name ?? 'nobody',
    }),
    logout: staticAction({ parameters: {}, permission: 'anybody', query: async () => undefined }),
  },
};

const hiddenModel: Model = { ...userModel, path: 'Auth/Hidden', protocols: ['cinp'] };

/** Their namespaces, in the order clients know them in. */
export const NAMESPACES: readonly NamespaceDeclaration[] = [
  { name: 'Auth', version: '2.0', position: 1, storesAnswers: false, refusals: { INVALID_LOGIN: 'unauthenticated' } },
  { name: 'Site', position: 2 },
  { name: 'Net', position: 3 },
];

/** The models of a small API, for the specs of this module. */
export const MODELS: readonly Model[] = [userModel, hiddenModel, siteModel, networkModel, planModel];
