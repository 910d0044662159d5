import type { Action, Answer as ApiAnswer, ApiService, Catalogue, Listing, Model, Request, Shown, Values } from '#api';
import { NotFound, toKey, uriOf } from '#api';
import type { Answer } from './answer.ts';
import { wrong } from './answer.ts';
import type { ObjectVerb } from './describe.ts';
import { changes, newValues, refuseFor } from './given-fields.ts';
import { weakMemo } from './weak-memo.ts';
import { QUERY, queryErrors } from './query.ts';
import type { Reading } from './values.ts';
import { asJson, readArguments, writeValue } from './values.ts';

type Key = string | number;

/** A request that has passed all checks, for the verb to carry out. */
export interface ParsedRequest {
  readonly api: ApiService;
  readonly reading: Reading;
  readonly request: Request;
  readonly ids: readonly string[] | undefined;
  readonly multi: boolean;
  readonly data: Values;
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
}

/** Which permission of a model each verb needs. */
export const NEEDS: { readonly [V in ObjectVerb]: 'view' | 'add' | 'change' | 'delete' } = {
  GET: 'view',
  LIST: 'view',
  CREATE: 'add',
  UPDATE: 'change',
  DELETE: 'delete',
};

/** The verbs on models and their objects. */
export const ON_OBJECTS: { readonly [V in ObjectVerb]: (model: Model, parsed: ParsedRequest) => Promise<Answer> } = {
  GET: async (model, { api, reading, request, ids, multi }) => {
    const objects = await api.get(model, keysOf(reading.catalogue, model, ids), request, asJson);
    return shown('GET', model, objects, multi);
  },

  LIST: async (model, { api, reading, request, data, header }) => {
    const idOnly = header('id-only')?.toLowerCase() === 'true';
    const skip = count(header('position'), 0);
    const { keys, total } = await api.list(
      model,
      { ...filterOf(model, header('filter'), data, reading), skip, count: count(header('count'), 10) },
      request,
    );
    return {
      status: 200,
      headers: {
        ...done('LIST'),
        Count: String(keys.length),
        Position: String(skip),
        Total: String(total),
        'Id-Only': capital(idOnly),
      },
      json: idOnly ? JSON.stringify(keys.map(String)) : urisText(model, keys),
    };
  },

  CREATE: async (model, { api, reading, request, data }) => {
    const { value, ...change } = await api.create(model, newValues(model, data, reading), request, asJson);
    return {
      status: 201,
      headers: { ...done('CREATE', change), 'Object-Id': uriOf(model.path, value.key) },
      json: value.object,
    };
  },

  UPDATE: async (model, { api, reading, request, ids, data, multi }) => {
    const keys = keysOf(reading.catalogue, model, ids);
    const { value, ...change } = await api.update(model, keys, changes(model, data, reading), request, asJson);
    return shown('UPDATE', model, value, multi, change);
  },

  DELETE: async (model, { api, reading, request, ids }) => {
    const change = await api.remove(model, keysOf(reading.catalogue, model, ids), request);
    return { status: 200, headers: done('DELETE', change) };
  },
};

/** Calls an action, on the model or on objects of it, as it is declared. */
export async function call(model: Model, action: Action, parsed: ParsedRequest): Promise<Answer> {
  const { api, reading, request, ids, multi, data } = parsed;
  const { values, errors } = readArguments(action.parameters, data, reading);
  refuseFor(errors);
  const { returns } = action;
  const write = (value: unknown): unknown => (returns ? writeValue(returns, value) : null);
  if (action.static) {
    if (ids) throw wrong('Static Actions should not be passed ids');
    const { value, ...change } = await api.callStatic(action, values, request);
    return called(write(value), multi, change);
  }
  if (!ids) throw wrong('Non-Static Actions should be passed ids');
  const { value, ...change } = await api.callOn(model, action, keysOf(reading.catalogue, model, ids), values, request);
  const written = [...value].map(([key, one]) => [uriOf(model.path, key), write(one)] as const);
  return called(multi ? Object.fromEntries(written) : written[0]?.[1], multi, change);
}

/** Nothing is sent as nothing, not as `null`. */
const called = (value: unknown, multi: boolean, change: Change): Answer => ({
  status: 200,
  headers: { ...done('CALL', change), 'Multi-Object': capital(multi) },
  ...(value === null ? {} : { body: value }),
});

/** Objects written already: one as it is, several by their URIs. */
function shown(
  verb: string,
  { path }: Model,
  objects: ReadonlyMap<Key, Shown<string>>,
  multi: boolean,
  change?: Change,
): Answer {
  const texts = [...objects].map(([key, { object }]) =>
    multi ? `${JSON.stringify(uriOf(path, key))}:${object}` : object,
  );
  return {
    status: 200,
    headers: { ...done(verb, change), 'Multi-Object': capital(multi) },
    json: multi ? `{${texts.join(',')}}` : (texts[0] ?? ''),
  };
}

const listed = weakMemo<string>();

/** Keys that JSON writes as they are. */
const PLAIN = /^[\w\-.!~*':/@+]*$/;

/** The JSON of the URIs of a page. */
const urisText = (model: Model, keys: readonly Key[]): string => listed(model, keys, () => writeUris(model.path, keys));

/** Keys that need no escaping are written at once, which takes half the time. */
function writeUris(path: string, keys: readonly Key[]): string {
  if (keys.length === 0 || !keys.every((key) => typeof key === 'number' || PLAIN.test(key))) {
    return JSON.stringify(keys.map((key) => uriOf(path, key)));
  }
  const [before = '', behind = ''] = uriOf(path, '\n').split('\n');
  return `["${before}${keys.join(`${behind}","${before}`)}${behind}"]`;
}

/** Where a change stands in the log, and whether it can be read. */
type Change = Pick<ApiAnswer<unknown>, 'position' | 'pending'>;

const done = (verb: string, { position, pending }: Partial<Change> = {}): Record<string, string> => ({
  Verb: verb,
  'Cache-Control': 'no-cache',
  ...(position === undefined ? {} : { 'Contractor-Position': String(position) }),
  ...(pending === undefined ? {} : { 'Contractor-Pending': String(pending) }),
});

const capital = (flag: boolean): string => (flag ? 'True' : 'False');

function keysOf(catalogue: Catalogue, model: Model, ids: readonly string[] = []): Key[] {
  const keys = ids.map((id) => {
    const key = toKey(catalogue, model.path, id);
    if (key === undefined) throw new NotFound(model.path, id);
    return key;
  });
  return [...new Set(keys)];
}

function count(header: string | undefined, otherwise: number): number {
  if (header === undefined) return otherwise;
  const number = /^\s*[+-]?\d+\s*$/.test(header) ? Number(header) : NaN;
  if (Number.isNaN(number)) throw wrong('Count and Position must be integers if specified');
  if (number < 0) throw wrong('Count and Position must not be negative');
  return Math.min(number, Number.MAX_SAFE_INTEGER);
}

function filterOf(
  { filters = {} }: Model,
  name: string | undefined,
  data: Values,
  reading: Reading,
): Pick<Listing, 'filter'> {
  if (name === undefined) return {};
  if (name === QUERY) {
    refuseFor(queryErrors(data));
    return {};
  }
  const use = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!use) throw wrong(`Invalid Filter Name "${name}"`);
  const { values, errors } = readArguments(use.parameters, data, reading);
  refuseFor(errors);
  return { filter: { use, parameters: values } };
}
