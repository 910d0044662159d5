import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import type { Action, Field, Filter, Model, Parameter } from '#api';
import { Catalogue } from '#api';
import { describeAction, describeModel, describeNamespace, describeRoot } from './describe.ts';
import { MODELS, NAMESPACES } from '../test/example-models.ts';

interface Told {
  readonly name: string;
  readonly type: string;
  readonly length?: number;
  readonly uri?: string;
  readonly choices?: readonly string[];
  readonly is_array?: true;
  readonly default?: Json;
  readonly mode: Field['mode'];
  readonly required: boolean;
}

interface ToldModel {
  readonly name: string;
  readonly fields: readonly Told[];
  readonly 'id-field-name'?: string;
  readonly 'not-allowed-verbs': readonly string[];
  readonly actions: Readonly<Record<string, ToldAction>>;
  readonly 'list-filters': Readonly<Record<string, readonly Told[]>>;
}

interface ToldAction {
  readonly static: boolean;
  readonly 'return-type': Omit<Told, 'type'> & { readonly type: string | null };
  readonly paramaters: readonly Told[];
}

const recorded = JSON.parse(readFileSync('test/cases/describe.json', 'utf8')) as Readonly<
  Record<string, { readonly models: Readonly<Record<string, ToldModel>> }>
>;

const parameter = (told: Omit<Told, 'type'> & { type: string }): Parameter => ({
  type: {
    kind: told.type,
    ...(told.length === undefined ? {} : { length: told.length }),
    ...(told.choices ? { choices: told.choices } : {}),
    ...(told.uri ? { model: told.uri.replace('/api/v1/', '') } : {}),
  } as Parameter['type'],
  ...(told.is_array ? { list: true } : {}),
  ...(told.default === undefined ? {} : { default: told.default }),
});

const byName = (told: readonly Told[]): Record<string, Parameter> =>
  Object.fromEntries(told.map((one) => [one.name, parameter(one)]));

const action = (told: ToldAction): Action => {
  const { type, ...rest } = told['return-type'];
  return {
    static: told.static,
    parameters: byName(told.paramaters),
    ...(type === null ? {} : { returns: parameter({ ...rest, type }) }),
    permission: 'anybody',
    run: { query: async () => null },
  };
};

/** What is only described is never asked for. */
const nothing = (): never => {
  throw new Error('a description asks for no command');
};

/** The declaration a recorded description would have come from. */
function declared(namespace: string, told: ToldModel): Model {
  const allowed = (verb: string): boolean => !told['not-allowed-verbs'].includes(verb);
  const rows = MODELS.find(({ path }) => path === 'Site/Site')?.rows;
  return {
    path: `${namespace}/${told.name}`,
    fields: Object.fromEntries(
      told.fields.map((field) => [field.name, { ...parameter(field), mode: field.mode, required: field.required }]),
    ),
    ...(told['id-field-name'] ? { idField: told['id-field-name'] } : {}),
    ...(rows && allowed('GET') ? { rows } : {}),
    ...(allowed('CREATE') ? { create: nothing } : {}),
    ...(allowed('UPDATE') ? { update: nothing } : {}),
    ...(allowed('DELETE') ? { deletion: { command: nothing } } : {}),
    actions: Object.fromEntries(Object.entries(told.actions).map(([name, one]) => [name, action(one)])),
    filters: Object.fromEntries(
      Object.entries(told['list-filters']).map(([name, told]): [string, Filter] => [
        name,
        { parameters: byName(told), where: () => null },
      ]),
    ),
  };
}

describe('a description is as the first server gave it', () => {
  const models = Object.entries(recorded).flatMap(([namespace, { models }]) =>
    Object.values(models).map((told) => [namespace.split('/')[3] ?? '', told] as const),
  );

  it.each(models.map(([namespace, told]) => [`${namespace}/${told.name}`, namespace, told] as const))(
    'of %s',
    (path, namespace, told) => {
      const model = declared(namespace, told);
      const said = describeModel(model);
      // Some models without actions once refused CALL, most did not.
      const verbs = told['not-allowed-verbs'].filter((verb) => verb !== 'CALL');
      const disallowed = expect.arrayContaining(verbs);
      expect(said).toEqual({
        ...told,
        path: `/api/v1/${path}`,
        actions: Object.keys(told.actions).map((name) => `/api/v1/${path}(${name})`),
        'not-allowed-verbs': disallowed,
        'not-allowed-methods': disallowed,
      });
      expect(said['not-allowed-verbs']).toHaveLength(verbs.length);
      for (const [name, one] of Object.entries(told.actions)) {
        expect(describeAction(path, name, action(one))).toEqual({
          ...one,
          name,
          path: `/api/v1/${path}(${name})`,
          parameters: one.paramaters,
        });
      }
    },
  );
});

describe('a description of', () => {
  const catalogue = new Catalogue(MODELS, [], NAMESPACES);
  const fieldsOf = (path: string) => {
    const model = MODELS.find((one) => one.path === path);
    if (!model) throw new Error(path);
    return describeModel(model)['fields'] as readonly Told[];
  };

  it('the root', () => {
    expect(describeRoot(catalogue)).toEqual({
      name: 'root',
      path: '/api/v1/',
      'api-version': '1.0',
      'multi-uri-max': 100,
      namespaces: ['Auth', 'Site', 'Utilities', 'Building', 'Foreman', 'Manual', 'Blade'].map((n) => `/api/v1/${n}/`),
      models: [],
    });
  });

  it('a namespace', () => {
    const site = catalogue.namespaces.find(({ name }) => name === 'Site');
    expect(site && describeNamespace(site)).toEqual({
      name: 'Site',
      path: '/api/v1/Site/',
      'api-version': '0.1',
      'multi-uri-max': 100,
      namespaces: [],
      models: ['/api/v1/Site/Site'],
    });
  });

  it('fields that travel as text says so', () => {
    expect(fieldsOf('Building/Foundation').filter(({ name }) => ['id_map', 'class_list'].includes(name))).toEqual([
      { name: 'id_map', type: 'String', default: null, mode: 'RW', required: false },
      { name: 'class_list', type: 'String', default: null, mode: 'RO', required: false },
    ]);
  });

  it('a model carries its words, its constants, and what it does not answer', () => {
    const site = catalogue.model('Site/Site');
    expect(site && describeModel(site)).toMatchObject({
      doc: 'A place.',
      constants: { LEVELS: '3' },
      'not-allowed-verbs': [],
    });
    const job = catalogue.model('Foreman/BaseJob');
    expect(job && describeModel(job)).toMatchObject({
      'id-field-name': 'id',
      'not-allowed-verbs': ['GET', 'LIST', 'CREATE', 'UPDATE', 'DELETE'],
    });
  });
});
