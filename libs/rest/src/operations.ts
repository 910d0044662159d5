import { Refusal, writeJson } from '#kernel';
import type { Position } from '#event-store';
import type { Key } from '#read-store';
import type { Action, ApiService, Model, Shown, Values } from '#api';
import { AS_THEY_ARE, NotFound, PlainText, toKey } from '#api';
import type { Constant } from './about.ts';
import { constantOf } from './about.ts';
import type { Answer } from './answer.ts';
import { etagOf, isKnown } from './etag.ts';
import { changes, newValues } from './given-fields.ts';
import { modelPath, objectPath } from './paths.ts';
import { listingIn, pageArguments } from './query.ts';
import { readArguments } from './read-value.ts';
import type { ParsedRequest } from './parsed-request.ts';
import { linkOf, writeObject, writeValue } from './write-value.ts';

/** How far an answer shows the log, as its headers tell it. */
export const headersOf = (position: Position | undefined, pending?: Position): Record<string, string> => ({
  ...(position === undefined ? {} : { 'Contractor-Position': String(position) }),
  ...(pending === undefined ? {} : { 'Contractor-Pending': String(pending) }),
});

/** What a change came to, as far as headers tell it; `before` is how far the log was shown before it. */
function changed(before: Position, done: { readonly position?: Position; readonly pending?: Position }) {
  const { position, pending } = done;
  const shown = position === undefined || pending !== undefined || position < before ? before : position;
  return headersOf(shown, pending);
}

/** An object as it is sent, with its tag where it is known since when it is as it is. */
function tagged(model: Model, key: Key, shown: ReadonlyMap<Key, Shown>, api: ApiService) {
  const { object = {}, since } = shown.get(key) ?? {};
  const body = writeObject(model, key, object, api.catalogue);
  const etag = since === undefined ? undefined : etagOf(since, body);
  const headers: Readonly<Record<string, string>> = etag === undefined ? {} : { ETag: etag };
  return { body, etag, headers };
}

/** The key that an id in a path stands for. @throws NotFound */
export function keyOf(model: Model, id: string, { catalogue }: ApiService): Key {
  const key = toKey(catalogue, model.path, id);
  if (key === undefined) throw new NotFound(model.path, id);
  return key;
}

/** Objects of a model, a page at a time. */
export async function list(model: Model, { api, request, query, at }: ParsedRequest): Promise<Answer> {
  const listing = listingIn(query, model, api.catalogue);
  const position = at ?? api.reached;
  const { objects, total } = await api.listObjects(model, listing, request, at);
  const { skip, count } = listing;
  const page = (from: number): { href: string } => {
    const other = new URLSearchParams(query);
    other.set('position', String(from));
    return { href: `${modelPath(model.path)}?${String(other)}` };
  };
  return {
    status: 200,
    headers: headersOf(position),
    body: {
      items: [...objects].map(([key, { object }]) => writeObject(model, key, object, api.catalogue)),
      total,
      position: skip,
      _links: {
        self: page(skip),
        ...(skip > 0 ? { prev: page(Math.max(0, skip - count)) } : {}),
        ...(count > 0 && skip + count < total ? { next: page(skip + count) } : {}),
      },
    },
  };
}

/** One object. */
export async function read(model: Model, id: string, { api, request, at, header }: ParsedRequest): Promise<Answer> {
  const position = at ?? api.reached;
  const key = keyOf(model, id, api);
  const { body, etag, headers } = tagged(model, key, await api.get(model, [key], request, AS_THEY_ARE, at), api);
  const all = { ...headersOf(position), ...headers };
  const known = etag !== undefined && isKnown(header('if-none-match'), etag);
  return known ? { status: 304, headers: all } : { status: 200, headers: all, body };
}

/** A new object. */
export async function create(model: Model, { api, request, data }: ParsedRequest): Promise<Answer> {
  const before = api.reached;
  const { value, ...done } = await api.create(model, newValues(model, data, api.catalogue), request, AS_THEY_ARE);
  const { body, headers } = tagged(model, value.key, new Map([[value.key, value]]), api);
  const Location = objectPath(model.path, value.key);
  return { status: 201, headers: { ...changed(before, done), ...headers, Location }, body };
}

/** Other values for some fields of an object. */
export async function change(model: Model, id: string, { api, request, data, merge }: ParsedRequest): Promise<Answer> {
  const before = api.reached;
  const key = keyOf(model, id, api);
  const given = changes(model, data, api.catalogue, merge);
  const { value, ...done } = await api.update(model, [key], given, request, AS_THEY_ARE);
  const { body, headers } = tagged(model, key, value, api);
  return { status: 200, headers: { ...changed(before, done), ...headers }, body };
}

/** An object is no more. */
export async function remove(model: Model, id: string, { api, request }: ParsedRequest): Promise<Answer> {
  const before = api.reached;
  const done = await api.remove(model, [keyOf(model, id, api)], request);
  return { status: 204, headers: changed(before, done) };
}

/** An action of a model. */
export async function callStatic(action: Action, { api, request, data, at }: ParsedRequest): Promise<Answer> {
  const before = at ?? api.reached;
  const { value, ...done } = await api.callStatic(action, argumentsIn(action, data, api), request, at);
  return called(action, value, changed(before, done), api);
}

/** What was made of values that may be asked for again: pages that have not changed are the same value. */
const written = new WeakMap<object, Constant>();

/** The text of a page, and its tag. */
function pageOf(value: unknown): Constant {
  if (typeof value !== 'object' || value === null) return constantOf(writeJson(value ?? null));
  let made = written.get(value);
  if (!made) written.set(value, (made = constantOf(value instanceof PlainText ? value.text : writeJson(value))));
  return made;
}

/** An action of a model that is read like a document; who knows it already is told so. */
export async function readPage(action: Action, { api, request, query, at, header }: ParsedRequest): Promise<Answer> {
  const before = at ?? api.reached;
  const values = pageArguments(query, action.parameters, api.catalogue, action.asOf ? ['at'] : []);
  const { value } = await api.callStatic(action, values, request, at);
  const { bytes, etag } = pageOf(value);
  const headers = { ...headersOf(before), ETag: etag };
  if (isKnown(header('if-none-match'), etag)) return { status: 304, headers };
  const type = value instanceof PlainText ? 'text/plain; charset=utf-8' : 'application/json';
  return { status: 200, headers: { ...headers, 'Content-Type': type }, bytes };
}

/** An action of an object. */
export async function callOn(model: Model, id: string, action: Action, parsed: ParsedRequest): Promise<Answer> {
  const { api, request, data, at } = parsed;
  const before = at ?? api.reached;
  const key = keyOf(model, id, api);
  const { value, ...done } = await api.callOn(model, action, [key], argumentsIn(action, data, api), request, at);
  return called(action, value.get(key), changed(before, done), api);
}

/** The arguments of an action, out of the body. @throws Refusal */
export function argumentsIn({ parameters }: Action, data: Values, { catalogue }: ApiService): Values {
  const { values, faults } = readArguments(parameters, data, catalogue);
  if (faults.length > 0) throw new Refusal(faults);
  return values;
}

async function called(
  action: Action,
  value: unknown,
  headers: Readonly<Record<string, string>>,
  api: ApiService,
): Promise<Answer> {
  const { returns } = action;
  if (!returns) return { status: 204, headers };
  const link = linkOf(returns, value, api.catalogue);
  const links = link === undefined ? {} : { _links: { value: link } };
  const note = await api.noteOf(action, value);
  const notes = note === undefined ? {} : { note };
  return { status: 200, headers, body: { value: writeValue(returns, value), ...notes, ...links } };
}
