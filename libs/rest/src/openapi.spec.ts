import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { openapiPieces } from './openapi.ts';
import { PROBLEMS } from './problem.ts';

interface Operation {
  readonly operationId: string;
  readonly description: string;
  readonly parameters: readonly Record<string, unknown>[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security: readonly unknown[];
  readonly 'x-permission': string;
}

const described = (namespace?: string): unknown =>
  JSON.parse([...openapiPieces(exampleCatalogue(), namespace)].join(''));

const document = described() as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<'get' | 'head' | 'put' | 'post' | 'patch' | 'delete', Operation>>>
  >;
  readonly components: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
};
const { paths, components } = document;
const METHODS = ['get', 'head', 'put', 'post', 'patch', 'delete'] as const;

it.each([undefined, 'Site', 'Auth'])('is a sound document of OpenAPI 3.1 (of %s)', async (namespace) => {
  const validator = new Validator();
  const specification = described(namespace) as Record<string, unknown>;
  expect(await validator.validate(specification)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

it.each([undefined, 'Site'])('refers to nothing that is not there (of %s)', (namespace) => {
  const { components } = described(namespace) as typeof document;
  const references = [...JSON.stringify(described(namespace)).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
  const loose = references.filter(([, kind = '', name = '']) => components[kind]?.[name] === undefined);
  expect(references.length).toBeGreaterThan(50);
  expect(loose.map(([all]) => all)).toEqual([]);
});

it('has what the catalogue has, and no more', () => {
  const found = Object.entries(paths).map(([path, item]) =>
    [path, ...METHODS.filter((method) => item[method]).map((method) => method.toUpperCase())].join(' '),
  );
  expect(found).toEqual([
    '/openapi.json GET',
    '/feed GET',
    '/events GET',
    '/history/export GET',
    '/images/{sha256} HEAD PUT',
    '/session GET POST DELETE',
    '/diff/{namespace}/{model} GET',
    '/diff/{namespace}/{model}/{id} GET POST',
    '/diff/{namespace}/{model}/{id}/{action} POST',
    '/{namespace}/openapi.json GET',
    '/problems/{name} GET',
    '/Auth/User/login POST',
    '/Auth/User/whoami POST',
    '/Auth/User/logout POST',
    '/Site/Site GET POST',
    '/Site/Site/{id} GET PATCH DELETE',
    '/Site/Site/{id}/history GET',
    '/Site/Site/{id}/getConfig POST',
    '/Site/Site/{id}/networks POST',
    '/Site/Site/{id}/describe POST',
    '/Site/Site/count POST',
    '/Net/Network GET POST',
    '/Net/Network/{id} GET',
    '/Net/Plan GET',
    '/Net/Plan/{id} GET',
  ]);
});

it('has of one namespace what belongs to it, as in the whole document', () => {
  const part = described('Net') as typeof document & { readonly tags: readonly object[] };
  expect(part.tags).toEqual([{ name: 'Net' }]);
  expect(Object.keys(part.paths).filter((path) => path.startsWith('/Net/'))).toEqual([
    '/Net/Network',
    '/Net/Network/{id}',
    '/Net/Plan',
    '/Net/Plan/{id}',
  ]);
  for (const [path, item] of Object.entries(part.paths)) expect(item).toEqual(paths[path]);
  for (const [name, schema] of Object.entries(part.components['schemas'] ?? {})) {
    expect(schema).toEqual(components['schemas']?.[name]);
  }
});

it('calls every operation by a name of its own', () => {
  const ids = Object.values(paths).flatMap((item) => METHODS.flatMap((method) => item[method]?.operationId ?? []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('call_Site_Site_getConfig');
});

it.each([
  ['/Site/Site', 'post', 'Site.add_site', 'Needs the permission `Site.add_site`.'],
  ['/Site/Site/{id}/getConfig', 'post', 'Site.view_site', 'What is configured here.\n\nNeeds the permission'],
  ['/Site/Site/count', 'post', 'session', 'Needs a session.'],
  ['/Auth/User/login', 'post', 'anybody', 'Open to anybody.'],
] as const)('%s %s says who may', (path, method, permission, doc) => {
  const operation = paths[path]?.[method];
  expect(operation?.['x-permission']).toBe(permission);
  expect(operation?.description).toContain(doc);
  expect(operation?.security).toHaveLength(permission === 'anybody' ? 0 : 3);
});

it.each([
  ['/Site/Site', 'post', ['IdempotencyKey', 'Preview', 'Reason', 'Shown']],
  ['/Site/Site/{id}', 'patch', ['IfMatch', 'IdempotencyKey', 'Preview', 'Reason', 'Shown']],
  ['/Site/Site/{id}', 'delete', ['IfMatch', 'IdempotencyKey', 'Preview', 'Reason', 'Shown']],
  ['/Site/Site/count', 'post', ['IdempotencyKey', 'Preview', 'Reason', 'Shown']],
  ['/Auth/User/login', 'post', ['Reason', 'Shown']],
  ['/Auth/User/logout', 'post', ['Reason', 'Shown']],
] as const)('%s %s names the headers it takes', (path, method, names) => {
  const taken = paths[path]?.[method].parameters.map(({ $ref }) => $ref);
  expect(taken).toEqual(names.map((name) => `#/components/parameters/${name}`));
});

describe('the fields of a model', () => {
  const schema = (name: string) => components['schemas']?.[name] as { properties: object; required?: string[] };

  it('are typed as they are read', () => {
    expect(schema('Site.Site').properties).toMatchObject({
      name: { type: 'string', maxLength: 40 },
      description: { type: 'string', maxLength: 20, description: 'In words.' },
      parent: { type: ['string', 'null'] },
      level: { type: ['string', 'null'], enum: ['soft', 'hard', null], maxLength: 4 },
      config_values: { type: 'object' },
      tags: { type: 'array', items: { type: 'string', maxLength: 10 } },
      opens: { type: ['string', 'null'], format: 'date-time' },
      weight: { type: ['integer', 'null'], readOnly: true },
      classes: { type: 'array', items: { type: 'string' }, readOnly: true },
    });
    expect(schema('Net.Network').properties).toMatchObject({
      site: { type: 'string' },
      neighbours: { type: 'array', items: { type: 'integer' } },
    });
  });

  it('are those that may be given to a new object, and that have to be', () => {
    const { properties, required } = schema('Site.Site.new');
    expect(Object.keys(properties)).toEqual(
      'name description parent level config_values tags size ratio urgent opens'.split(' '),
    );
    expect(properties).toMatchObject({ level: { default: 'soft' }, config_values: { default: {} } });
    expect(required).toEqual(['name', 'description']);
  });

  it('are those that may be changed', () => {
    expect(Object.keys(schema('Site.Site.changes').properties)).toEqual(
      'description parent level config_values tags size ratio urgent opens'.split(' '),
    );
    expect(schema('Site.Site.changes')).not.toHaveProperty('required');
    expect(components['schemas']).not.toHaveProperty(['Net.Network.changes']);
  });
});

it('names the filters of a list, and what they take', () => {
  const parameters = paths['/Site/Site']?.get.parameters ?? [];
  expect(parameters.map(({ name, $ref }) => name ?? $ref)).toEqual([
    'filter',
    'parent',
    'level',
    'tags',
    'size',
    'urgent',
    'since',
    'network',
    '#/components/parameters/Position',
    '#/components/parameters/Count',
    '#/components/parameters/At',
    '#/components/parameters/Shown',
  ]);
  expect(parameters[0]).toMatchObject({ schema: { enum: ['parent', 'level'] } });
});

it('describes every problem under its status', () => {
  for (const { status, title } of Object.values(PROBLEMS)) {
    expect(components['responses']?.[status]?.['description']).toContain(title);
  }
});
