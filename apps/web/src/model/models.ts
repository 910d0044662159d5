import described from '../generated/models.json' with { type: 'json' };
import type { Model, Row } from './types.ts';

/** All models of the API, by their path. */
const models: ReadonlyMap<string, Model> = new Map(
  (described as unknown as readonly Model[]).map((model) => [model.path, model]),
);

/** All models of the API. */
export const allModels: readonly Model[] = [...models.values()];

export const findModel = (path: string): Model | undefined => models.get(path);

/** A model that is known to be there. */
export function modelAt(path: string): Model {
  const model = models.get(path);
  if (!model) throw new Error(`there is no model ${path} in the API`);
  return model;
}

/** The model that all which know the same objects come from: itself, where it specialises none. */
export function familyOf(path: string): string {
  const base = models.get(path)?.base;
  return base === undefined ? path : familyOf(base);
}

/** The models that specialise one. */
export const kindsOf = (path: string): readonly Model[] => allModels.filter(({ base }) => base === path);

/** The model that knows most of an object: the one of its kind, where it was read through the base of several. */
export function mostSpecial(model: Model, row: Row): Model {
  const special = kindsOf(model.path).find(
    ({ kind }) => kind && Object.entries(kind).every(([field, value]) => row[field] === value),
  );
  return special ?? model;
}

/** The id of an object. */
export const idOf = (model: Model, row: Row): string | number => row[model.id ?? 'id'] as string | number;
