import { refuse } from '#kernel';
import type { Position } from '#event-store';
import type { Key, View } from '#read-store';
import type { ApiParts } from './api-parts.ts';
import { permissionFor } from './catalogue.ts';
import { NotFound } from './errors.ts';
import type { Model } from './model.ts';
import type { Making, Shown } from './objects.ts';
import { AS_THEY_ARE, show, showFound } from './objects.ts';
import type { HistoryEntry, ListDifference, ObjectDifference, Span } from './past-of-objects.ts';
import { MAX_COMPARED, PastOfObjects } from './past-of-objects.ts';
import type { Listing, Request } from './request.ts';

/** Reads of objects, as they are and as they were. */
export class ObjectReads {
  readonly #parts: ApiParts;
  readonly #past: PastOfObjects;

  constructor(parts: ApiParts) {
    this.#parts = parts;
    this.#past = new PastOfObjects(parts.context.reads);
  }

  /** What is made of objects by key. @throws NotFound naming the first that is not there; Forbidden, NotReady */
  async get<T>(
    model: Model,
    keys: readonly Key[],
    request: Request,
    making: Making<T>,
    at?: Position,
  ): Promise<Map<Key, Shown<T>>> {
    this.#parts.authorize(request, permissionFor(model, 'view'));
    const view = await this.#parts.reads.at(at);
    await this.#parts.guard.objects(request.caller, model, keys, view, false);
    return show(model, keys, view, making, this.#parts.hidden(model, request));
  }

  /** Keys of the objects a filter finds, in their order. */
  async list(
    model: Model,
    listing: Listing,
    request: Request,
    at?: Position,
  ): Promise<{ readonly keys: readonly Key[]; readonly total: number }> {
    this.#parts.authorize(request, permissionFor(model, 'view'));
    return this.#keys(model, listing, request, await this.#parts.reads.at(at));
  }

  async #keys(model: Model, listing: Listing, { caller }: Request, view: View) {
    const { filter, ...page } = listing;
    if (filter) await this.#parts.guard.references(caller, filter.use.parameters, filter.parameters, view);
    const where = filter ? await filter.use.where(filter.parameters, view) : {};
    if (where === null) return { keys: [], total: 0 };
    return this.#parts.guard.list(caller, model, { where: { ...model.kind, ...where }, ...page }, view);
  }

  /** The objects a filter finds, in the order of their keys. */
  async listObjects(
    model: Model,
    listing: Listing,
    request: Request,
    at?: Position,
  ): Promise<{ readonly objects: ReadonlyMap<Key, Shown>; readonly total: number }> {
    const { keys, total } = await this.list(model, listing, request, at);
    return {
      objects: await showFound(
        model,
        keys,
        await this.#parts.reads.at(at),
        AS_THEY_ARE,
        this.#parts.hidden(model, request),
      ),
      total,
    };
  }

  /**
   * What happened to an object in a span of the log, also where it is no more.
   * @throws NotFound where there never was one
   */
  async history(
    model: Model,
    key: Key,
    asked: Span & { readonly newestFirst: boolean; readonly count: number },
    request: Request,
  ): Promise<readonly HistoryEntry[]> {
    this.#parts.authorize(request, permissionFor(model, 'view'));
    const view = await this.#parts.reads.at(asked.to);
    await this.#parts.guard.objects(request.caller, model, [key], view, false);
    const entries = await this.#past.history(model, key, asked, this.#parts.hidden(model, request));
    if (!entries) throw new NotFound(model.path, key);
    return entries;
  }

  /** What is different of an object between two moments. @throws NotFound where it was there at neither */
  async compare(model: Model, key: Key, span: Span, request: Request): Promise<ObjectDifference> {
    this.#parts.authorize(request, permissionFor(model, 'view'));
    await this.#within(span, (view) => this.#parts.guard.objects(request.caller, model, [key], view, false));
    const found = await this.#past.object(model, key, span, this.#parts.hidden(model, request));
    if (!found) throw new NotFound(model.path, key);
    return found;
  }

  /** What is different of a list between two moments: of the objects a filter finds at either. */
  async compareLists(model: Model, filter: Listing['filter'], span: Span, request: Request): Promise<ListDifference> {
    this.#parts.authorize(request, permissionFor(model, 'view'));
    await this.#within(span, async () => undefined);
    const listing = { ...(filter ? { filter } : {}), skip: 0, count: MAX_COMPARED + 1 };
    return this.#past.list(
      model,
      (view) => this.#keys(model, listing, request, view),
      span,
      this.#parts.hidden(model, request),
    );
  }

  /** Looks at both ends of a span. @throws Refusal where the first is behind the second */
  async #within({ from, to }: Span, look: (view: View) => Promise<void>): Promise<void> {
    if (from > to) throw refuse('from', 'AFTER_TO', 'from must not be later than to');
    const views = [await this.#parts.reads.at(from), await this.#parts.reads.at(to)];
    let found = 0;
    let missing: unknown;
    for (const view of views) {
      try {
        await look(view);
        found += 1;
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
        missing = error;
      }
    }
    if (found === 0) throw missing;
  }
}
