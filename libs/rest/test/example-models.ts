import type { UnitOfWork } from '#kernel';
import { Conflict, refuse, refuseAs } from '#kernel';
import type { Key } from '#read-store';
import type { Model, NamespaceDeclaration } from '#api';
import { asText, boolean, byReference, dateTime, integer, map, reference, text } from '#api';
import type { Row } from './example-things.ts';
import { DeleteThings, ExampleCommand } from './example-commands.ts';
import { network, site } from './example-things.ts';

const MOMENTS = { updated: dateTime({ mode: 'RO' }), created: dateTime({ mode: 'RO' }) } as const;

const siteThere = async (work: UnitOfWork, field: string, key: unknown): Promise<void> => {
  if (typeof key !== 'string' || (await work.load(site.decider, key)).stage === 'active') return;
  work.fault(field, 'INVALID_VALUE', `there is no site ${key}`);
};

const siteModel: Model<Row> = {
  path: 'Site/Site',
  doc: 'A place.',
  idField: 'name',
  fields: {
    name: text(40, { mode: 'RC', required: true }),
    description: text(20, { required: true, doc: 'In words.' }),
    parent: reference('Site/Site'),
    level: text(4, { choices: ['soft', 'hard'], default: 'soft' }),
    config_values: map({ default: {} }),
    tags: text(10, { list: true, default: [] }),
    size: integer(),
    ratio: { type: { kind: 'Float' }, mode: 'RW', required: false },
    urgent: boolean({ default: false }),
    opens: dateTime(),
    weight: integer({ mode: 'RO', asText: true }),
    classes: text(undefined, { mode: 'RO', list: true, asText: true }),
    ...MOMENTS,
  },
  rows: site.rows,
  present: (row, name) => ({ ...row, name, weight: 254, classes: ['VM', 'Metal'] }),
  create: (values) =>
    new ExampleCommand<Key>(async (work) => {
      await siteThere(work, 'parent', values['parent']);
      await work.decide(site.decider, asText(values['name']), { type: 'DefineSite', data: values });
      return asText(values['name']);
    }),
  update: (key, values) =>
    new ExampleCommand(async (work) => {
      await siteThere(work, 'parent', values['parent']);
      await work.decide(site.decider, key, { type: 'ChangeSite', data: values });
    }),
  deletion: {
    command: (keys) => new DeleteThings('Site/Site', site, keys),
    users: async (view, key) =>
      (await view.list(site.rows, { where: { parent: key } })).rows.map(({ key: user }) => `Site ${user}`),
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
    getConfig: {
      doc: 'What is configured here.',
      parameters: {},
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Site.view_site' },
      run: { query: async (key, _, { view }) => (await view.get(site.rows, key ?? ''))?.['config_values'] },
    },
    networks: {
      parameters: {},
      returns: { type: { kind: 'Model', model: 'Net/Network' }, list: true },
      permission: { grant: 'Site.view_site' },
      run: {
        query: async (key, _, { view }) => (await view.keys(network.rows, { where: { site: key ?? '' } })).keys,
      },
    },
    describe: {
      parameters: {
        description: { type: { kind: 'String', length: 10 } },
        loud: { type: { kind: 'Boolean' }, default: false },
      },
      permission: { grant: 'Site.change_site' },
      run: {
        command: (key, { description, loud }) =>
          new ExampleCommand(async (work) => {
            if (description === 'taken') throw new Conflict([`site-${key}`]);
            if (description === 'job') throw refuseAs('ForemanException', 'JOB_EXISTS', 'there is a job at work');
            if (description === 'bug') throw new Error('the reason', { cause: 'password=hunter2' });
            const data = { description: loud ? asText(description).toUpperCase() : description };
            await work.decide(site.decider, key ?? '', { type: 'ChangeSite', data });
          }),
      },
    },
    count: {
      static: true,
      parameters: {},
      returns: { type: { kind: 'Integer' } },
      permission: 'session',
      run: { query: async (_, __, { view }) => (await view.list(site.rows)).total },
    },
  },
};

const networkModel: Model<Row> = {
  path: 'Net/Network',
  idField: 'id',
  fields: {
    id: integer({ mode: 'RO' }),
    name: text(40, { required: true }),
    site: reference('Site/Site', { required: true }),
    neighbours: reference('Net/Network', { list: true, default: [] }),
    ...MOMENTS,
  },
  rows: network.rows,
  present: (row, id) => ({ ...row, id }),
  create: (values) =>
    new ExampleCommand<Key>(async (work) => {
      await siteThere(work, 'site', values['site']);
      const id = Number(asText(values['name']).replace(/\D/g, ''));
      await work.decide(network.decider, id, { type: 'DefineNetwork', data: values });
      return id;
    }),
};

/** The same networks, for one face only, and not to be written. */
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
    login: {
      static: true,
      parameters: { username: { type: { kind: 'String' } }, password: { type: { kind: 'String' } } },
      returns: { type: { kind: 'String' } },
      permission: 'anybody',
      ignoresSession: true,
      run: {
        query: async (_, { username, password }) => {
          if (password !== 'secret') throw refuse('', 'INVALID_LOGIN', 'Invalid Login');
          return `token-of-${asText(username)}`;
        },
      },
    },
    whoami: {
      static: true,
      parameters: {},
      returns: { type: { kind: 'String' } },
      permission: 'anybody',
      run: { query: async (_, __, { caller }) => caller.principal?.name ?? 'nobody' },
    },
    logout: { static: true, parameters: {}, permission: 'anybody', run: { query: async () => undefined } },
  },
};

const hiddenModel: Model = { ...userModel, path: 'Auth/Hidden', protocols: ['cinp'] };

/** Its namespaces. */
export const NAMESPACES: readonly NamespaceDeclaration[] = [
  { name: 'Auth', position: 1, storesAnswers: false, refusals: { INVALID_LOGIN: 'unauthenticated' } },
];

/** The models of a small API, for the specs of this module. */
export const MODELS: readonly Model[] = [userModel, hiddenModel, siteModel, networkModel, planModel];
