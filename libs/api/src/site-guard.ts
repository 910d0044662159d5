import type { Caller } from '#kernel';
import type { Key, ListOptions, ReadStore, View, Where } from '#read-store';
import { compareKeys, fulfils } from '#read-store';
import { boundTo, canServe } from './caller.ts';
import type { Catalogue } from './catalogue.ts';
import { Forbidden, NotFound } from './errors.ts';
import type { Parameters } from './field.ts';
import type { Action, Model, Values } from './model.ts';
import { checkOwner, ownListing } from './owners.ts';

/** How long it waits for a row that the read models may not show yet, in milliseconds. */
const LATE_ROW_MS = 5000;

/** What is said where a service asks for what is not at its sites. */
const ELSEWHERE = 'not one of its sites, or not its modules';
const SHARED = 'who is bound to sites may not change what belongs to no site';

/** What the guard looks objects up in. */
export interface SiteGuardParts {
  readonly catalogue: Catalogue;
  readonly reads: Pick<ReadStore, 'now'> & {
    readonly projector: Pick<ReadStore['projector'], 'caughtUp'>;
  };
  readonly head: () => Promise<bigint>;
}

/** Whether an index may have a value where this is its condition. */
function mayBe(condition: Where[string] | undefined, value: Key): boolean {
  if (condition === undefined || condition === value) return true;
  if (typeof condition !== 'object' || condition === null) return false;
  if ('startsWith' in condition) return String(value).startsWith(condition.startsWith);
  return 'any' in condition ? condition.any.includes(value) : condition.all.every((one) => one === value);
}

/**
 * Keeps services to the sites and modules they are bound to, for every verb and action, by what models declare (`sites`).
 * Callers that are bound to nothing pass without a look. Every method throws Forbidden where the caller may not.
 */
export class SiteGuard {
  readonly #parts: SiteGuardParts;

  constructor(parts: SiteGuardParts) {
    this.#parts = parts;
  }

  /** Objects are seen or, with `change`, changed: they are at the sites of the caller. @throws NotFound */
  async objects(caller: Caller, model: Model, keys: readonly Key[], view: View, change: boolean): Promise<void> {
    await checkOwner(caller, model, keys, view, change ? 'delete' : 'view');
    if (!boundTo(caller)) return;
    if (model.sites === 'none') {
      if (change) throw new Forbidden(SHARED);
      return;
    }
    const sites = await this.#sitesOf(model, keys, view);
    for (const key of keys) {
      const site = sites.get(key);
      if (site === undefined && model.sites !== undefined) throw new NotFound(model.path, key);
      if (site === undefined || !canServe(caller, site)) throw new Forbidden(ELSEWHERE);
    }
  }

  /** A new object: a service makes none that belong to no site, nor new sites other than its own. */
  creation(caller: Caller, model: Model, values: Values): void {
    if (!boundTo(caller)) return;
    if (model.sites === undefined || model.sites === 'none') throw new Forbidden(SHARED);
    const id = model.sites === 'itself' ? values[model.idField ?? ''] : undefined;
    if (model.sites === 'itself' && !(typeof id === 'string' && canServe(caller, id))) throw new Forbidden(ELSEWHERE);
  }

  /** What is given refers to nothing that is at another site. */
  async references(caller: Caller, declared: Parameters, values: Values, view: View): Promise<void> {
    if (!boundTo(caller)) return;
    for (const [name, { type }] of Object.entries(declared)) {
      const keys = type.kind === 'Model' ? [values[name] ?? []].flat() : [];
      if (type.kind !== 'Model' || keys.length === 0) continue;
      const model = this.#parts.catalogue.model(type.model);
      if (!model || model.sites === undefined) throw new Forbidden(ELSEWHERE);
      if (model.sites === 'none') continue;
      const sites = await this.#sitesOf(model, keys as Key[], view);
      // What is not there is told as that.
      if ([...sites.values()].some((site) => !canServe(caller, site))) throw new Forbidden(ELSEWHERE);
    }
  }

  /** Keys of those objects a caller may see, in their order. */
  async list(caller: Caller, model: Model, options: ListOptions, view: View): ReturnType<View['keys']> {
    const { rows, sites } = model;
    if (!rows) return { keys: [], total: 0 };
    const bound = boundTo(caller);
    if (!bound || sites === 'none') {
      const own = ownListing(caller, model, options);
      return own ? view.keys(rows, own) : { keys: [], total: 0 };
    }
    if (sites === undefined) throw new Forbidden(ELSEWHERE);
    const { where = {}, skip = 0, count } = options;
    const end = count === undefined ? undefined : skip + count;
    if (sites === 'itself') {
      const found = await view.many(rows, bound);
      const keys = [...found].flatMap(([key, row]) => (fulfils(rows, row, where) ? [key] : [])).toSorted(compareKeys);
      return { keys: keys.slice(skip, end), total: keys.length };
    }
    const { index, of } = sites;
    const holder = of === undefined ? undefined : this.#modelOf(of);
    const places = holder ? (await this.list(caller, holder, {}, view)).keys : bound;
    const at = places.filter((place) => mayBe(where[index], place));
    const parts = await Promise.all(
      at.map((place) =>
        view.keys(rows, { where: { ...where, [index]: place }, ...(end === undefined ? {} : { count: end }) }),
      ),
    );
    return {
      keys: parts
        .flatMap(({ keys }) => keys)
        .toSorted(compareKeys)
        .slice(skip, end),
      total: parts.reduce((sum, { total }) => sum + total, 0),
    };
  }

  /** An action on the model itself: at a site of the caller, or one that concerns none. */
  async staticCall(caller: Caller, { sites, parameters: declared }: Action, values: Values, view: View): Promise<void> {
    if (!caller.principal?.serviceScope || sites === 'none') return;
    if (sites) {
      const place = (await sites(values, view)) ?? (await sites(values, await this.#latest()));
      // What is nowhere is told as that.
      if (place && !canServe(caller, place.site, place.modules)) throw new Forbidden(ELSEWHERE);
      return;
    }
    if (!boundTo(caller)) return;
    const site = Object.entries(declared).find(([, { type }]) => type.kind === 'Model' && type.model === 'Site/Site');
    if (!site || typeof values[site[0]] !== 'string') throw new Forbidden(ELSEWHERE);
    await this.references(caller, declared, values, view);
  }

  /** The sites that objects are at, or are. */
  async sitesOfObjects(model: Model, keys: readonly Key[], view: View): Promise<readonly string[]> {
    return [...(await this.#sitesOf(model, keys, view)).values()];
  }

  /** The site that a new object is to be at, or to be. */
  async sitesOfNew({ sites, idField, fields }: Model, values: Values): Promise<readonly string[]> {
    if (sites === 'itself') return [String(values[idField ?? ''])];
    return sitesAmong(fields, values);
  }

  /** The sites that an action on a model itself works at. */
  async sitesOfCall({ sites, parameters }: Action, values: Values, view: View): Promise<readonly string[]> {
    if (typeof sites !== 'function') return sitesAmong(parameters, values);
    const place = await sites(values, view);
    return place ? [place.site] : [];
  }

  /** The view of now, once it shows all that is in the log by now. */
  async #latest(): Promise<View> {
    const { reads, head } = this.#parts;
    await reads.projector.caughtUp(await head(), LATE_ROW_MS);
    return reads.now;
  }

  /** The sites of those objects that are there; of sites themselves also where they are not. */
  async #sitesOf({ rows, sites }: Model, keys: readonly Key[], view: View): Promise<Map<Key, string>> {
    if (sites === 'itself') return new Map(keys.map((key) => [key, String(key)]));
    if (!rows || typeof sites !== 'object') return new Map();
    const { index, of } = sites;
    const places = new Map(
      [...(await view.many(rows, keys))].map(([key, row]) => [key, rows.indexes[index]?.(row) ?? '']),
    );
    if (of === undefined) return new Map([...places].map(([key, site]) => [key, String(site)]));
    const holders = await this.#sitesOf(this.#modelOf(of), [...new Set(places.values())], view);
    return new Map([...places].map(([key, holder]) => [key, holders.get(holder) ?? '']));
  }

  #modelOf(path: string): Model {
    const model = this.#parts.catalogue.model(path);
    if (!model) throw new Error(`there is no ${path}`);
    return model;
  }
}

/** The sites that are named among values. */
const sitesAmong = (declared: Parameters, values: Values): readonly string[] =>
  Object.entries(declared).flatMap(([name, { type }]) =>
    type.kind === 'Model' && type.model === 'Site/Site' ? [values[name] ?? []].flat().map(String) : [],
  );
