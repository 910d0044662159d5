import type { Catalogue, Model } from '#api';
import { namespaceOf } from '#api';
import type { Operation } from './openapi-operations.ts';
import { calling, ETAG, headers, json, ON_MODEL, ON_OBJECT, problems, reading } from './openapi-operations.ts';
import { part, SESSION } from './openapi-parts.ts';
import type { Schema } from './openapi-schemas.ts';
import { idSchema } from './openapi-schemas.ts';
import type { Method } from './routes.ts';
import { methodsOf } from './routes.ts';

type Part = Readonly<Record<string, unknown>>;
type PathItem = Readonly<Record<string, unknown>>;

const operations = (
  model: Model,
  catalogue: Catalogue,
  table: Readonly<Partial<Record<Method, Operation>>>,
  methods: readonly Method[],
): PathItem =>
  Object.fromEntries(
    methods.map((method) => [
      method.toLowerCase(),
      { tags: [namespaceOf(model.path)], ...table[method]?.(model, catalogue) },
    ]),
  );

const withId = (model: Model, catalogue: Catalogue): Part => ({
  parameters: [{ name: 'id', in: 'path', required: true, schema: idSchema(model.path, catalogue) }],
});

/** The paths of a model: its objects, one object, and what can be called on either. */
export function modelPaths(model: Model, catalogue: Catalogue): Readonly<Record<string, PathItem>> {
  const { path, actions = {} } = model;
  const onModel = methodsOf({ kind: 'model', model });
  const onObject = methodsOf({ kind: 'object', model, id: '' });
  return {
    ...(onModel.length > 0 ? { [`/${path}`]: operations(model, catalogue, ON_MODEL, onModel) } : {}),
    ...(onObject.length > 0
      ? { [`/${path}/{id}`]: { ...withId(model, catalogue), ...operations(model, catalogue, ON_OBJECT, onObject) } }
      : {}),
    ...Object.fromEntries(
      Object.entries(actions).flatMap(([name, action]): [string, PathItem][] => {
        const post = { tags: [namespaceOf(path)], ...calling(model, name, action, catalogue) };
        const called: [string, PathItem] = action.static
          ? [`/${path}/${name}`, { post }]
          : [`/${path}/{id}/${name}`, { ...withId(model, catalogue), post }];
        if (action.page === undefined) return [called];
        const get = { tags: [namespaceOf(path)], ...reading(model, name, action, catalogue) };
        return [called, [`/${action.page}`, { get }]];
      }),
    ),
  };
}

const constantPage = (
  operationId: string,
  summary: string,
  schema: Schema,
  parameters: readonly Part[] = [],
): Part => ({
  operationId,
  summary,
  description: 'Open to anybody.',
  security: [],
  'x-permission': 'anybody',
  parameters: [...parameters, part('parameters', 'IfNoneMatch')],
  responses: {
    200: { description: 'It.', headers: headers(ETAG), content: json(schema) },
    304: { description: 'It is still what the reader knows.', headers: headers(ETAG) },
    ...problems(404),
  },
});

const query = (name: string, type: string, description: string): Part => ({
  name,
  in: 'query',
  description,
  schema: { type },
});

/** The progress of jobs; its permission is that of the jobs that are told of. */
const feed: Part = {
  operationId: 'follow_jobs',
  summary: 'The progress of jobs',
  description: 'Server-sent events of one job, of the jobs of a site, or of all, for as long as the client stays.',
  security: SESSION,
  'x-permission': 'session',
  parameters: [
    query('job', 'integer', 'Id of a job.'),
    query('site', 'string', 'Name of a site.'),
    query('after', 'string', 'Tells what stands behind this position of the log, instead of what is now.'),
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The id of the last event that was told, as `after`.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: {
      description: 'The stream.',
      headers: headers(),
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    204: { description: 'The job is over, and all of it was told.', headers: headers() },
    ...problems(404),
  },
};

/** The paths that belong to no model. */
export const commonPaths = (problemNames: readonly string[]): Readonly<Record<string, PathItem>> => ({
  '/openapi.json': { get: constantPage('get_openapi', 'This document', { type: 'object' }) },
  '/feed': { get: feed },
  '/{namespace}/openapi.json': {
    get: constantPage('get_openapi_of_namespace', 'The part of this document about one namespace', { type: 'object' }, [
      { name: 'namespace', in: 'path', required: true, schema: { type: 'string' } },
    ]),
  },
  '/problems/{name}': {
    get: constantPage('get_problem', 'What a problem means', part('schemas', 'ProblemKind'), [
      { name: 'name', in: 'path', required: true, schema: { type: 'string', enum: problemNames } },
    ]),
  },
});
