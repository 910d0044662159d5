import type { Type } from '@nestjs/common';
import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { Decider, Message, UnitOfWork } from '#kernel';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key, View } from '#read-store';
import { Ids } from '#read-store';
import type { DeleteCommand } from './deletion.ts';
import { DeletionHandler } from './deletion.ts';

/** Creates an object from the values of its fields; results in its id. */
export abstract class CreateCommand<V, K extends Key = string> extends NamedCommand<K> {
  constructor(readonly values: V) {
    super();
  }
}

/** Changes those fields of an object that are given. */
export abstract class ChangeCommand<V> extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly values: V,
  ) {
    super();
  }
}

/** The handler of a command that creates an object: decides, and gives back the id. */
export function createHandler<C extends CreateCommand<unknown, Key>>(
  command: new (...args: never[]) => C,
  decide: (work: UnitOfWork, values: C['values'], context: CommandContext, ids: Ids) => Promise<Key>,
): Type<UnitOfWorkHandler<C>> {
  @CommandHandler(command)
  class CreateHandler extends UnitOfWorkHandler<C> {
    readonly #ids: Ids;

    constructor(@Inject(Ids) ids: Ids) {
      super();
      this.#ids = ids;
    }

    decide(work: UnitOfWork, { values }: C, context: CommandContext) {
      return decide(work, values, context, this.#ids) as never;
    }
  }
  return named(CreateHandler, command);
}

/** The handler of a command that changes an object. */
export function changeHandler<C extends ChangeCommand<unknown>>(
  command: new (...args: never[]) => C,
  decide: (work: UnitOfWork, key: Key, values: C['values'], context: CommandContext) => Promise<unknown>,
): Type<UnitOfWorkHandler<C>> {
  @CommandHandler(command)
  class ChangeHandler extends UnitOfWorkHandler<C> {
    async decide(work: UnitOfWork, { key, values }: C, context: CommandContext) {
      await decide(work, key, values, context);
      return undefined as never;
    }
  }
  return named(ChangeHandler, command);
}

/** The handler of a command that deletes objects with a lifecycle of their own. */
export function deleteHandler<S, M extends Message, E extends Message>(
  command: new (...args: never[]) => DeleteCommand,
  model: string,
  decider: Decider<S, M, E> & { readonly noun: string },
  /** What goes with it. */
  alsoRemove: (work: UnitOfWork, key: Key, view: View) => Promise<unknown> = async () => undefined,
): Type<DeletionHandler> {
  const decide = (work: UnitOfWork, key: Key, what: 'Close' | 'Reopen' | 'Delete') =>
    work.decide(decider, key, { type: `${what}${decider.noun}`, data: {} } as unknown as M);
  @CommandHandler(command)
  class DeleteHandler extends DeletionHandler {
    protected readonly model = model;
    protected close = (work: UnitOfWork, key: Key) => decide(work, key, 'Close');
    protected reopen = (work: UnitOfWork, key: Key) => decide(work, key, 'Reopen');
    protected async remove(work: UnitOfWork, key: Key, view: View) {
      await alsoRemove(work, key, view);
      await decide(work, key, 'Delete');
    }
  }
  return named(DeleteHandler, command);
}

/** The handler of a command that deletes objects which nothing refers to: nobody has to be looked for, and none is closed. */
export function deleteUnreferencedHandler(
  command: new (...args: never[]) => DeleteCommand,
  model: string,
  remove: (work: UnitOfWork, key: Key) => Promise<unknown>,
): Type<DeletionHandler> {
  @CommandHandler(command)
  class DeleteHandler extends DeletionHandler {
    protected readonly model = model;
    protected close = async () => undefined;
    protected reopen = async () => undefined;
    protected remove = remove;
  }
  return named(DeleteHandler, command);
}

/** Gives a handler that was made here the name of its command, for error messages and stacks. */
function named<H>(handler: H, command: { readonly name: string }): H {
  return Object.defineProperty(handler, 'name', { value: `${command.name}Handler` });
}

/** Those of some values that are given. */
export const given = <T extends object>(values: T): { [N in keyof T]?: Exclude<T[N], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
