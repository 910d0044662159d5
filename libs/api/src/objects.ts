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

/** Objects by key, in the order of the keys; those that are not there are left out. */
export async function showFound(model: Model, keys: readonly Key[], view: View): Promise<Map<Key, Values>> {
  if (!model.rows) throw new Error(`${model.path} has no objects`);
  const rows = await view.many(model.rows, keys);
  const shown = new Map<Key, Values>();
  for (const key of keys) {
    const row = rows.get(key);
    if (row === undefined || !ofKind(model, row)) continue;
    const told = presented(model, row, key);
    shown.set(key, model.complete ? { ...told, ...(await model.complete(row, key, { view })) } : told);
  }
  return shown;
}

/** What rows tell of objects. */
const told = keptWith<Values>();

const presented = (model: Model, row: object, key: Key): Values =>
  told(model, row, () => model.present?.(row, key) ?? (row as Values));

/** Objects by key. @throws NotFound naming the first that is not there */
export async function show(model: Model, keys: readonly Key[], view: View): Promise<Map<Key, Values>> {
  const shown = await showFound(model, keys, view);
  const missing = keys.find((key) => !shown.has(key));
  if (missing !== undefined) throw new NotFound(model.path, missing);
  return shown;
}

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
