import { shownValues } from '#config';
import type { JsonMap } from '#kernel';
import { Conflict, pairsOf } from '#kernel';
import type { NamedCommand, Position, Precondition } from '#event-store';
import type { Key } from '#read-store';
import { StaleRead } from '#read-store';
import type { ApiParts } from './api-parts.ts';
import { permissionFor, uriOf } from './catalogue.ts';
import { Forbidden } from './errors.ts';
import type { Model, Values } from './model.ts';
import type { Making, Shown } from './objects.ts';
import { AS_THEY_ARE, refuseOther, show } from './objects.ts';
import type { Answer, Change, Request } from './request.ts';
import { isAddressable } from './names.ts';
import { rowOf, sendCommand, sendCommands, unchanged } from './send-commands.ts';
import { asDeclared, validate } from './validate.ts';

/** How often a change is worked out anew from an object that others change meanwhile. */
const MAX_TRIES = 20;

/** Changes of objects: one command each, and answers that show the caller's own change. */
export class ObjectChanges {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /** A new object. `values` holds what was given; what was left out takes its default. */
  async create<T>(
    model: Model,
    values: Values,
    request: Request,
    making: Making<T>,
  ): Promise<Answer<Shown<T> & { readonly key: Key }>> {
    this.#parts.authorize(request, permissionFor(model, 'add'), 'changes');
    if (!model.create) throw new Forbidden(`${model.path} is not created directly`);
    const writable = Object.entries(model.fields).filter(([, { mode }]) => mode !== 'RO');
    const whole = Object.fromEntries(writable.map(([name, field]) => [name, values[name] ?? field.default ?? null]));
    this.#parts.guard.creation(request.caller, model, whole);
    await this.#parts.guard.references(request.caller, model.fields, whole, this.#parts.reads.now);
    await this.#parts.approved(permissionFor(model, 'add'), () => this.#parts.guard.sitesOfNew(model, whole));
    const command = model.create(asDeclared(model.fields, whole), this.#parts.call(request));
    const id = model.idField === undefined ? undefined : whole[model.idField];
    const { value: key, position } = await sendCommand(this.#parts.context, command, request, {
      faults: validate(model.fields, whole),
      lastFaults: isAddressable(id) ? [] : [{ field: model.idField ?? '', code: 'INVALID', text: 'Invalid' }],
    });
    return this.#parts.reads.answer(position, async (pending) =>
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
    this.#parts.authorize(request, permissionFor(model, 'change'), 'changes');
    if (!model.update) throw new Forbidden(`${model.path} is not changed directly`);
    const { now } = this.#parts.reads;
    await this.#parts.guard.objects(request.caller, model, keys, now, true);
    await this.#parts.approved(permissionFor(model, 'change'), () =>
      this.#parts.guard.sitesOfObjects(model, keys, now),
    );
    if (typeof values !== 'function') await this.#parts.guard.references(request.caller, model.fields, values, now);
    const hidden = this.#parts.hidden(model, request);
    refuseOther(repeated, await show(model, keys, now, AS_THEY_ARE, hidden));
    const position =
      typeof values === 'function'
        ? await this.#changeFrom(model, keys, values, request)
        : await this.#change(model, new Map(keys.map((key) => [key, values])), request);
    return this.#parts.reads.answer(position, async (pending) => {
      const shown = await show(model, keys, this.#parts.reads.now, making, hidden);
      if (pending) for (const [key, { object }] of shown) shown.set(key, { object, since: undefined });
      return shown;
    });
  }

  /** Deletes objects, all or none. @throws Refusal where something still uses one of them; PreconditionFailed */
  async remove(model: Model, keys: readonly Key[], request: Request): Promise<Answer<void>> {
    this.#parts.authorize(request, permissionFor(model, 'delete'), 'changes');
    if (!model.deletion) throw new Forbidden(`${model.path} is not deleted directly`);
    const { now } = this.#parts.reads;
    await this.#parts.guard.objects(request.caller, model, keys, now, true);
    await show(model, keys, now, AS_THEY_ARE);
    await this.#parts.approved(permissionFor(model, 'delete'), () =>
      this.#parts.guard.sitesOfObjects(model, keys, now),
    );
    const { idempotencyKey: _, ...once } = request;
    const preconditions = unchanged(model, keys, request);
    const { position } = await sendCommand(this.#parts.context, model.deletion.command(keys), once, { preconditions });
    return this.#parts.reads.answer(position, async () => undefined);
  }

  /** Changes objects by what they are, whoever else changes them meanwhile. @throws Conflict where that never ends */
  async #changeFrom(model: Model, keys: readonly Key[], change: (object: Values) => Values, request: Request) {
    for (let tries = 1; ; tries += 1) {
      const shown = await show(model, keys, this.#parts.reads.now, AS_THEY_ARE, this.#parts.hidden(model, request));
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
    const call = this.#parts.call(request);
    for (const values of new Set(changes.values())) {
      await this.#parts.guard.references(request.caller, model.fields, values, call.view);
    }
    const commands = [...changes].map(([key, values]) => model.update!(key, asDeclared(model.fields, values), call));
    const faults = [...new Set(changes.values())].flatMap((values) => validate(model.fields, values));
    const { position } = await sendCommands(this.#parts.context, commands, request, {
      faults,
      preconditions: [...preconditions, ...unchanged(model, [...changes.keys()], request)],
    });
    return position;
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
    const hidden = this.#parts.hidden(model, request);
    const [shown] = (await show(model, [key], this.#parts.reads.now, making, hidden)).values();
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
