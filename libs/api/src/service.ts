import { shownValues } from '#config';
import type { JsonMap } from '#kernel';
import { Conflict, pairsOf, refuse } from '#kernel';
import type { NamedCommand, Position, Precondition } from '#event-store';
import type { Key, ReadStore, View } from '#read-store';
import { StaleRead } from '#read-store';
import { may } from './caller.ts';
import type { ApprovalRules } from './approvals.ts';
import { checkApproval } from './approvals.ts';
import type { Catalogue } from './catalogue.ts';
import { permissionFor, uriOf } from './catalogue.ts';
import type { ReadSource } from './consistent-reads.ts';
import { ConsistentReads } from './consistent-reads.ts';
import { Forbidden, NotFound } from './errors.ts';
import type { Action, Call, Model, Permission, Values } from './model.ts';
import type { Making, Shown } from './objects.ts';
import { AS_THEY_ARE, refuseOther, show, showFound } from './objects.ts';
import type { HistoryEntry, ListDifference, ObjectDifference, Span } from './past-of-objects.ts';
import { MAX_COMPARED, PastOfObjects } from './past-of-objects.ts';
import type { Answer, Change, Listing, Request } from './request.ts';
import type { RestrictedField } from './permissions.ts';
import { restrictedFields } from './permissions.ts';
import { isAddressable } from './names.ts';
import type { CommandTarget } from './send-commands.ts';
import { rowOf, sendCommand, sendCommands, unchanged } from './send-commands.ts';
import { SiteGuard } from './site-guard.ts';
import { asDeclared, validate } from './validate.ts';

const EVERYTHING_SHOWN: readonly string[] = [];

/** How often a change is worked out anew from an object that others change meanwhile. */
const MAX_TRIES = 20;

/** What the API stands on. */
export interface ApiContext extends ReadSource, CommandTarget {
  readonly reads: ReadSource['reads'] & Pick<ReadStore, 'changes'>;
  readonly catalogue: Catalogue;
  /** Which requests take a second person's yes; none unless given. */
  readonly approvals?: () => ApprovalRules | undefined;
}

/**
 * What the protocols of the API have in common: who may, whether the values are right, one command per call, and an
 * answer that shows the caller's own change. Reads take the position of the log they are asked as of; none means now.
 */
export class ApiService {
  readonly catalogue: Catalogue;
  readonly #context: ApiContext;
  readonly #guard: SiteGuard;
  readonly #reads: ConsistentReads;
  readonly #past: PastOfObjects;
  /** The fields not everybody is shown, by the path of their model. */
  readonly #restricted: ReadonlyMap<string, readonly RestrictedField[]>;

  constructor(context: ApiContext) {
    const { catalogue } = context;
    this.catalogue = catalogue;
    this.#context = context;
    this.#guard = new SiteGuard(context);
    this.#reads = new ConsistentReads(context);
    this.#past = new PastOfObjects(context.reads);
    this.#restricted = new Map(
      catalogue.models.flatMap((model) => {
        const fields = restrictedFields(model);
        return fields.length === 0 ? [] : [[model.path, fields] as const];
      }),
    );
  }

  /** How far the log is shown, at least, by an answer that is read from now on. */
  get reached(): Position {
    return this.#reads.reached;
  }

  /** Waits until answers show the log up to a position, at least. */
  catchUpTo(position: Position): Promise<void> {
    return this.#reads.catchUpTo(position);
  }

  /** What is made of objects by key. @throws NotFound naming the first that is not there; Forbidden, NotReady */
  async get<T>(
    model: Model,
    keys: readonly Key[],
    request: Request,
    making: Making<T>,
    at?: Position,
  ): Promise<Map<Key, Shown<T>>> {
    this.#authorize(request, permissionFor(model, 'view'));
    const view = await this.#reads.at(at);
    await this.#guard.objects(request.caller, model, keys, view, false);
    return show(model, keys, view, making, this.#hidden(model, request));
  }

  /** Keys of the objects a filter finds, in their order. */
  async list(
    model: Model,
    listing: Listing,
    request: Request,
    at?: Position,
  ): Promise<{ readonly keys: readonly Key[]; readonly total: number }> {
    this.#authorize(request, permissionFor(model, 'view'));
    return this.#keys(model, listing, request, await this.#reads.at(at));
  }

  async #keys(model: Model, listing: Listing, { caller }: Request, view: View) {
    const { filter, ...page } = listing;
    if (filter) await this.#guard.references(caller, filter.use.parameters, filter.parameters, view);
    const where = filter ? await filter.use.where(filter.parameters, view) : {};
    if (where === null) return { keys: [], total: 0 };
    return this.#guard.list(caller, model, { where: { ...model.kind, ...where }, ...page }, view);
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
      objects: await showFound(model, keys, await this.#reads.at(at), AS_THEY_ARE, this.#hidden(model, request)),
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
    this.#authorize(request, permissionFor(model, 'view'));
    const view = await this.#reads.at(asked.to);
    await this.#guard.objects(request.caller, model, [key], view, false);
    const entries = await this.#past.history(model, key, asked, this.#hidden(model, request));
    if (!entries) throw new NotFound(model.path, key);
    return entries;
  }

  /** What is different of an object between two moments. @throws NotFound where it was there at neither */
  async compare(model: Model, key: Key, span: Span, request: Request): Promise<ObjectDifference> {
    this.#authorize(request, permissionFor(model, 'view'));
    await this.#within(span, (view) => this.#guard.objects(request.caller, model, [key], view, false));
    const found = await this.#past.object(model, key, span, this.#hidden(model, request));
    if (!found) throw new NotFound(model.path, key);
    return found;
  }

  /** What is different of a list between two moments: of the objects a filter finds at either. */
  async compareLists(model: Model, filter: Listing['filter'], span: Span, request: Request): Promise<ListDifference> {
    this.#authorize(request, permissionFor(model, 'view'));
    await this.#within(span, async () => undefined);
    const listing = { ...(filter ? { filter } : {}), skip: 0, count: MAX_COMPARED + 1 };
    return this.#past.list(
      model,
      (view) => this.#keys(model, listing, request, view),
      span,
      this.#hidden(model, request),
    );
  }

  /** A new object. `values` holds what was given; what was left out takes its default. */
  async create<T>(
    model: Model,
    values: Values,
    request: Request,
    making: Making<T>,
  ): Promise<Answer<Shown<T> & { readonly key: Key }>> {
    this.#authorize(request, permissionFor(model, 'add'), 'changes');
    if (!model.create) throw new Forbidden(`${model.path} is not created directly`);
    const writable = Object.entries(model.fields).filter(([, { mode }]) => mode !== 'RO');
    const whole = Object.fromEntries(writable.map(([name, field]) => [name, values[name] ?? field.default ?? null]));
    this.#guard.creation(request.caller, model, whole);
    await this.#guard.references(request.caller, model.fields, whole, this.#reads.now);
    await this.#approved(permissionFor(model, 'add'), () => this.#guard.sitesOfNew(model, whole));
    const command = model.create(asDeclared(model.fields, whole), this.#call(request));
    const id = model.idField === undefined ? undefined : whole[model.idField];
    const { value: key, position } = await sendCommand(this.#context, command, request, {
      faults: validate(model.fields, whole),
      lastFaults: isAddressable(id) ? [] : [{ field: model.idField ?? '', code: 'INVALID', text: 'Invalid' }],
    });
    return this.#reads.answer(position, async (pending) =>
      // Where the rows are late, what was asked for is what there will be.
      pending
        ? {
            key,
            object: making.make(model, { ...withoutSecrets(model, whole), ...model.toldOnce?.(command) }),
            since: undefined,
          }
        : { key, ...(await this.#created(model, key, command, making, request)) },
    );
  }

  /**
   * Changes objects, all or none.
   * @throws PreconditionFailed
   */
  async update<T>(
    model: Model,
    keys: readonly Key[],
    { values, repeated = {} }: Change,
    request: Request,
    making: Making<T>,
  ): Promise<Answer<ReadonlyMap<Key, Shown<T>>>> {
    this.#authorize(request, permissionFor(model, 'change'), 'changes');
    if (!model.update) throw new Forbidden(`${model.path} is not changed directly`);
    const { now } = this.#reads;
    await this.#guard.objects(request.caller, model, keys, now, true);
    await this.#approved(permissionFor(model, 'change'), () => this.#guard.sitesOfObjects(model, keys, now));
    if (typeof values !== 'function') await this.#guard.references(request.caller, model.fields, values, now);
    const hidden = this.#hidden(model, request);
    refuseOther(repeated, await show(model, keys, now, AS_THEY_ARE, hidden));
    const position =
      typeof values === 'function'
        ? await this.#changeFrom(model, keys, values, request)
        : await this.#change(model, new Map(keys.map((key) => [key, values])), request);
    return this.#reads.answer(position, async (pending) => {
      const shown = await show(model, keys, this.#reads.now, making, hidden);
      if (pending) for (const [key, { object }] of shown) shown.set(key, { object, since: undefined });
      return shown;
    });
  }

  /** Deletes objects, all or none. @throws Refusal where something still uses one of them; PreconditionFailed */
  async remove(model: Model, keys: readonly Key[], request: Request): Promise<Answer<void>> {
    this.#authorize(request, permissionFor(model, 'delete'), 'changes');
    if (!model.deletion) throw new Forbidden(`${model.path} is not deleted directly`);
    const { now } = this.#reads;
    await this.#guard.objects(request.caller, model, keys, now, true);
    await show(model, keys, now, AS_THEY_ARE);
    await this.#approved(permissionFor(model, 'delete'), () => this.#guard.sitesOfObjects(model, keys, now));
    const { idempotencyKey: _, ...once } = request;
    const preconditions = unchanged(model, keys, request);
    const { position } = await sendCommand(this.#context, model.deletion.command(keys), once, { preconditions });
    return this.#reads.answer(position, async () => undefined);
  }

  /**
   * Calls an action on the model itself.
   * @param at as of which position, for actions that can be asked so; undefined: now
   */
  async callStatic(action: Action, parameters: Values, request: Request, at?: Position): Promise<Answer<unknown>> {
    const { permission, run } = action;
    this.#authorize(request, permission, 'command' in run ? 'changes' : 'reads');
    const view = await this.#reads.at(at);
    await this.#guard.staticCall(request.caller, action, parameters, view);
    const call = { ...this.#call(request), view };
    if ('query' in run) return asAnswer(await run.query(undefined, parameters, call));
    await this.#approved(permission, () => this.#guard.sitesOfCall(action, parameters, view));
    const { idempotencyKey: _, ...once } = request;
    const { value, position } = await sendCommand(this.#context, run.command(undefined, parameters, call), once);
    return this.#reads.answer(position, async () => value);
  }

  /**
   * Calls an action on objects, all or none.
   * @param at as of which position, for actions that can be asked so; undefined: now
   */
  async callOn(
    model: Model,
    { permission, parameters: declared, run }: Action,
    keys: readonly Key[],
    parameters: Values,
    request: Request,
    at?: Position,
  ): Promise<Answer<Map<Key, unknown>>> {
    this.#authorize(request, permission, 'command' in run ? 'changes' : 'reads');
    const view = await this.#reads.at(at);
    await this.#guard.objects(request.caller, model, keys, view, 'command' in run);
    await show(model, keys, view, AS_THEY_ARE);
    await this.#guard.references(request.caller, declared, parameters, view);
    const call = { ...this.#call(request), view };
    if ('query' in run) {
      const values = new Map<Key, unknown>();
      for (const key of keys) values.set(key, await run.query(key, parameters, call));
      return asAnswer(values);
    }
    await this.#approved(permission, () => this.#guard.sitesOfObjects(model, keys, view));
    const { value, position } = await sendCommands(
      this.#context,
      keys.map((key) => run.command(key, parameters, call)),
      request,
    );
    return this.#reads.answer(position, async (pending) => {
      const answers = new Map<Key, unknown>();
      for (const [n, key] of keys.entries()) {
        answers.set(key, run.answer && !pending ? await run.answer(key, this.#call(request)) : value[n]);
      }
      return answers;
    });
  }

  /** What is said beside the value of a call; undefined: nothing. */
  async noteOf({ note }: Action, value: unknown): Promise<string | undefined> {
    return note?.(value, this.#reads.now);
  }

  /** Looks at both ends of a span. @throws Refusal where the first is behind the second */
  async #within({ from, to }: Span, look: (view: View) => Promise<void>): Promise<void> {
    if (from > to) throw refuse('from', 'AFTER_TO', 'from must not be later than to');
    const views = [await this.#reads.at(from), await this.#reads.at(to)];
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

  #authorize({ caller }: Request, permission: Permission, does: 'reads' | 'changes' = 'reads'): void {
    if (!may(caller, permission)) throw new Forbidden('Not Authorized');
    if (does === 'changes' && caller.principal?.token?.readOnly) throw new Forbidden('the token is for reading only');
  }

  /** Lets a change through, unless a second person has to approve of it. @throws Refusal */
  async #approved(permission: Permission, sites: () => Promise<readonly string[]>): Promise<void> {
    const rules = this.#context.approvals?.();
    if (rules) await checkApproval(rules, permission, sites);
  }

  /** The fields of a model whose values the caller may not see. */
  #hidden({ path }: Model, { caller }: Request): readonly string[] {
    const restricted = this.#restricted.get(path);
    if (!restricted) return EVERYTHING_SHOWN;
    return restricted.filter(({ shownTo }) => !may(caller, shownTo)).map(({ name }) => name);
  }

  /** Changes objects by what they are, whoever else changes them meanwhile. @throws Conflict where that never ends */
  async #changeFrom(model: Model, keys: readonly Key[], change: (object: Values) => Values, request: Request) {
    for (let tries = 1; ; tries += 1) {
      const shown = await show(model, keys, this.#reads.now, AS_THEY_ARE, this.#hidden(model, request));
      const changes = new Map([...shown].map(([key, { object }]) => [key, change(object)]));
      const latest = [...shown].map(([key, { since }]) => ({
        ...rowOf(model, key),
        unchangedSince: since === undefined ? [] : [since],
        otherwise: 'stale-read' as const,
      }));
      try {
        return await this.#change(model, changes, request, latest);
      } catch (error) {
        if (!(error instanceof StaleRead)) throw error;
        if (tries === MAX_TRIES) throw new Conflict(keys.map((key) => uriOf(model.path, key)));
      }
    }
  }

  async #change(
    model: Model,
    changes: ReadonlyMap<Key, Values>,
    request: Request,
    preconditions: readonly Precondition[] = [],
  ): Promise<Position | undefined> {
    const call = this.#call(request);
    for (const values of new Set(changes.values())) {
      await this.#guard.references(request.caller, model.fields, values, call.view);
    }
    const commands = [...changes].map(([key, values]) => model.update!(key, asDeclared(model.fields, values), call));
    const faults = [...new Set(changes.values())].flatMap((values) => validate(model.fields, values));
    const { position } = await sendCommands(this.#context, commands, request, {
      faults,
      preconditions: [...preconditions, ...unchanged(model, [...changes.keys()], request)],
    });
    return position;
  }

  #call({ caller }: Request): Call {
    return { caller, view: this.#reads.now, now: this.#context.clock.now() };
  }

  /** A new object, with what is told in the answer to its creation alone. */
  async #created<T>(
    model: Model,
    key: Key,
    command: NamedCommand<Key>,
    making: Making<T>,
    request: Request,
  ): Promise<Shown<T>> {
    const told = model.toldOnce?.(command);
    if (!told) return this.#shown(model, key, making, request);
    const { object, since } = await this.#shown(model, key, AS_THEY_ARE, request);
    return { object: making.make(model, { ...object, ...told }), since };
  }

  async #shown<T>(model: Model, key: Key, making: Making<T>, request: Request): Promise<Shown<T>> {
    const hidden = this.#hidden(model, request);
    const [shown] = (await show(model, [key], this.#reads.now, making, hidden)).values();
    return shown!;
  }
}

const asAnswer = <T>(value: T): Answer<T> => ({ value, position: undefined, pending: undefined });

/** Values as they were given, with the secrets in their maps masked. */
const withoutSecrets = ({ fields }: Model, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const masked = fields[name]?.type.kind === 'Map' && typeof value === 'object' && value !== null;
      return [name, masked ? shownValues(pairsOf(value as JsonMap)) : value];
    }),
  );
