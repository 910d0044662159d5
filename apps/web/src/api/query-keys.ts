import { familyOf } from '../model/models.ts';

/** The keys under which answers are kept: first the kind, then the family of models, so that an event finds all it touches. */
export const keys = {
  session: ['session'] as const,
  /** One object. */
  object: (model: string, id: string | number, at?: string) =>
    ['object', familyOf(model), String(id), model, at ?? null] as const,
  /** What is asked about one object: its history, its configuration, the answer of one of its actions. */
  about: (model: string, id: string | number, what: string, ...more: readonly unknown[]) =>
    ['object', familyOf(model), String(id), model, what, ...more] as const,
  /** A list of a model. */
  list: (model: string, selection: unknown) => ['list', familyOf(model), model, selection] as const,
  /** What an action of a model answers. */
  action: (model: string, action: string, parameters: unknown) =>
    ['list', familyOf(model), model, action, parameters] as const,
};
