import type { Extension, Protocol, Model, Permission } from './model.ts';

/** Where the API begins; every URI starts with it. */
export const ROOT = '/api/v1/';

/** The namespaces of the core, in the order in which clients know them; those of platforms come after them. */
const NAMESPACES = [
  'Auth',
  'BluePrint',
  'Site',
  'Survey',
  'Directory',
  'Utilities',
  'Building',
  'Foreman',
  'SubContractor',
  'PostOffice',
  'Records',
];

/** A group of models with a version of its own. */
export interface Namespace {
  readonly name: string;
  readonly version: string;
  readonly models: readonly Model[];
}

/** Everything the API consists of: the models by namespace, with what other rooms have added to them. */
export class Catalogue {
  readonly namespaces: readonly Namespace[];
  readonly #models = new Map<string, Model>();

  /** @throws Error where declarations do not fit together (a path twice, an extension of nothing, a loose reference) */
  constructor(models: readonly Model[], extensions: readonly Extension[] = []) {
    for (const model of models) {
      if (this.#models.has(model.path)) throw new Error(`model ${model.path} is declared twice`);
      this.#models.set(model.path, model);
    }
    for (const extension of extensions) this.#extend(extension);
    for (const { path, base } of models) {
      if (base !== undefined && !this.#models.has(base)) throw new Error(`${path}: there is no base ${base}`);
    }
    const there = new Set([...this.#models.keys()].map(namespaceOf));
    const names = new Set([...NAMESPACES.filter((name) => there.has(name)), ...there]);
    this.namespaces = [...names].map((name) => ({
      name,
      version: name === 'Auth' ? '2.0' : '0.1',
      models: [...this.#models.values()].filter(({ path }) => namespaceOf(path) === name),
    }));
  }

  model(path: string): Model | undefined {
    return this.#models.get(path);
  }

  /** The part of it that one protocol shows. */
  forProtocol(protocol: Protocol): Catalogue {
    const shows = ({ protocols }: { readonly protocols?: readonly Protocol[] }) =>
      protocols === undefined || protocols.includes(protocol);
    const actionsOf = ({ actions = {} }: Model) =>
      Object.fromEntries(Object.entries(actions).filter(([, action]) => shows(action)));
    return new Catalogue(this.models.filter(shows).map((model) => ({ ...model, actions: actionsOf(model) })));
  }

  get models(): readonly Model[] {
    return [...this.#models.values()];
  }

  /** The model that owns the ids of this one: itself, or the base of its family. */
  family(path: string): string {
    const base = this.#models.get(path)?.base;
    return base === undefined ? path : this.family(base);
  }

  #extend({ model: path, fields, complete, filters, actions, users }: Extension): void {
    const model = this.#models.get(path);
    if (!model) throw new Error(`there is no model ${path} to extend`);
    const before = model.complete?.bind(model);
    const { deletion } = model;
    this.#models.set(path, {
      ...model,
      fields: { ...model.fields, ...fields },
      filters: { ...model.filters, ...filters },
      actions: { ...model.actions, ...actions },
      ...(complete
        ? {
            complete: async (row, key, call) => ({
              ...(await before?.(row, key, call)),
              ...(await complete(row, key, call)),
            }),
          }
        : {}),
      ...(users && deletion
        ? {
            deletion: {
              ...deletion,
              users: async (view, key) => [...(await deletion.users(view, key)), ...(await users(view, key))],
            },
          }
        : {}),
    });
  }
}

export const namespaceOf = (path: string): string => path.slice(0, path.indexOf('/'));
export const modelNameOf = (path: string): string => path.slice(path.indexOf('/') + 1);

/** `/api/v1/Site/Site:site1:` */
export const uriOf = (path: string, id: string | number): string => `${ROOT}${path}:${id}:`;

/** The permission a verb on the objects of a model needs. */
export function permissionFor(model: Model, verb: 'view' | 'add' | 'change' | 'delete'): Permission {
  const grant = `${namespaceOf(model.path)}.${verb}_${modelNameOf(model.path).toLowerCase()}`;
  return model.permissions?.[verb] ?? { grant };
}
