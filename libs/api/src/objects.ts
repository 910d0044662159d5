import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '#kernel';
import { Refusal } from '#kernel';
import type { Position } from '#event-store';
import type { Key, View } from '#read-store';
import { NotFound } from './errors.ts';
import { keptWith } from './kept-with.ts';
import type { Model, Values } from './model.ts';

/** An object as it is shown after a change. */
export interface Shown {
  readonly object: Values;
  /** Since which position of the log it is as it is; undefined where the rows do not show the change yet. */
  readonly since: Position | undefined;
}

/** Something made of objects (their text, say); it is kept where their rows alone tell all of them. */
export interface Making<T> {
  readonly make: (model: Model, object: Values) => T;
  readonly kept: ReturnType<typeof keptWith<T>>;
}

const AS_THEY_ARE: Making<Values> = { make: (_, object) => object, kept: keptWith() };

/** What is made of objects by key, in the order of the keys; those that are not there are left out. */
async function made<T>(
  model: Model,
  keys: readonly Key[],
  view: View,
  { make, kept }: Making<T>,
): Promise<Map<Key, T>> {
  if (!model.rows) throw new Error(`${model.path} has no objects`);
  const rows = await view.many(model.rows, keys);
  const shown = new Map<Key, T>();
  for (const key of keys) {
    const row = rows.get(key);
    if (row === undefined || !ofKind(model, row)) continue;
    const told = (): Values => model.present?.(row, key) ?? (row as Values);
    const one = model.complete
      ? make(model, { ...told(), ...(await model.complete(row, key, { view })) })
      : kept(model, row, () => make(model, told()));
    shown.set(key, one);
  }
  return shown;
}

/** Objects by key, in the order of the keys; those that are not there are left out. */
export const showFound = (model: Model, keys: readonly Key[], view: View): Promise<Map<Key, Values>> =>
  made(model, keys, view, AS_THEY_ARE);

/** What is made of objects by key. @throws NotFound naming the first that is not there */
export async function showAs<T>(
  model: Model,
  keys: readonly Key[],
  view: View,
  making: Making<T>,
): Promise<Map<Key, T>> {
  const shown = await made(model, keys, view, making);
  const missing = keys.find((key) => !shown.has(key));
  if (missing !== undefined) throw new NotFound(model.path, missing);
  return shown;
}

/** Objects by key. @throws NotFound naming the first that is not there */
export const show = (model: Model, keys: readonly Key[], view: View): Promise<Map<Key, Values>> =>
  showAs(model, keys, view, AS_THEY_ARE);

/** An object with the position it holds since, which is asked first: it may be too early for the object, never too late. */
export async function showSince(model: Model, key: Key, view: View): Promise<Shown> {
  const since = model.rows && (await view.since(model.rows, key));
  return { object: [...(await show(model, [key], view)).values()][0] ?? {}, since };
}

/** Refuses where what was repeated is not what the objects hold. */
export function refuseOther(repeated: Values, objects: ReadonlyMap<Key, Values>): void {
  const other = Object.entries(repeated)
    .filter(([name, value]) => [...objects.values()].some((object) => !isDeepStrictEqual(object[name] ?? null, value)))
    .map(([field]): Fault => ({ field, code: 'NOT_WRITEABLE', text: 'Not Writeable' }));
  if (other.length > 0) throw new Refusal(other);
}

/** Whether a row is an object of this model, where its rows are shared with others. */
const ofKind = (model: Model, row: object): boolean =>
  Object.entries(model.kind ?? {}).every(([index, value]) => model.rows?.indexes[index]?.(row) === value);
