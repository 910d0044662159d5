import type { Catalogue } from './catalogue.ts';
import { permissionFor } from './catalogue.ts';
import type { Model, Permission } from './model.ts';

/** Something that can be asked of the API, and what it needs. */
export interface Guarded {
  /** Path of the model. */
  readonly model: string;
  /** `view`, `add`, `change`, `delete`, or the name of an action in brackets: `(doCreate)`. */
  readonly what: string;
  readonly permission: Permission;
}

type Verb = Parameters<typeof permissionFor>[1];

const ANSWERS: { readonly [V in Verb]: (model: Model) => boolean } = {
  view: ({ rows, readable }) => rows !== undefined && readable !== false,
  add: ({ create }) => create !== undefined,
  change: ({ update }) => update !== undefined,
  delete: ({ deletion }) => deletion !== undefined,
};

const VERBS = Object.keys(ANSWERS) as Verb[];

/** Whether the objects of a model answer a verb. */
export const answers = (model: Model, verb: Verb): boolean => ANSWERS[verb](model);

/** Everything that can be asked of the API, in the order of the catalogue. */
export const guarded = ({ models }: Catalogue): Guarded[] =>
  models.flatMap((model) => [
    ...VERBS.filter((verb) => answers(model, verb)).map((verb) => ({
      model: model.path,
      what: verb,
      permission: permissionFor(model, verb),
    })),
    ...Object.entries(model.actions ?? {}).map(([name, { permission }]) => ({
      model: model.path,
      what: `(${name})`,
      permission,
    })),
  ]);

/** A field whose value takes a permission of its own to be seen. */
export interface RestrictedField {
  readonly name: string;
  readonly shownTo: { readonly grant: string };
}

/** The fields of a model that not everybody is shown who sees its objects. */
export const restrictedFields = ({ fields }: Model): RestrictedField[] =>
  Object.entries(fields).flatMap(([name, { shownTo }]) => (shownTo ? [{ name, shownTo }] : []));

/** The names of all permissions that exist: those that something in the API asks for. */
export const permissionsOf = (catalogue: Catalogue): ReadonlySet<string> =>
  new Set(
    [...guarded(catalogue).map(({ permission }) => permission), ...shownTo(catalogue), ...toOthers(catalogue)]
      .flatMap((permission) => (typeof permission === 'string' ? [] : [permission.grant]))
      .toSorted(),
  );

const toOthers = ({ models }: Catalogue): Permission[] =>
  models.flatMap(({ owned }) => Object.values(owned?.others ?? {}));

const shownTo = ({ models }: Catalogue): Permission[] =>
  models.flatMap((model) => restrictedFields(model).map((field) => field.shownTo));
