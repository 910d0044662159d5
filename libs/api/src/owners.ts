import type { Caller } from '#kernel';
import type { Key, ListOptions, View } from '#read-store';
import { may } from './caller.ts';
import { NotFound } from './errors.ts';
import type { Model, Owned } from './model.ts';

/** What the owner of objects is looked up for. */
type Verb = keyof Owned['others'];

/** Whose objects a caller may have; undefined: those of everybody. */
const ownerFor = (caller: Caller, { owned }: Model, verb: Verb): string | undefined =>
  !owned || may(caller, owned.others[verb]) ? undefined : (caller.principal?.name ?? '');

/** What is left of a listing to somebody who may see their own objects only; undefined: nothing. */
export function ownListing(caller: Caller, model: Model, options: ListOptions): ListOptions | undefined {
  const name = ownerFor(caller, model, 'view');
  if (name === undefined || !model.owned) return options;
  const asked = options.where?.[model.owned.index];
  if (asked !== undefined && asked !== name) return undefined;
  return { ...options, where: { ...options.where, [model.owned.index]: name } };
}

/** Lets a caller have their own objects only, where they may not have those of others. @throws NotFound */
export async function checkOwner(
  caller: Caller,
  model: Model,
  keys: readonly Key[],
  view: View,
  verb: Verb,
): Promise<void> {
  const name = ownerFor(caller, model, verb);
  const { owned, rows } = model;
  if (name === undefined || !owned || !rows) return;
  const found = await view.many(rows, keys);
  for (const key of keys) {
    const row = found.get(key);
    // Whether there is one of somebody else is not told either.
    if (!row || rows.indexes[owned.index]?.(row) !== name) throw new NotFound(model.path, key);
  }
}
