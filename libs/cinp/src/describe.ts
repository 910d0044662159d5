import type { Action, Catalogue, Field, Model, Namespace, Parameter } from '#api';
import { modelNameOf, ROOT } from '#api';
import { MAX_IDS } from './max-ids.ts';
import { actionUri, modelUri, namespaceUri } from './uri.ts';
import { isText, writeValue } from './values.ts';

type Description = Readonly<Record<string, unknown>>;

/** The verbs a model may do without. */
const OBJECT_VERBS = ['GET', 'LIST', 'CREATE', 'UPDATE', 'DELETE'] as const;
export type ObjectVerb = (typeof OBJECT_VERBS)[number];

const ALLOWED: { readonly [V in ObjectVerb]: (model: Model) => boolean } = {
  GET: ({ rows, readable }) => rows !== undefined && readable !== false,
  LIST: ({ rows, readable }) => rows !== undefined && readable !== false,
  CREATE: ({ create }) => create !== undefined,
  UPDATE: ({ update }) => update !== undefined,
  DELETE: ({ deletion }) => deletion !== undefined,
};

/** Whether the objects of a model answer a verb. */
export const allows = (model: Model, verb: ObjectVerb): boolean => ALLOWED[verb](model);

/** What the API consists of: its namespaces. */
export const describeRoot = (catalogue: Catalogue): Description => ({
  name: 'root',
  path: ROOT,
  'api-version': '1.0',
  'multi-uri-max': MAX_IDS,
  namespaces: catalogue.namespaces.map(({ name }) => namespaceUri(name)),
  models: [],
});

/** A namespace: its version and its models. */
export const describeNamespace = ({ name, version, models }: Namespace): Description => ({
  name,
  path: namespaceUri(name),
  'api-version': version,
  'multi-uri-max': MAX_IDS,
  namespaces: [],
  models: models.map(({ path }) => modelUri(path)),
});

/** A model: its fields, actions, filters, and the verbs it does not answer. */
export function describeModel(model: Model): Description {
  const { path, doc, constants = {}, fields, idField, actions = {}, filters = {} } = model;
  const disallowed = OBJECT_VERBS.filter((verb) => !allows(model, verb));
  return {
    name: modelNameOf(path),
    path: modelUri(path),
    ...(doc === undefined ? {} : { doc }),
    constants,
    fields: Object.entries(fields).map(([name, field]) => describeField(name, field)),
    ...(idField === undefined ? {} : { 'id-field-name': idField }),
    actions: Object.keys(actions).map((name) => actionUri(path, name)),
    'not-allowed-verbs': disallowed,
    'not-allowed-methods': disallowed,
    'list-filters': Object.fromEntries(
      Object.entries(filters).map(([name, { parameters }]) => [name, describeParameters(parameters)]),
    ),
    'query-filter-fields': [],
    'query-sort-fields': [],
  };
}

/** An action: what it takes and what it gives. */
export function describeAction(
  path: string,
  name: string,
  { doc, returns, static: fixed, parameters }: Action,
): Description {
  const described = describeParameters(parameters);
  return {
    name,
    path: actionUri(path, name),
    ...(doc === undefined ? {} : { doc }),
    'return-type': returns ? describeType(returns) : { type: null },
    static: fixed === true,
    paramaters: described,
    parameters: described,
  };
}

const describeParameters = (parameters: Readonly<Record<string, Parameter>>): Description[] =>
  Object.entries(parameters).map(([name, parameter]) => describeParameter(name, parameter));

function describeParameter(name: string, parameter: Parameter): Description {
  const { type, ...rest } = describeType(parameter);
  return {
    name,
    type,
    ...(parameter.doc === undefined ? {} : { doc: parameter.doc }),
    ...rest,
    ...(parameter.default === undefined ? {} : { default: defaultOf(parameter) }),
  };
}

/** A list that travels as text has no default for clients, though it is never null. */
const defaultOf = (parameter: Parameter): unknown =>
  parameter.default === null && isText(parameter) ? null : writeValue(parameter, parameter.default);

/** Every field has a default; null where none is declared. */
const describeField = (name: string, field: Field): Description => ({
  ...describeParameter(name, { ...field, default: field.default ?? null }),
  mode: field.mode,
  required: field.required,
});

function describeType(parameter: Parameter): Description & { readonly type: string } {
  const { type, list } = parameter;
  if (isText(parameter)) return { type: 'String' };
  return {
    type: type.kind,
    ...(type.kind === 'String' && type.length !== undefined ? { length: type.length } : {}),
    ...(type.kind === 'Model' ? { uri: modelUri(type.model) } : {}),
    ...(type.kind === 'String' && type.choices ? { choices: type.choices } : {}),
    ...(list === true ? { is_array: true } : {}),
  };
}
