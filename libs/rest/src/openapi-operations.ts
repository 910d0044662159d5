import type { Action, Catalogue, Filter, Model, Permission } from '#api';
import { permissionFor } from '#api';
import { mayBeStored } from './idempotency.ts';
import { PARAMETERS, part, SESSION } from './openapi-parts.ts';
import { HISTORY_PAGE } from './past-operations.ts';
import type { Schema } from './openapi-schemas.ts';
import { answerSchema, argumentsSchema, nameOf, schemaOf } from './openapi-schemas.ts';
import type { Method } from './routes.ts';

type Part = Readonly<Record<string, unknown>>;

/** A body of JSON. */
export const json = (schema: Schema): Part => ({ 'application/json': { schema } });

/** The headers of a success, those of every one included. */
export const headers = (...names: readonly (readonly [name: string, part: string])[]): Part => ({
  'Contractor-Request': part('headers', 'Request'),
  'Contractor-Position': part('headers', 'Position'),
  ...Object.fromEntries(names.map(([name, header]) => [name, part('headers', header)])),
});

const PENDING = ['Contractor-Pending', 'Pending'] as const;
export const ETAG = ['ETag', 'ETag'] as const;

/** A problem every operation may end in, and those of one operation. */
export const problems = (...statuses: readonly number[]): Part =>
  Object.fromEntries(
    [400, 401, 403, ...statuses, 500, 503]
      .toSorted((a, b) => a - b)
      .map((one) => [one, part('responses', String(one))]),
  );

const nameOfPermission = (permission: Permission): string =>
  typeof permission === 'string' ? permission : permission.grant;

const NEEDS: Readonly<Record<string, string>> = {
  anybody: 'Open to anybody.',
  session: 'Needs a session.',
};

/** Who may, for people and for programs. */
function guarded(permission: Permission, doc: string | undefined): Part {
  const name = nameOfPermission(permission);
  const needs = NEEDS[name] ?? `Needs the permission \`${name}\`.`;
  return {
    description: [doc, needs].filter((line) => line !== undefined).join('\n\n'),
    security: permission === 'anybody' ? [] : SESSION,
    'x-permission': name,
  };
}

/** The headers of what changes something. */
const command = (model: Model, catalogue: Catalogue): readonly Part[] => [
  ...(mayBeStored(catalogue, model) ? [part('parameters', 'IdempotencyKey'), part('parameters', 'Preview')] : []),
  part('parameters', 'Reason'),
  part('parameters', 'Shown'),
];

/** How an operation is described. */
export type Operation = (model: Model, catalogue: Catalogue) => Part;

const schemaNamed = (model: Model, suffix = ''): Part => part('schemas', `${nameOf(model)}${suffix}`);

/** What can be done with a model. */
export const ON_MODEL: Readonly<Partial<Record<Method, Operation>>> = {
  GET: (model, catalogue) => ({
    operationId: `list_${idOf(model)}`,
    summary: `Lists objects of ${model.path}`,
    ...guarded(permissionFor(model, 'view'), undefined),
    parameters: [
      ...filterParameters(model.filters ?? {}, catalogue),
      ...['Position', 'Count', 'At', 'Shown'].map((name) => part('parameters', name)),
    ],
    responses: {
      200: { description: 'A page of them.', headers: headers(), content: json(schemaNamed(model, '.page')) },
      ...problems(),
    },
  }),
  POST: (model, catalogue) => ({
    operationId: `create_${idOf(model)}`,
    summary: `Creates an object of ${model.path}`,
    ...guarded(permissionFor(model, 'add'), undefined),
    parameters: command(model, catalogue),
    requestBody: { required: true, content: json(schemaNamed(model, '.new')) },
    responses: {
      201: {
        description: 'The new object.',
        headers: headers(PENDING, ETAG, ['Location', 'Location']),
        content: json(schemaNamed(model)),
      },
      ...problems(409, 413, 415, 422),
    },
  }),
};

/** What can be done with an object. */
export const ON_OBJECT: Readonly<Partial<Record<Method, Operation>>> = {
  GET: (model) => ({
    operationId: `get_${idOf(model)}`,
    summary: `Shows an object of ${model.path}`,
    ...guarded(permissionFor(model, 'view'), undefined),
    parameters: ['At', 'IfNoneMatch', 'Shown'].map((name) => part('parameters', name)),
    responses: {
      200: { description: 'The object.', headers: headers(ETAG), content: json(schemaNamed(model)) },
      304: { description: 'It is still what the reader knows.', headers: headers(ETAG) },
      ...problems(404),
    },
  }),
  PATCH: (model, catalogue) => ({
    operationId: `change_${idOf(model)}`,
    summary: `Changes fields of an object of ${model.path}`,
    ...guarded(
      permissionFor(model, 'change'),
      'As `application/json`, each field that is given takes the value that is given. As `application/merge-patch+json` ' +
        '(RFC 7396), maps are merged into those that are there.',
    ),
    parameters: [part('parameters', 'IfMatch'), ...command(model, catalogue)],
    requestBody: {
      required: true,
      content: {
        ...json(schemaNamed(model, '.changes')),
        'application/merge-patch+json': { schema: schemaNamed(model, '.changes') },
      },
    },
    responses: {
      200: {
        description: 'The object as it is now.',
        headers: headers(PENDING, ETAG),
        content: json(schemaNamed(model)),
      },
      ...problems(404, 409, 412, 413, 415, 422),
    },
  }),
  DELETE: (model, catalogue) => ({
    operationId: `delete_${idOf(model)}`,
    summary: `Deletes an object of ${model.path}`,
    ...guarded(permissionFor(model, 'delete'), 'Refused while something uses it.'),
    parameters: [part('parameters', 'IfMatch'), ...command(model, catalogue)],
    responses: { 204: { description: 'It is gone.', headers: headers(PENDING) }, ...problems(404, 409, 412) },
  }),
};

/** What happened to an object. */
export const ON_HISTORY: Readonly<Partial<Record<Method, Operation>>> = {
  GET: (model) => ({
    operationId: `history_${idOf(model)}`,
    summary: `Tells what happened to an object of ${model.path}, also where it is no more`,
    ...guarded(permissionFor(model, 'view'), undefined),
    parameters: [
      { ...PARAMETERS['From'], required: false, description: 'Only what happened behind it.' },
      part('parameters', 'To'),
      {
        name: 'order',
        in: 'query',
        description: 'Which comes first.',
        schema: { type: 'string', enum: ['newest', 'oldest'], default: 'newest' },
      },
      {
        name: 'count',
        in: 'query',
        description: 'How many entries at most.',
        schema: { type: 'integer', minimum: 1, maximum: HISTORY_PAGE.most, default: HISTORY_PAGE.usual },
      },
      part('parameters', 'Shown'),
    ],
    responses: {
      200: { description: 'A page of it.', headers: headers(), content: json(part('schemas', 'History')) },
      ...problems(404),
    },
  }),
};

const idOf = ({ path }: Model): string => path.replace('/', '_');

/** Calling an action. */
export function calling(model: Model, name: string, action: Action, catalogue: Catalogue): Part {
  const { parameters, permission, doc, returns } = action;
  const lacking = Object.values(parameters).every((parameter) => parameter.default !== undefined);
  const success = returns
    ? {
        200: {
          description: 'What it came to.',
          headers: headers(PENDING),
          content: json(answerSchema(returns, catalogue, action.note !== undefined)),
        },
      }
    : { 204: { description: 'Done.', headers: headers(PENDING) } };
  return {
    operationId: `call_${idOf(model)}_${name}`,
    summary: `${name} of ${model.path}`,
    ...guarded(permission, doc),
    ...('query' in action.run ? { 'x-query': true } : {}),
    parameters: [...command(model, catalogue), ...(action.asOf ? [part('parameters', 'At')] : [])],
    ...(Object.keys(parameters).length > 0
      ? { requestBody: { required: !lacking, content: json(argumentsSchema(parameters, catalogue)) } }
      : {}),
    responses: { ...success, ...problems(404, 409, 413, 415, 422, ...(permission === 'anybody' ? [429] : [])) },
  };
}

/** Reading a page. */
export const reading = (model: Model, name: string, action: Action, catalogue: Catalogue): Part => ({
  operationId: `get_${idOf(model)}_${name}`,
  summary: `${name} of ${model.path}`,
  ...guarded(action.permission, action.doc),
  parameters: [
    ...Object.entries(action.parameters).map(([parameter, declared]) => {
      const { description, ...schema } = schemaOf(declared, catalogue, false);
      return {
        name: parameter,
        in: 'query',
        required: declared.default === undefined,
        ...(description === undefined ? {} : { description }),
        schema,
      };
    }),
    ...[...(action.asOf ? ['At'] : []), 'IfNoneMatch', 'Shown'].map((one) => part('parameters', one)),
  ],
  responses: {
    200: {
      description: 'The page.',
      headers: headers(ETAG),
      content: {
        ...json(action.returns ? schemaOf(action.returns, catalogue, true) : {}),
        'text/plain': { schema: { type: 'string' } },
      },
    },
    304: { description: 'It is still what the reader knows.', headers: headers(ETAG) },
    ...problems(409, 422),
  },
});

/** A list takes one filter by name; what the filter takes stands beside it. */
function filterParameters(filters: Readonly<Record<string, Filter>>, catalogue: Catalogue): Part[] {
  const names = Object.keys(filters);
  if (names.length === 0) return [];
  const taken = new Map<string, { of: string[]; schemas: Map<string, Schema> }>();
  for (const [filter, { parameters }] of Object.entries(filters)) {
    for (const [name, parameter] of Object.entries(parameters)) {
      const known = taken.get(name) ?? { of: [], schemas: new Map<string, Schema>() };
      taken.set(name, known);
      known.of.push(filter);
      const schema = schemaOf(parameter, catalogue, false);
      known.schemas.set(JSON.stringify(schema), schema);
    }
  }
  return [
    {
      name: 'filter',
      in: 'query',
      description: 'Which of the filters to use.',
      schema: { type: 'string', enum: names },
    },
    ...[...taken].map(([name, { of, schemas }]) => {
      const [first = {}, ...others] = schemas.values();
      return {
        name,
        in: 'query',
        description: `For the filter ${of.map((filter) => `\`${filter}\``).join(', ')}.`,
        schema: others.length > 0 ? { anyOf: [first, ...others] } : first,
      };
    }),
  ];
}
