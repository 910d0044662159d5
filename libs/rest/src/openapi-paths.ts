import type { Catalogue, Model } from '#api';
import { namespaceOf } from '#api';
import type { Operation } from './openapi-operations.ts';
import {
  calling,
  ETAG,
  headers,
  json,
  ON_HISTORY,
  ON_MODEL,
  ON_OBJECT,
  problems,
  reading,
} from './openapi-operations.ts';
import { part, SESSION } from './openapi-parts.ts';
import type { Schema } from './openapi-schemas.ts';
import { SESSION_PATH } from './openapi-session.ts';
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
  const past = methodsOf({ kind: 'history', model, id: '' });
  const told = operations(model, catalogue, ON_HISTORY, past);
  return {
    ...(onModel.length > 0 ? { [`/${path}`]: operations(model, catalogue, ON_MODEL, onModel) } : {}),
    ...(onObject.length > 0
      ? { [`/${path}/{id}`]: { ...withId(model, catalogue), ...operations(model, catalogue, ON_OBJECT, onObject) } }
      : {}),
    ...(past.length > 0 ? { [`/${path}/{id}/history`]: { ...withId(model, catalogue), ...told } } : {}),
    ...Object.fromEntries(
      Object.entries(actions).flatMap(([name, action]): [string, PathItem][] => {
        const post = { tags: [namespaceOf(path)], ...calling(model, name, action, catalogue) };
        const called: [string, PathItem] = action.static
          ? [`/${path}/${name}`, { post }]
          : [`/${path}/{id}/${name}`, { ...withId(model, catalogue), ...(name === 'history' ? told : {}), post }];
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

const LAST_EVENT_ID: Part = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event that was told, as `after`.',
  schema: { type: 'string' },
};

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
    LAST_EVENT_ID,
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

const inPath = (name: string): Part => ({ name, in: 'path', required: true, schema: { type: 'string' } });

/** What is different, between two moments, in what stands at a path; it takes the permission that takes. */
const different = (operationId: string, of: string, schema: Schema, names: readonly string[]): Part => ({
  operationId,
  summary: `What is different of ${of} between two moments`,
  description: 'Needs the permission that looking at it needs.',
  security: SESSION,
  'x-permission': 'session',
  parameters: [...names.map(inPath), ...['From', 'To', 'Shown'].map((name) => part('parameters', name))],
  responses: {
    200: { description: 'The differences.', headers: headers(), content: json(schema) },
    ...problems(404, 409, 422),
  },
});

const spanned = (properties: Schema): Schema => ({
  type: 'object',
  properties: { from: { type: 'integer' }, to: { type: 'integer' }, ...properties },
  required: ['from', 'to', ...Object.keys(properties)],
});
const differenceList: Schema = { type: 'array', items: part('schemas', 'Difference') };
const objectList: Schema = { type: 'array', items: { type: 'object', additionalProperties: true } };
const ofCalls = spanned({ differences: differenceList });
const callBody = { requestBody: { content: json({ type: 'object', additionalProperties: true }) } };

const differencePaths: Readonly<Record<string, PathItem>> = {
  '/diff/{namespace}/{model}': {
    get: different(
      'diff_list',
      'a list (all objects, or those of a filter with its parameters)',
      spanned({
        added: objectList,
        removed: objectList,
        changed: {
          type: 'array',
          items: {
            type: 'object',
            properties: { id: { type: ['string', 'integer'] }, differences: differenceList },
            required: ['id', 'differences'],
          },
        },
      }),
      ['namespace', 'model'],
    ),
  },
  '/diff/{namespace}/{model}/{id}': {
    get: different(
      'diff_object',
      'an object',
      spanned({ change: { enum: ['created', 'changed', 'deleted', 'none'] }, differences: differenceList }),
      ['namespace', 'model', 'id'],
    ),
    post: {
      ...different('diff_static_call', 'what an action of a model answers', ofCalls, ['namespace', 'model', 'id']),
      ...callBody,
    },
  },
  '/diff/{namespace}/{model}/{id}/{action}': {
    post: {
      ...different('diff_call', 'what an action of an object answers', ofCalls, ['namespace', 'model', 'id', 'action']),
      ...callBody,
    },
  },
};

/** Which public events are meant. */
const SELECTION: readonly Part[] = [
  {
    name: 'kind',
    in: 'query',
    description: 'Kinds, or patterns of kinds: `foundation.built`, `job.*`, `*.deleted`.',
    schema: { type: 'array', items: { type: 'string' } },
  },
  query('site', 'string', 'Name of a site: its events, and those of the sites within it.'),
  query('blueprint', 'string', 'Name of a blueprint: events of what is made from it, or from one that comes from it.'),
  query('model', 'string', 'Path of a model: events that touch its objects.'),
  query('id', 'string', 'Id of an object of that model.'),
];

/** Public events; its permissions are those of the objects that are told of. */
const events: Part = {
  operationId: 'list_events',
  summary: 'Public events',
  description:
    'A page of public events; to those who accept `text/event-stream`, all that come for as long as the client stays.',
  security: SESSION,
  'x-permission': 'session',
  parameters: [
    query(
      'after',
      'string',
      'A position of the log, or a time (ISO 8601): tells what stands behind it. Left out: where the log is now.',
    ),
    query('count', 'integer', 'How many at the most, from 1 to 500 (100).'),
    ...SELECTION,
    LAST_EVENT_ID,
  ],
  responses: {
    200: {
      description: 'The events, or the stream.',
      headers: headers(),
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['events', 'end', 'more'],
            properties: {
              events: { type: 'array', items: { type: 'object' } },
              end: { type: 'string', description: 'How far the log was looked through: `after` of the next page.' },
              more: { type: 'boolean', description: 'Whether there may be more behind that.' },
            },
          },
        },
        'text/event-stream': { schema: { type: 'string' } },
      },
    },
    ...problems(404),
  },
};

/** What has happened, all of it; its permissions are those of the objects that are told of. */
const historyExport: Part = {
  operationId: 'export_history',
  summary: 'History, as lines of JSON',
  description:
    'A line of JSON for each public event of a span of the log, in its order. The last line is `{"complete": true, …}`; where it is missing, or says `false`, the export was cut off.',
  security: SESSION,
  'x-permission': 'session',
  parameters: [
    query('from', 'string', 'A position of the log, or a time (ISO 8601): tells what stands behind it. Left out: all.'),
    query('to', 'string', 'The same: tells what stands up to it. Left out: where the log is now.'),
    ...SELECTION,
    query('actor', 'string', 'Only what this user or service has asked for.'),
    query('differences', 'boolean', 'Whether each line tells how its object was before and after, field by field.'),
  ],
  responses: {
    200: {
      description: 'The lines.',
      headers: headers(),
      content: { 'application/x-ndjson': { schema: { type: 'string' } } },
    },
    ...problems(404),
  },
};

const SHA256: Part = {
  name: 'sha256',
  in: 'path',
  required: true,
  description: 'Of the file: 64 hexadecimal digits in lower case.',
  schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
};

/** Files of images, which are sent before their images are added. */
const imageFile: PathItem = {
  put: {
    operationId: 'put_image_file',
    summary: 'Sends the file of an image',
    description: 'Content-Length has to be sent. A file that is there already is not received again.',
    security: SESSION,
    'x-permission': 'Image.add_image',
    parameters: [SHA256],
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    responses: {
      200: {
        description: 'It is there.',
        headers: headers(),
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['sha256', 'size'],
              properties: { sha256: { type: 'string' }, size: { type: 'integer' } },
            },
          },
        },
      },
      ...problems(409, 413, 422),
    },
  },
  head: {
    operationId: 'head_image_file',
    summary: 'Whether the file of an image is there',
    security: SESSION,
    'x-permission': 'Image.add_image',
    parameters: [SHA256],
    responses: { 200: { description: 'It is there.', headers: headers() }, ...problems(404) },
  },
};

/** The paths that belong to no model. */
export const commonPaths = (problemNames: readonly string[]): Readonly<Record<string, PathItem>> => ({
  '/openapi.json': { get: constantPage('get_openapi', 'This document', { type: 'object' }) },
  '/feed': { get: feed },
  '/events': { get: events },
  '/history/export': { get: historyExport },
  '/images/{sha256}': imageFile,
  '/session': SESSION_PATH,
  ...differencePaths,
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
