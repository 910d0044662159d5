import type { Catalogue, Model, PreviewProtocol, Values } from '#api';
import { answers, AS_THEY_ARE, boundTo, may, permissionFor, restrictedFields, showFound } from '#api';
import type { Caller, JsonMap } from '#kernel';
import { writeJson } from '#kernel';
import type { ChangedKeys, Key, View } from '#read-store';

/** How many objects are shown with what they were and would be. */
export const MAX_OBJECTS = 200;

/** What a preview does to an object of the API. */
export interface ObjectDifference extends JsonMap {
  readonly model: string;
  readonly id: Key;
  readonly change: 'created' | 'changed' | 'deleted';
}

/** Two views, and who is shown the difference. */
export interface Compared {
  readonly before: View;
  readonly after: View;
  readonly touched: ChangedKeys;
  readonly caller: Caller;
  readonly catalogue: Catalogue;
  readonly write: PreviewProtocol['write'];
}

/** The objects that differ, as the API shows them before and after; `cut`: whether there are more. */
export async function objectDifferences(
  compared: Compared,
): Promise<{ readonly objects: readonly ObjectDifference[]; readonly cut: boolean }> {
  const { catalogue, touched, before, after } = compared;
  const objects: ObjectDifference[] = [];
  for (const [rows, keys] of touched) {
    const models = catalogue.models.filter((model) => model.rows === rows && answers(model, 'view'));
    if (models.length === 0) continue;
    for (const key of keys) {
      if (objects.length === MAX_OBJECTS) return { objects, cut: true };
      const model = (await specific(models, key, [after, before])) ?? models[0]!;
      const [was, is] = [await shown(compared, model, key, before), await shown(compared, model, key, after)];
      if (was || is) objects.push(...difference(compared, model, key, was, is));
    }
  }
  return { objects, cut: false };
}

/** The most special of the models that an object is of. */
async function specific(models: readonly Model[], key: Key, views: readonly View[]): Promise<Model | undefined> {
  if (models.length === 1) return models[0];
  const special = models.toSorted((one, other) => Number(other.base !== undefined) - Number(one.base !== undefined));
  for (const view of views) {
    for (const model of special) {
      if ((await showFound({ ...model, complete: undefined }, [key], view, AS_THEY_ARE)).size > 0) return model;
    }
  }
  return undefined;
}

/** The object as everybody may see it who sees it at all: nobody is shown what only some are. */
async function shown({ write }: Compared, model: Model, key: Key, view: View): Promise<Values | undefined> {
  const hidden = restrictedFields(model).map(({ name }) => name);
  const found = (await showFound(model, [key], view, AS_THEY_ARE, hidden)).get(key);
  if (!found) return undefined;
  const { _links, ...object } = write(model, key, found.object);
  return object;
}

function difference(
  { caller }: Compared,
  model: Model,
  id: Key,
  was: Values | undefined,
  is: Values | undefined,
): ObjectDifference[] {
  const fields = Object.keys(is ?? was ?? {});
  const changed = fields.filter((name) => writeJson(was?.[name] ?? null) !== writeJson(is?.[name] ?? null));
  if (was && is && changed.length === 0) return [];
  const change = was ? (is ? 'changed' : 'deleted') : 'created';
  const told = { model: model.path, id, change } as const;
  if (!may(caller, permissionFor(model, 'view')) || (boundTo(caller) && model.sites === undefined)) return [told];
  return [
    {
      ...told,
      fields: change === 'changed' ? changed : [],
      before: (was ?? null) as JsonMap | null,
      after: (is ?? null) as JsonMap | null,
    },
  ];
}
