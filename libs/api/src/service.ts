import { shownValues } from '#config';
import type { CommandMetadata, Fault, JsonMap, UnitOfWork } from '#kernel';
import { pairsOf, refuse } from '#kernel';
import type { Clock, CommandResult, Position } from '#event-store';
import type { Key, Projector, ReadStore, View } from '#read-store';
import { ANONYMOUS, may } from './caller.ts';
import type { Catalogue } from './catalogue.ts';
import { permissionFor } from './catalogue.ts';
import { deleteObjects } from './deletion.ts';
import { Forbidden, NotReady } from './errors.ts';
import type { Action, Call, Model, Permission, Values } from './model.ts';
import type { Making, Shown } from './objects.ts';
import { AS_THEY_ARE, refuseOther, show, showFound } from './objects.ts';
import type { Answer, Change, Listing, Request } from './request.ts';
import type { PreconditionContext } from './preconditions.ts';
import { requireLatest, requireUnchanged } from './preconditions.ts';
import { validate } from './validate.ts';

export interface ApiContext {
  readonly catalogue: Catalogue;
  /** Where answers are read from, and who knows how far that has come. */
  readonly reads: Pick<ReadStore, 'now' | 'at'> & { readonly projector: Pick<Projector, 'caughtUp' | 'reached'> };
  readonly clock: Clock;
  readonly head: () => Promise<Position>;
  /** The one entrance for wishes. */
  readonly execute: <R>(metadata: CommandMetadata, task: (work: UnitOfWork) => Promise<R>) => Promise<CommandResult<R>>;
  /** How long an answer waits for the read models, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * What the faces of the API have in common: who may, whether the values are right, one unit of work per call, and an
 * answer that shows the caller's own change. Reads take the position of the log they are asked as of; none means now.
 */
export class ApiService {
  readonly catalogue: Catalogue;
  readonly #ground: ApiContext;
  readonly #standing: PreconditionContext;

  constructor(ground: ApiContext) {
    const { catalogue, reads, head, timeoutMs = 5000 } = ground;
    this.catalogue = catalogue;
    this.#ground = ground;
    this.#standing = { reads, head, timeoutMs };
  }

  /** How far the log is shown, at least, by an answer that is read from now on. */
  get reached(): Position {
    return this.#ground.reads.projector.reached;
  }

  /**
   * Waits until answers show the log up to a position, at least: one that the caller was given by another server. It
   * waits as long as an answer would, and not for what the log has not come to.
   */
  async catchUpTo(position: Position): Promise<void> {
    const { reads, head } = this.#ground;
    if (await reads.projector.caughtUp(position, 0)) return;
    if (position <= (await head())) await reads.projector.caughtUp(position, this.#standing.timeoutMs);
  }

  /** What is made of objects by key. @throws NotFound naming the first that is not there; Forbidden, NotReady */
  async get<T>(
    model: Model,
    keys: readonly Key[],
    request: Request,
    making: Making<T>,
    at?: Position,
  ): Promise<Map<Key, Shown<T>>> {
    this.#demand(request, permissionFor(model, 'view'));
    return show(model, keys, at === undefined ? this.#ground.reads.now : await this.#view(at), making);
  }

  /** Keys of the objects a filter finds, in their order. */
  async list(
    model: Model,
    listing: Listing,
    request: Request,
    at?: Position,
  ): Promise<{ readonly keys: readonly Key[]; readonly total: number }> {
    this.#demand(request, permissionFor(model, 'view'));
    const { filter, ...page } = listing;
    const where = filter ? filter.use.where(filter.parameters) : {};
    if (!model.rows || where === null) return { keys: [], total: 0 };
    return (await this.#view(at)).keys(model.rows, { where: { ...model.kind, ...where }, ...page });
  }

  /** The objects a filter finds, in the order of their keys. */
  async listObjects(
    model: Model,
    listing: Listing,
    request: Request,
    at?: Position,
  ): Promise<{ readonly objects: ReadonlyMap<Key, Shown>; readonly total: number }> {
    const { keys, total } = await this.list(model, listing, request, at);
    return { objects: await showFound(model, keys, await this.#view(at), AS_THEY_ARE), total };
  }

  /** A new object. `values` holds what was given; what was left out takes its default. */
  async create<T>(
    model: Model,
    values: Values,
    request: Request,
    making: Making<T>,
  ): Promise<Answer<Shown<T> & { readonly key: Key }>> {
    this.#demand(request, permissionFor(model, 'add'));
    const { create } = model;
    if (!create) throw new Forbidden(`${model.path} is not created directly`);
    const writable = Object.entries(model.fields).filter(([, { mode }]) => mode !== 'RO');
    const whole = Object.fromEntries(writable.map(([name, field]) => [name, values[name] ?? field.default ?? null]));
    const { call, done } = this.#open(request, request.idempotencyKey);
    const { value: key } = await call.execute(async (work) => {
      collect(work, validate(model.fields, whole));
      const made = await create(work, whole, call);
      work.throwIfFaulted();
      if (!isAddressable(made)) work.fault(model.idField ?? '', 'INVALID', 'Invalid');
      return made;
    });
    return this.#answer(done, async (pending) =>
      // Where the rows are late, what was asked for is what there will be.
      pending
        ? { key, object: making.make(model, withoutSecrets(model, whole)), since: undefined }
        : { key, ...(await this.#shown(model, key, making)) },
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
    this.#demand(request, permissionFor(model, 'change'));
    const { update } = model;
    if (!update) throw new Forbidden(`${model.path} is not changed directly`);
    const { now } = this.#ground.reads;
    refuseOther(repeated, await show(model, keys, now, AS_THEY_ARE));
    const { call, done } = this.#open(request, request.idempotencyKey);
    await call.execute(async (work) => {
      if (typeof values !== 'function') collect(work, validate(model.fields, values));
      for (const key of keys) {
        if (typeof values === 'function') await this.#changeFrom(model, key, values, work, call);
        else await update(work, key, values, call);
      }
      await requireUnchanged(model, keys, request.unchangedSince, this.#standing);
    });
    return this.#answer(done, async (pending) => {
      const shown = await show(model, keys, now, making);
      if (pending) for (const [key, { object }] of shown) shown.set(key, { object, since: undefined });
      return shown;
    });
  }

  /** Deletes objects, all or none. @throws Refusal where something still uses one of them; PreconditionFailed */
  async remove(model: Model, keys: readonly Key[], request: Request): Promise<Answer<void>> {
    this.#demand(request, permissionFor(model, 'delete'));
    const { deletion } = model;
    if (!deletion) throw new Forbidden(`${model.path} is not deleted directly`);
    const { reads, head } = this.#ground;
    await show(model, keys, reads.now, AS_THEY_ARE);
    const { call, done } = this.#open(request);
    await deleteObjects(deletion, keys, call, {
      head,
      projector: reads.projector,
      view: reads.now,
      check: () => requireUnchanged(model, keys, request.unchangedSince, this.#standing),
    });
    return this.#answer(done, async () => undefined);
  }

  /** Calls an action on the model itself. */
  async callStatic(action: Action, parameters: Values, request: Request): Promise<Answer<unknown>> {
    this.#demand(request, action.permission);
    const { run } = action;
    const { call, done } = this.#open(request);
    if ('within' in run) throw new Error('an action within the unit of work needs an object');
    const value = await run.freely(undefined, parameters, call);
    return this.#answer(done, async () => value);
  }

  /** Calls an action on objects, all or none. */
  async callOn(
    model: Model,
    action: Action,
    keys: readonly Key[],
    parameters: Values,
    request: Request,
  ): Promise<Answer<Map<Key, unknown>>> {
    this.#demand(request, action.permission);
    const { run } = action;
    await show(model, keys, this.#ground.reads.now, AS_THEY_ARE);
    const within = 'within' in run;
    const { call, done } = this.#open(request, within ? request.idempotencyKey : undefined);
    const each = async (act: (key: Key) => Promise<unknown>): Promise<[Key, unknown][]> => {
      const values: [Key, unknown][] = [];
      for (const key of keys) values.push([key, await act(key)]);
      return values;
    };
    const values = within
      ? (await call.execute((work) => each((key) => run.within(work, key, parameters, call)))).value
      : await each((key) => run.freely(key, parameters, call));
    return this.#answer(done, async () => new Map(values));
  }

  #demand({ caller }: Request, permission: Permission): void {
    if (!may(caller, permission)) throw new Forbidden('Not Authorized');
  }

  async #view(at: Position | undefined): Promise<View> {
    const { reads, head } = this.#ground;
    if (at === undefined) return reads.now;
    if (at > (await head())) throw refuse('at', 'AHEAD', 'The log has not come that far.');
    if (!(await reads.projector.caughtUp(at, this.#standing.timeoutMs))) throw new NotReady('the read models are late');
    return reads.at(at);
  }

  /** Changes an object by what it is, whoever else changes it meanwhile. */
  async #changeFrom(model: Model, key: Key, change: (object: Values) => Values, work: UnitOfWork, call: Call) {
    const { object, since } = await this.#shown(model, key, AS_THEY_ARE);
    const values = change(object);
    collect(work, validate(model.fields, values));
    await model.update?.(work, key, values, call);
    await requireLatest(model, key, since, work, this.#standing);
  }

  /** @param once the mark of a request that is one unit of work, and carried out once */
  #open(request: Request, once?: string): { call: Call; done: { position: Position | undefined } } {
    const done: { position: Position | undefined } = { position: undefined };
    const { execute, clock, reads } = this.#ground;
    let steps = 0;
    const metadata: CommandMetadata = {
      actor: request.caller.principal?.name ?? ANONYMOUS,
      request: request.id,
      correlation: request.id,
      ...(request.reason === undefined ? {} : { reason: request.reason }),
    };
    const call: Call = {
      caller: request.caller,
      metadata,
      view: reads.now,
      now: clock.now(),
      execute: async (task) => {
        // Every unit of work of a request has an id of its own, the same ones when the request is sent again.
        const id = steps === 0 ? request.id : `${request.id}/${steps}`;
        const step = await execute(
          { ...metadata, request: id, ...(once === undefined ? {} : { idempotencyKey: once }) },
          task,
        );
        steps += 1;
        done.position = step.position ?? done.position;
        return step;
      },
    };
    return { call, done };
  }

  /** Answers when the read models show the change, or are too late. */
  async #answer<T>(
    { position }: { readonly position: Position | undefined },
    value: (pending: boolean) => Promise<T>,
  ): Promise<Answer<T>> {
    const { reads } = this.#ground;
    const late = position !== undefined && !(await reads.projector.caughtUp(position, this.#standing.timeoutMs));
    return { value: await value(late), position, pending: late ? position : undefined };
  }

  async #shown<T>(model: Model, key: Key, making: Making<T>): Promise<Shown<T>> {
    const [shown] = (await show(model, [key], this.#ground.reads.now, making)).values();
    return shown!;
  }
}

/** Values as they were given, with the secrets in their maps masked. */
const withoutSecrets = ({ fields }: Model, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const masked = fields[name]?.type.kind === 'Map' && typeof value === 'object' && value !== null;
      return [name, masked ? shownValues(pairsOf(value as JsonMap)) : value];
    }),
  );

function collect(work: UnitOfWork, faults: readonly Fault[]): void {
  for (const { field, code, text } of faults) work.fault(field, code, text);
}

/** Whether clients of all kinds can write this id in a URI; many take the segments `.` and `..` out of a path. */
const isAddressable = (key: Key): boolean => typeof key === 'number' || /^(?!\.\.?$)[a-zA-Z0-9\-_.!~*']+$/.test(key);
