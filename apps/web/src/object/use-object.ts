import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryClient } from '../api/query-client.ts';
import type { Answered } from '../api/request.ts';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { kindsOf, modelAt } from '../model/models.ts';
import type { Model, Row } from '../model/types.ts';

/** An object with the model that knows most of it. */
export interface Known {
  readonly model: Model;
  readonly row: Row;
  /** Of the state that is shown, for changes that must not overwrite others. */
  readonly etag: string | undefined;
}

/**
 * Reads an object through the model that knows most of it: a foundation by that of its platform. Its fields come first, then
 * those that only the base model knows.
 */
async function readObject(
  path: string,
  id: string | number,
  at: string | undefined,
  signal: AbortSignal,
): Promise<Known> {
  const asked = { query: { at }, signal };
  const base: Answered<Row> = await send<Row>('GET', pathOf(path, id), asked);
  const special = kindsOf(path).find(
    ({ kind, can }) =>
      can.show !== undefined && kind && Object.entries(kind).every(([name, value]) => base.body[name] === value),
  );
  if (!special) return { model: modelAt(path), row: base.body, etag: base.etag };
  const known = await send<Row>('GET', pathOf(special.path, id), asked);
  const own = modelAt(path);
  const fields = { ...special.fields, ...withoutKnown(own, special) };
  // The API has them at the base alone.
  const inherited = Object.entries(own.actions).map(([name, action]) => [name, { ...action, of: path }] as const);
  const actions = { ...Object.fromEntries(inherited), ...special.actions };
  return { model: { ...special, fields, actions }, row: { ...base.body, ...known.body }, etag: known.etag };
}

const withoutKnown = (base: Model, special: Model): Model['fields'] =>
  Object.fromEntries(Object.entries(base.fields).filter(([name]) => !(name in special.fields)));

const objectOptions = (path: string, id: string | number, at?: string) =>
  queryOptions({
    queryKey: keys.object(path, id, at),
    queryFn: ({ signal }) => readObject(path, id, at, signal),
    ...(at === undefined ? {} : { staleTime: Number.POSITIVE_INFINITY }),
  });

/** Asks for an object that is about to be shown. */
export const askForObject = (path: string, id: string): Promise<void> =>
  queryClient.prefetchQuery(objectOptions(path, id));

/** An object, now or as it was. */
export const useObject = (path: string, id: string | number, at?: string) => useQuery(objectOptions(path, id, at));
