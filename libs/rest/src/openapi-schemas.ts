import type { Catalogue, Field, Model, Parameter, ValueType } from '#api';
import { keyKind } from '#api';

/** A JSON Schema of the dialect OpenAPI 3.1 speaks, 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

type Kind = ValueType['kind'];
type Of<K extends Kind> = (type: Extract<ValueType, { kind: K }>, catalogue: Catalogue) => Schema;

const OF: { readonly [K in Kind]: Of<K> } = {
  String: ({ length, choices, open }) => ({
    type: 'string',
    ...(length === undefined ? {} : { maxLength: length }),
    ...(choices ? { [open ? 'examples' : 'enum']: choices } : {}),
  }),
  Integer: ({ wide }) => (wide ? { type: ['integer', 'string'] } : { type: 'integer', format: 'int64' }),
  Float: () => ({ type: 'number', format: 'double' }),
  Boolean: () => ({ type: 'boolean' }),
  DateTime: () => ({ type: 'string', format: 'date-time' }),
  Map: () => ({ type: 'object', additionalProperties: true }),
  Model: ({ model }, catalogue) => ({
    ...idSchema(model, catalogue),
    description: `Id of a ${model}.`,
    'x-model': model,
  }),
};

/** The id of an object of a model; of either kind where the model is not shown here. */
export function idSchema(model: string, catalogue: Catalogue): Schema {
  if (!catalogue.model(model)) return { type: ['string', 'integer'] };
  return keyKind(catalogue, model) === 'integer' ? { type: 'integer', format: 'int64' } : { type: 'string' };
}

const orNull = ({ type, enum: choices, ...schema }: Schema): Schema => ({
  type: [type, 'null'].flat(),
  ...(Array.isArray(choices) ? { enum: [...(choices as unknown[]), null] } : {}),
  ...schema,
});

/** What a value may be; maps and lists are empty rather than null. */
export function schemaOf(
  { type, list, doc, schema: known }: Parameter,
  catalogue: Catalogue,
  nullable: boolean,
): Schema {
  const one = known ?? (OF[type.kind] as Of<Kind>)(type, catalogue);
  const schema = list ? { type: 'array', items: one } : nullable && type.kind !== 'Map' ? orNull(one) : one;
  return { ...schema, ...(doc === undefined ? {} : { description: doc }) };
}

const map = (
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
  rest: Schema = {},
): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  ...rest,
});

/** What an action or filter takes, by name. */
export const argumentsSchema = (parameters: Readonly<Record<string, Parameter>>, catalogue: Catalogue): Schema =>
  map(
    Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [
        name,
        {
          ...schemaOf(parameter, catalogue, true),
          ...(parameter.default === undefined ? {} : { default: parameter.default }),
        },
      ]),
    ),
    requiredIn(parameters),
    { additionalProperties: false },
  );

/** The parameters that cannot be left out. */
export const requiredIn = (parameters: Readonly<Record<string, Parameter>>): string[] =>
  Object.entries(parameters)
    .filter(([, parameter]) => parameter.default === undefined)
    .map(([name]) => name);

const LINK: Schema = { $ref: '#/components/schemas/Link' };

/** What an answer of an action looks like. */
export const answerSchema = (returns: Parameter, catalogue: Catalogue, hasNote: boolean): Schema =>
  map(
    {
      value: schemaOf(returns, catalogue, true),
      ...(hasNote ? { note: { type: 'string', description: 'what is to be said beside the value' } } : {}),
      ...(returns.type.kind === 'Model' ? { _links: map({ value: returns.list ? linkList : LINK }, []) } : {}),
    },
    ['value'],
  );

const linkList: Schema = { type: 'array', items: LINK };

/** The name a model goes by in the document. */
export const nameOf = ({ path }: Model): string => path.replace('/', '.');

type Fields = Readonly<Record<string, Field>>;

const only = (fields: Fields, modes: readonly Field['mode'][]): [string, Field][] =>
  Object.entries(fields).filter(([, { mode }]) => modes.includes(mode));

const written = (fields: readonly [string, Field][], catalogue: Catalogue): Schema =>
  Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field, catalogue, !field.required)]));

function linksOf(fields: Fields): Schema {
  const references = Object.entries(fields).filter(([, { type }]) => type.kind === 'Model');
  return {
    self: LINK,
    collection: LINK,
    ...Object.fromEntries(references.map(([name, { list }]) => [name, list ? linkList : LINK])),
  };
}

/** Whether a new object needs a value of a field, and has none unless it is given. */
const isNeeded = ({ required, orElse, default: usual = null }: Field): boolean =>
  required && orElse === undefined && usual === null;

/** The schemas of a model: an object as it is read, as it is created, as it is changed, and a page of a list. */
export function modelSchemas(model: Model, catalogue: Catalogue): Readonly<Record<string, Schema>> {
  const { fields, doc, create, update, rows, base, idField, kind } = model;
  const name = nameOf(model);
  if (!rows) return {};
  const read = Object.entries(fields).map(([field, declared]) => [
    field,
    {
      ...schemaOf(declared, catalogue, !declared.required || declared.mode === 'RO'),
      ...(declared.mode === 'RO' ? { readOnly: true } : {}),
    },
  ]);
  const made = only(fields, ['RW', 'RC']);
  const needed = made.filter(([, field]) => isNeeded(field)).map(([field]) => field);
  return {
    [name]: map(
      {
        ...(Object.fromEntries(read) as Schema),
        _links: map(linksOf(fields), ['self', 'collection'], { readOnly: true }),
      },
      [...Object.keys(fields), '_links'],
      {
        ...(doc === undefined ? {} : { description: doc }),
        ...(base === undefined ? {} : { 'x-base': base }),
        ...(idField === undefined ? {} : { 'x-id': idField }),
        ...(kind === undefined ? {} : { 'x-kind': kind }),
      },
    ),
    [`${name}.page`]: map(
      {
        items: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
        total: { type: 'integer', description: 'How many there are on all pages.' },
        position: { type: 'integer', description: 'How many there are before this page.' },
        _links: map({ self: LINK, next: LINK, prev: LINK }, ['self']),
      },
      ['items', 'total', 'position', '_links'],
    ),
    ...(create ? { [`${name}.new`]: map(withDefaults(made, catalogue), needed, { additionalProperties: false }) } : {}),
    ...(update ? { [`${name}.changes`]: map(written(only(fields, ['RW']), catalogue), []) } : {}),
  };
}

const withDefaults = (fields: readonly [string, Field][], catalogue: Catalogue): Schema =>
  Object.fromEntries(
    fields.map(([name, field]) => [
      name,
      {
        ...schemaOf(field, catalogue, !field.required),
        ...(field.default === undefined ? {} : { default: field.default }),
      },
    ]),
  );

/** The schemas that belong to no model. */
export const COMMON: Readonly<Record<string, Schema>> = {
  Link: map({ href: { type: 'string', format: 'uri-reference' } }, ['href']),
  Problem: map(
    {
      type: { type: 'string', format: 'uri-reference', description: 'Which problem it is; leads to a page about it.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string', format: 'uri-reference', description: 'The path that was asked for.' },
      request: { type: 'string', description: 'Id of the request, in the log too.' },
      errors: {
        type: 'array',
        items: map(
          {
            field: { type: 'string', description: 'Empty where the request as a whole is at fault.' },
            code: { type: 'string', description: 'Stable, for programs.' },
            text: { type: 'string', description: 'For people.' },
          },
          ['field', 'code', 'text'],
        ),
      },
    },
    ['type', 'title', 'status', 'detail', 'instance', 'request'],
  ),
  Difference: map(
    {
      path: { type: 'array', items: { type: 'string' }, description: 'The names that lead there, the field first.' },
      before: { description: 'What stood there; left out where nothing did.' },
      after: { description: 'What stands there; left out where nothing does.' },
      lines: {
        type: 'array',
        description: 'Of texts of several lines, in the place of both: the lines that went and came.',
        items: map(
          {
            op: { enum: ['-', '+'] },
            line: { type: 'integer', description: 'Its number in the text it is in, from 1.' },
            text: { type: 'string' },
          },
          ['op', 'line', 'text'],
        ),
      },
      secret: { enum: ['changed'], description: 'A secret has another value, which nobody is shown.' },
    },
    ['path'],
  ),
  History: map(
    {
      items: {
        type: 'array',
        items: map(
          {
            position: { type: 'integer', description: 'Where the event stands in the log.' },
            at: { type: 'string', format: 'date-time' },
            actor: { type: 'string' },
            token: {
              type: 'string',
              description: 'Name of the token they asked with; left out where it was a session.',
            },
            request: { type: 'string', description: 'Id of the request.' },
            reason: { type: ['string', 'null'] },
            command: { type: ['string', 'null'] },
            event: { type: 'string', description: 'Type of the event.' },
            change: { enum: ['created', 'changed', 'deleted', 'touched'] },
            differences: { type: 'array', items: { $ref: '#/components/schemas/Difference' } },
          },
          ['position', 'at', 'actor', 'request', 'reason', 'command', 'event', 'change', 'differences'],
        ),
      },
      _links: map({ self: { $ref: '#/components/schemas/Link' }, next: { $ref: '#/components/schemas/Link' } }, [
        'self',
      ]),
    },
    ['items', '_links'],
  ),
  ProblemKind: map(
    {
      type: { type: 'string', format: 'uri-reference' },
      status: { type: 'integer' },
      title: { type: 'string' },
      doc: { type: 'string' },
    },
    ['type', 'status', 'title', 'doc'],
  ),
};
