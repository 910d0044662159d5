import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '#kernel';
import { MASK, Refusal } from '#kernel';
import type { Position } from '#event-store';
import type { Key, View } from '#read-store';
import { NotFound } from './errors.ts';
import type { Model, Values } from './model.ts';

/** An object, or what was made of it, as it is shown. */
export interface Shown<T = Values> {
  readonly object: T;
  /** Since which position of the log it is as it is; undefined where the rows do not show the change yet. */
  readonly since: Position | undefined;
}

/** Something made of objects (their text, say). */
export interface Making<T> {
  readonly make: (model: Model, object: Values) => T;
  /** Whether it is kept with the rows, where they alone tell all of it: for what is asked for often and takes long. */
  readonly kept: boolean;
}

/** The objects themselves. */
export const AS_THEY_ARE: Making<Values> = { make: (_, object) => object, kept: false };

/** No fields. */
const NONE: readonly string[] = [];

/**
 * What is made of objects by key, in the order of the keys; those that are not there are left out.
 * @param hidden the fields whose values are masked
 */
export async function showFound<T>(
  model: Model,
  keys: readonly Key[],
  view: View,
  making: Making<T>,
  hidden: readonly string[] = NONE,
): Promise<Map<Key, Shown<T>>> {
  if (!model.rows) throw new Error(`${model.path} has no objects`);
  const rows = await view.cached(model.rows, keys);
  const shown = new Map<Key, Shown<T>>();
  for (const key of keys) {
    const held = rows.get(key);
    if (held === undefined || !ofKind(model, held.row)) continue;
    const { row, since } = held;
    const make = (more?: Values): T =>
      making.make(model, masked({ ...(model.present?.(row, key) ?? row), ...more }, hidden));
    const object = model.complete
      ? make(await model.complete(row, key, { view }))
      : making.kept && hidden.length === 0
        ? held.memo(making, model, make)
        : make();
    shown.set(key, { object, since });
  }
  return shown;
}

/** The same. @throws NotFound naming the first that is not there */
export async function show<T>(
  model: Model,
  keys: readonly Key[],
  view: View,
  making: Making<T>,
  hidden: readonly string[] = NONE,
): Promise<Map<Key, Shown<T>>> {
  const shown = await showFound(model, keys, view, making, hidden);
  const missing = keys.find((key) => !shown.has(key));
  if (missing !== undefined) throw new NotFound(model.path, missing);
  return shown;
}

/** An object with masks in the place of the values of some fields; what is nothing stays nothing. */
function masked(object: Values, names: readonly string[]): Values {
  const there = names.filter((name) => object[name] !== null && object[name] !== undefined);
  return there.length === 0 ? object : { ...object, ...Object.fromEntries(there.map((name) => [name, MASK])) };
}

/** Refuses where what was repeated is not what the objects hold. */
export function refuseOther(repeated: Values, objects: ReadonlyMap<Key, Shown>): void {
  const all = [...objects.values()];
  const other = Object.entries(repeated)
    .filter(([name, value]) => all.some(({ object }) => !isDeepStrictEqual(object[name] ?? null, value)))
    .map(([field]): Fault => ({ field, code: 'NOT_WRITEABLE', text: 'Not Writeable' }));
  if (other.length > 0) throw new Refusal(other);
}

/** An object as its row and a view tell it, with nothing masked but secrets. */
export const objectIn = async (model: Model, key: Key, row: object, view: View): Promise<Values> => ({
  ...(model.present?.(row, key) ?? row),
  ...(await model.complete?.(row, key, { view })),
});

/** Whether a row is an object of this model, where its rows are shared with others. */
export const ofKind = (model: Model, row: object): boolean =>
  model.kind === undefined ||
  Object.entries(model.kind).every(([index, value]) => model.rows?.indexes[index]?.(row) === value);
