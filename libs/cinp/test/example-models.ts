import type { Caller, UnitOfWork } from '#kernel';
import { Conflict, refuse, refuseAs, streamName } from '#kernel';
import type { Key } from '#read-store';
import type { Model, NamespaceDeclaration, Values } from '#api';
import { boolean, dateTime, integer, map, reference, text, uriOf } from '#api';
import { DeleteThings, ExampleCommand } from './example-commands.ts';
import type { Kind, Row } from './example-kinds.ts';
import { foundation, network, site } from './example-kinds.ts';

const exists = async (
  work: UnitOfWork,
  field: string,
  { decider }: Kind,
  path: string,
  key: unknown,
): Promise<void> => {
  if (typeof key !== 'string' || (await work.load(decider, key)).value) return;
  const text = `Object "${uriOf(path, key)}" for model "/api/v1/${path}" NotFound`;
  work.fault(field, 'INVALID_VALUE', text);
};

const MOMENTS = { updated: dateTime({ mode: 'RO' }), created: dateTime({ mode: 'RO' }) } as const;

const siteModel: Model<Row> = {
  path: 'Site/Site',
  doc: 'A place.',
  idField: 'name',
  constants: { LEVELS: '3' },
  fields: {
    name: text(40, { mode: 'RC', required: true }),
    description: text(200, { required: true }),
    parent: reference('Site/Site'),
    config_values: map({ default: {} }),
    message: text(20),
    ...MOMENTS,
  },
  rows: site.rows,
  create: (values) =>
    new ExampleCommand<Key>(async (work) => {
      const name = String(values['name']);
      if (name.startsWith('-')) work.fault('name', 'PATTERN', 'Invalid');
      if (name && name === values['description']) work.fault('', 'SAME', 'name and description are the same');
      if (values['message'] === 'bad') work.fault('message', 'BAD', 'is bad');
      await exists(work, 'parent', site, 'Site/Site', values['parent']);
      await work.decide(site.decider, name, { type: 'Define', data: values });
      return name;
    }),
  update: (key, values) =>
    new ExampleCommand(async (work) => {
      await exists(work, 'parent', site, 'Site/Site', values['parent']);
      await work.decide(site.decider, key, { type: 'Change', data: values });
    }),
  deletion: {
    command: (keys) => new DeleteThings('Site/Site', site, keys),
    users: async (view, key) =>
      (await view.list(foundation.rows, { where: { site: String(key) } })).rows.map(
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
    getConfig: {
      doc: 'What is configured here.',
      parameters: {},
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Site.view_site' },
      run: { query: async (key, _, { view }) => (await view.get(site.rows, key ?? ''))?.['config_values'] },
    },
    count: {
      parameters: {},
      returns: { type: { kind: 'Integer' } },
      permission: { grant: 'Site.view_site' },
      run: { query: async () => 1n },
    },
    rename: {
      parameters: {
        description: { type: { kind: 'String', length: 10 } },
        loud: { type: { kind: 'Boolean' }, default: false },
      },
      permission: { grant: 'Site.change_site' },
      run: {
        command: (key, { description, loud }) =>
          new ExampleCommand(async (work) => {
            if (description === 'taken') throw new Conflict([streamName('site', String(key))]);
            if (description === 'job') throw refuseAs('ForemanException', 'JOB_EXISTS', 'target has an existing job');
            if (description === 'bug') throw new Error('the reason', { cause: 'password=hunter2' });
            const data = { description: loud ? String(description).toUpperCase() : description };
            await work.decide(site.decider, key ?? '', { type: 'Change', data });
          }),
      },
    },
  },
};

const FOUNDATION = {
  locator: text(100, { mode: 'RC', required: true }),
  site: reference('Site/Site', { required: true }),
  id_map: map({ asText: true }),
  located_at: dateTime(),
  type: text(undefined, { mode: 'RO' }),
  class_list: text(undefined, { mode: 'RO', list: true, asText: true }),
} as const;

const presentFoundation = (row: Row): Values => ({ ...row, class_list: ['VM', 'Metal'] });
const changeFoundation: Model['update'] = (key, data) =>
  new ExampleCommand(async (work) => void (await work.decide(foundation.decider, key, { type: 'Change', data })));

const foundationModel: Model<Row> = {
  path: 'Building/Foundation',
  idField: 'locator',
  fields: { ...FOUNDATION, structure: reference('Building/Foundation', { mode: 'RO' }) },
  rows: foundation.rows,
  present: presentFoundation,
  update: changeFoundation,
  deletion: { command: (keys) => new DeleteThings('Building/Foundation', foundation, keys) },
  filters: {
    site: {
      parameters: { site: { type: { kind: 'Model', model: 'Site/Site' } } },
      where: ({ site: of }) => ({ site: of as string | null }),
    },
  },
  actions: {
    getJob: {
      parameters: {},
      returns: { type: { kind: 'Model', model: 'Utilities/Network' } },
      permission: { grant: 'Building.view_foundation' },
      run: { command: (key) => new ExampleCommand(async () => (key === 'busy' ? 7 : null)) },
    },
    getFoundationTypes: {
      static: true,
      parameters: {},
      returns: { type: { kind: 'String' }, list: true },
      permission: 'anybody',
      run: { query: async () => ['Manual'] },
    },
  },
};

const manualModel: Model<Row> = {
  ...foundationModel,
  path: 'Manual/ManualFoundation',
  base: 'Building/Foundation',
  fields: FOUNDATION,
  kind: { type: 'Manual' },
  create: (values) =>
    new ExampleCommand<Key>(async (work) => {
      const key = String(values['locator']);
      await work.decide(foundation.decider, key, { type: 'Define', data: { ...values, type: 'Manual' } });
      return key;
    }),
};

const { create: _, ...notCreated } = manualModel;
const bladeModel: Model<Row> = { ...notCreated, path: 'Blade/BladeFoundation', kind: { type: 'Blade' } };

const networkModel: Model<Row> = {
  path: 'Utilities/Network',
  idField: 'id',
  fields: {
    name: text(40, { required: true }),
    site: reference('Site/Site', { required: true }),
    mtu: integer(),
    level: text(4, { choices: ['soft', 'hard'], default: 'soft' }),
    neighbours: reference('Utilities/Network', { list: true, default: [] }),
    is_primary: boolean({ default: false }),
    expires: dateTime(),
    size: integer({ mode: 'RO', asText: true }),
    isIpV4: boolean({ mode: 'RO', asText: true }),
    id: integer({ mode: 'RO' }),
  },
  rows: network.rows,
  present: (row, id) => ({ ...row, id, size: 254, isIpV4: true }),
  create: (data) =>
    new ExampleCommand<Key>(async (work) => {
      const id = Number(data['mtu']);
      await work.decide(network.decider, id, { type: 'Define', data });
      return id;
    }),
};

const jobModel: Model<Row> = {
  path: 'Foreman/BaseJob',
  idField: 'id',
  fields: { id: integer({ mode: 'RO' }), can_start: boolean({ mode: 'RO', asText: true }) },
  rows: network.rows,
  readable: false,
  actions: {
    pause: { parameters: {}, permission: 'session', run: { command: () => new ExampleCommand(async () => undefined) } },
  },
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
          return `token-of-${String(username)}`;
        },
      },
    },
    logout: { static: true, parameters: {}, permission: 'anybody', run: { query: async () => undefined } },
    whoami: {
      static: true,
      parameters: {},
      returns: { type: { kind: 'String' } },
      permission: 'anybody',
      run: { query: async (_, __, { caller }: { caller: Caller }) => caller.principal?.name ?? 'AnonymousUser' },
    },
  },
};

/** Its namespaces. */
export const NAMESPACES: readonly NamespaceDeclaration[] = [
  { name: 'Auth', position: 10, version: '2.0', storesAnswers: false },
  ...['Site', 'Utilities', 'Building', 'Foreman'].map((name, n) => ({ name, position: 20 + n })),
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
