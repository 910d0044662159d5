import type { Action, Deletion, Extension, Protocol, Model, Permission } from './model.ts';

/** Where the API begins; every URI starts with it. */
export const ROOT = '/api/v1/';

/** Where the API begins over REST. */
export const REST_ROOT = '/api/rest/';

/** `/api/rest/Site/Site/site1` */
export const restUriOf = (path: string, id: string | number): string => `${REST_ROOT}${path}/${encodeURIComponent(id)}`;

/** A namespace, as the module declares it that owns it. */
export interface NamespaceDeclaration {
  readonly name: string;
  /** `0.1` unless said otherwise. */
  readonly version?: string;
  /** Where clients know it among the others: the smaller the earlier. */
  readonly position: number;
  /** Whether answers about its models may be stored for requests that come again; not where they may hold tokens. */
  readonly storesAnswers?: boolean;
  /** What the codes of its refusals come to, where that is something else than a refusal or wrong values. */
  readonly refusals?: Readonly<Record<string, RefusalKind>>;
}

/** What a refusal comes to for a client: log in, ask for more permissions, wait, look elsewhere. */
export type RefusalKind = 'unauthenticated' | 'forbidden' | 'too-many-requests' | 'not-ready' | 'not-found';

/** A group of models with a version of its own. */
export interface Namespace {
  readonly name: string;
  readonly version: string;
  readonly storesAnswers: boolean;
  readonly models: readonly Model[];
}

/** Everything the API consists of: the models by namespace, with what other modules have added to them. */
export class Catalogue {
  readonly namespaces: readonly Namespace[];
  /** What the codes of refusals come to, as the namespaces declare them. */
  readonly refusals: Readonly<Record<string, RefusalKind>>;
  readonly #models = new Map<string, Model>();
  readonly #declared: readonly NamespaceDeclaration[];

  /** @throws Error where declarations do not fit together (a path twice, an extension of nothing, a loose reference) */
  constructor(
    models: readonly Model[],
    extensions: readonly Extension[] = [],
    declared: readonly NamespaceDeclaration[] = [],
  ) {
    this.#declared = declared;
    this.refusals = Object.assign({}, ...declared.map(({ refusals }) => refusals)) as Catalogue['refusals'];
    for (const model of models) {
      if (this.#models.has(model.path)) throw new Error(`model ${model.path} is declared twice`);
      this.#models.set(model.path, model);
    }
    for (const extension of extensions) this.#extend(extension);
    for (const { path, base } of models) {
      if (base !== undefined && !this.#models.has(base)) throw new Error(`${path}: there is no base ${base}`);
    }
    // Those that nobody has declared come last, in the order of their models.
    const places = new Map(declared.map(({ name, position }) => [name, position]));
    const names = [...new Set([...this.#models.keys()].map(namespaceOf))];
    const place = (name: string): number => places.get(name) ?? Number.MAX_SAFE_INTEGER;
    this.namespaces = names
      .toSorted((one, other) => place(one) - place(other))
      .map((name) => {
        const { version = '0.1', storesAnswers = true } = declared.find((one) => one.name === name) ?? {};
        const own = [...this.#models.values()].filter(({ path }) => namespaceOf(path) === name);
        return { name, version, storesAnswers, models: own };
      });
  }

  namespace(name: string): Namespace | undefined {
    return this.namespaces.find((namespace) => namespace.name === name);
  }

  model(path: string): Model | undefined {
    return this.#models.get(path);
  }

  /** The part of it that one protocol shows. */
  forProtocol(protocol: Protocol): Catalogue {
    const shows = ({ protocols }: { readonly protocols?: readonly Protocol[] }) =>
      protocols === undefined || protocols.includes(protocol);
    const actionsOf = ({ actions = {} }: Model) =>
      Object.fromEntries(
        Object.entries(actions)
          .filter(([, action]) => shows(action))
          .map(([name, action]) => [name, protocol === 'cinp' ? inFormOfCinp(action) : action]),
      );
    const fieldsOf = ({ fields }: Model) =>
      Object.fromEntries(Object.entries(fields).filter(([, field]) => shows(field)));
    const filtersOf = ({ filters = {} }: Model) =>
      Object.fromEntries(Object.entries(filters).filter(([, filter]) => shows(filter)));
    const models = this.models.filter(shows).map((model) => ({
      ...model,
      fields: fieldsOf(model),
      actions: actionsOf(model),
      filters: filtersOf(model),
    }));
    return new Catalogue(models, [], this.#declared);
  }

  get models(): readonly Model[] {
    return [...this.#models.values()];
  }

  /** The model that owns the ids of this one: itself, or the base of its family. */
  family(path: string): string {
    const base = this.#models.get(path)?.base;
    return base === undefined ? path : this.family(base);
  }

  #extend({ model: path, fields, complete, filters, actions, users, release }: Extension): void {
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
      ...(deletion ? { deletion: extended(deletion, users, release) } : {}),
    });
  }
}

/** An action that answers in the form that clients of CInP know. */
function inFormOfCinp(action: Action): Action {
  const { onCinp, run } = action;
  if (!onCinp || !('query' in run)) return action;
  const { returns, answer } = onCinp;
  return { ...action, returns, run: { query: async (...asked) => answer(await run.query(...asked)) } };
}

/** How objects are deleted, with what an extension has to say of it. */
function extended(deletion: Deletion, users: Deletion['users'], release: Deletion['release']): Deletion {
  const { users: usersBefore, release: before } = deletion;
  return {
    ...deletion,
    ...(users
      ? { users: async (view, key) => [...((await usersBefore?.(view, key)) ?? []), ...(await users(view, key))] }
      : {}),
    ...(release
      ? {
          release: async (work, view, key) => {
            await before?.(work, view, key);
            await release(work, view, key);
          },
        }
      : {}),
  };
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
