import { isDeepStrictEqual } from 'node:util';
import type { Asking, Fault, Work } from '#kernel';
import { Refusal } from '#kernel';
import type { Clock, Done, Position } from '#event-store';
import type { Key, Projector, View } from '#read-store';
import type { Caller } from './caller.ts';
import { ANONYMOUS, may } from './caller.ts';
import type { Catalogue } from './catalogue.ts';
import { permissionFor } from './catalogue.ts';
import { deleteObjects } from './deletion.ts';
import type { Action, Call, Filter, Model, Permission, Values } from './model.ts';
import { validate } from './validate.ts';

/** The caller may not do this. */
export class Forbidden extends Error {}
/** There is no such object. */
export class NotFound extends Error {
  readonly model: string;
  readonly key: Key;

  constructor(model: string, key: Key) {
    super(`there is no ${model} ${key}`);
    this.model = model;
    this.key = key;
  }
}

/** What a call came to. */
export interface Answer<T> {
  readonly value: T;
  /** Set where the change is made but the read models do not show it yet: the position to wait for. */
  readonly pending: Position | undefined;
}

/** One request, as a face of the API passes it on. */
export interface Request {
  readonly caller: Caller;
  /** Id of the request, also the correlation id of what it causes. */
  readonly id: string;
  readonly reason?: string;
}

export interface Ground {
  readonly catalogue: Catalogue;
  /** Where answers are read from, and who knows how far that has come. */
  readonly reads: { readonly now: View; readonly projector: Pick<Projector, 'caughtUp'> };
  readonly clock: Clock;
  readonly head: () => Promise<Position>;
  /** The one entrance for wishes. */
  readonly carryOut: <R>(asking: Asking, task: (work: Work) => Promise<R>) => Promise<Done<R>>;
  /** How long an answer waits for the read models, in milliseconds. */
  readonly patience?: number;
}

/**
 * What the faces of the API have in common: who may, whether the values are right, one unit of work per call, and an
 * answer that shows the caller's own change.
 */
export class ApiService {
  readonly catalogue: Catalogue;
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.catalogue = ground.catalogue;
    this.#ground = ground;
  }

  /** Objects by key. @throws NotFound naming the first that is not there; Forbidden */
  async get(model: Model, keys: readonly Key[], request: Request): Promise<Map<Key, Values>> {
    this.#demand(request, permissionFor(model, 'view'));
    return this.#show(model, keys, this.#ground.reads.now);
  }

  /** Keys of the objects a filter finds, in the order of their keys. */
  async list(
    model: Model,
    filter: { readonly use: Filter; readonly parameters: Values } | undefined,
    page: { readonly skip: number; readonly count: number },
    request: Request,
  ): Promise<{ readonly keys: readonly Key[]; readonly total: number }> {
    this.#demand(request, permissionFor(model, 'view'));
    if (!model.rows) return { keys: [], total: 0 };
    const where = filter ? filter.use.where(filter.parameters) : {};
    if (where === null) return { keys: [], total: 0 };
    return this.#ground.reads.now.keys(model.rows, { where: { ...model.kind, ...where }, ...page });
  }

  /** A new object. `values` holds what was given; what was left out takes its default. */
  async create(model: Model, values: Values, request: Request): Promise<Answer<{ key: Key; object: Values }>> {
    this.#demand(request, permissionFor(model, 'add'));
    const { create } = model;
    if (!create) throw new Forbidden(`${model.path} is not created directly`);
    const writable = Object.entries(model.fields).filter(([, { mode }]) => mode !== 'RO');
    const whole = Object.fromEntries(writable.map(([name, field]) => [name, values[name] ?? field.default ?? null]));
    const { call, pending } = this.#open(request);
    const { value: key } = await call.execute(async (work) => {
      collect(work, validate(model.fields, whole));
      const made = await create(work, whole, call);
      work.settle();
      if (!isAddressable(made)) work.fault(model.idField ?? '', 'INVALID', 'Invalid');
      return made;
    });
    const answer = await this.#settled(pending);
    // Where the rows are late, what was asked for is what there will be.
    const object = answer === undefined ? await this.#one(model, key) : whole;
    return { value: { key, object }, pending: answer };
  }

  /**
   * Changes objects, all or none. `values` holds only what is to change; `repeated` holds fields that cannot be changed
   * any more and were sent along as they should be.
   */
  async update(
    model: Model,
    keys: readonly Key[],
    values: Values,
    request: Request,
    repeated: Values = {},
  ): Promise<Answer<Map<Key, Values>>> {
    this.#demand(request, permissionFor(model, 'change'));
    const { update } = model;
    if (!update) throw new Forbidden(`${model.path} is not changed directly`);
    refuseOther(repeated, await this.#show(model, keys, this.#ground.reads.now));
    const { call, pending } = this.#open(request);
    await call.execute(async (work) => {
      collect(work, validate(model.fields, values));
      for (const key of keys) await update(work, key, values, call);
    });
    const answer = await this.#settled(pending);
    return { value: await this.#show(model, keys, this.#ground.reads.now), pending: answer };
  }

  /** Deletes objects, all or none. @throws Refusal where something still uses one of them */
  async remove(model: Model, keys: readonly Key[], request: Request): Promise<Answer<void>> {
    this.#demand(request, permissionFor(model, 'delete'));
    const { deletion } = model;
    if (!deletion) throw new Forbidden(`${model.path} is not deleted directly`);
    await this.#show(model, keys, this.#ground.reads.now);
    const { call, pending } = this.#open(request);
    const { reads, head } = this.#ground;
    await deleteObjects(deletion, keys, call, { head, projector: reads.projector, view: reads.now });
    return { value: undefined, pending: await this.#settled(pending) };
  }

  /** Calls an action on the model itself. */
  async callStatic(action: Action, parameters: Values, request: Request): Promise<Answer<unknown>> {
    this.#demand(request, action.permission);
    const { run } = action;
    const { call, pending } = this.#open(request);
    if ('within' in run) throw new Error('an action within the unit of work needs an object');
    const value = await run.freely(undefined, parameters, call);
    return { value, pending: await this.#settled(pending) };
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
    await this.#show(model, keys, this.#ground.reads.now);
    const { call, pending } = this.#open(request);
    const values = new Map<Key, unknown>();
    if ('within' in run) {
      await call.execute(async (work) => {
        for (const key of keys) values.set(key, await run.within(work, key, parameters, call));
      });
    } else {
      for (const key of keys) values.set(key, await run.freely(key, parameters, call));
    }
    return { value: values, pending: await this.#settled(pending) };
  }

  #demand({ caller }: Request, permission: Permission): void {
    if (!may(caller, permission)) throw new Forbidden('Not Authorized');
  }

  #open(request: Request): { call: Call; pending: { position: Position | undefined } } {
    const pending: { position: Position | undefined } = { position: undefined };
    const { carryOut, clock, reads } = this.#ground;
    let steps = 0;
    const asking: Asking = {
      actor: request.caller.person?.name ?? ANONYMOUS,
      request: request.id,
      correlation: request.id,
      ...(request.reason === undefined ? {} : { reason: request.reason }),
    };
    const call: Call = {
      caller: request.caller,
      asking,
      view: reads.now,
      now: clock.now(),
      execute: async (task) => {
        // Every unit of work of a request has an id of its own, the same ones when the request is sent again.
        const done = await carryOut({ ...asking, request: steps === 0 ? request.id : `${request.id}/${steps}` }, task);
        steps += 1;
        pending.position = done.position ?? pending.position;
        return done;
      },
    };
    return { call, pending };
  }

  async #settled({ position }: { readonly position: Position | undefined }): Promise<Position | undefined> {
    if (position === undefined) return undefined;
    const { reads, patience = 5000 } = this.#ground;
    return (await reads.projector.caughtUp(position, patience)) ? undefined : position;
  }

  async #one(model: Model, key: Key): Promise<Values> {
    return [...(await this.#show(model, [key], this.#ground.reads.now)).values()][0] ?? {};
  }

  async #show(model: Model, keys: readonly Key[], view: View): Promise<Map<Key, Values>> {
    if (!model.rows) throw new Error(`${model.path} has no objects`);
    const rows = await view.many(model.rows, keys);
    const shown = new Map<Key, Values>();
    for (const key of keys) {
      const row = rows.get(key);
      if (row === undefined || !ofKind(model, row)) throw new NotFound(model.path, key);
      shown.set(key, (await model.present?.(row, key, { view })) ?? (row as Values));
    }
    return shown;
  }
}

function collect(work: Work, faults: readonly Fault[]): void {
  for (const { field, code, text } of faults) work.fault(field, code, text);
}

/** Refuses where what was repeated is not what the objects hold. */
function refuseOther(repeated: Values, objects: ReadonlyMap<Key, Values>): void {
  const other = Object.entries(repeated)
    .filter(([name, value]) => [...objects.values()].some((object) => !isDeepStrictEqual(object[name] ?? null, value)))
    .map(([field]): Fault => ({ field, code: 'NOT_WRITEABLE', text: 'Not Writeable' }));
  if (other.length > 0) throw new Refusal(other);
}

/** Whether clients of all kinds can write this id in a URI. */
const isAddressable = (key: Key): boolean => typeof key === 'number' || /^[a-zA-Z0-9\-_.!~*']+$/.test(key);

/** Whether a row is an object of this model, where its rows are shared with others. */
const ofKind = (model: Model, row: object): boolean =>
  Object.entries(model.kind ?? {}).every(([index, value]) => model.rows?.indexes[index]?.(row) === value);
