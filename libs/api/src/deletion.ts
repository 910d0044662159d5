import type { UnitOfWork } from '#kernel';
import { Conflict, Refusal, refuse } from '#kernel';
import 'reflect-metadata';
import type { OnModuleInit } from '@nestjs/common';
import { Inject } from '@nestjs/common';
import type { CommandResult, EventStore, PreconditionCheck } from '#event-store';
import {
  AppendRefused,
  CommandContext,
  CommandExecutor,
  CommandRunner,
  EVENT_STORE,
  HANDLED_COMMAND,
  NamedCommand,
  PRECONDITION_CHECK,
  previewScope,
} from '#event-store';
import type { Key, ReadStore, View } from '#read-store';
import { NotReady, READ_STORE } from '#read-store';
import { ApiCatalogue } from './api-features.ts';
import type { Catalogue } from './catalogue.ts';
import type { Deletion } from './model.ts';

/** How many users of an object a refusal names. */
const MAX_NAMED = 10;

/** Deletes objects of one model together or not at all. */
export abstract class DeleteCommand extends NamedCommand {
  readonly keys: readonly Key[];

  constructor(keys: readonly Key[]) {
    super();
    this.keys = keys;
  }
}

type DeletionClass = abstract new (...args: never) => DeleteCommand;

/** The handlers of deletions by the class of their command, for commands that delete objects of several models. */
export class DeletionRegistry {
  readonly #handlers = new Map<unknown, DeletionHandler>();

  register(command: DeletionClass, handler: DeletionHandler): void {
    this.#handlers.set(command, handler);
  }

  /** The handler of the command of a name; undefined: none. */
  named(name: string): DeletionHandler | undefined {
    for (const [command, handler] of this.#handlers) if ((command as DeletionClass).name === name) return handler;
    return undefined;
  }

  /** The handler of a command. @throws Error where there is none */
  of(command: NamedCommand): DeletionHandler {
    const handler = this.#handlers.get(command.constructor);
    if (!handler) throw new Error(`${command.commandName} has no handler that deletes`);
    return handler;
  }
}

/**
 * Deletes objects: *close, look, delete*. Whoever refers to an object checks that it is active, so once it is closed and
 * the read models show it, the look misses nobody, on whichever store. Each step is an append of its own.
 */
export abstract class DeletionHandler implements OnModuleInit {
  @Inject(DeletionRegistry) protected readonly registry!: DeletionRegistry;
  @Inject(CommandExecutor) protected readonly executor!: CommandExecutor;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(EVENT_STORE) protected readonly store!: EventStore;
  @Inject(ApiCatalogue) protected readonly catalogue!: ApiCatalogue;
  @Inject(PRECONDITION_CHECK) protected readonly check!: PreconditionCheck;
  @Inject(CommandRunner) protected readonly runner!: CommandRunner;

  /** How long it waits for the read models to show that the objects are being deleted. */
  protected readonly timeoutMs: number = 10_000;
  /** Path of the model; its family's declarations, with their extensions, tell who uses an object. */
  protected abstract readonly model: string;

  /** Closes it, so that nobody new can refer to it. Refuses where it may not go. */
  protected abstract close(work: UnitOfWork, key: Key, context: CommandContext): Promise<unknown>;
  /** Opens it again, because somebody uses it. */
  protected abstract reopen(work: UnitOfWork, key: Key): Promise<unknown>;
  /** Deletes it, and what goes with it. */
  protected abstract remove(work: UnitOfWork, key: Key, view: View): Promise<unknown>;

  onModuleInit(): void {
    const command = Reflect.getMetadata(HANDLED_COMMAND, this.constructor) as DeletionClass;
    this.registry.register(command, this);
    this.runner.registerPreview(command, (work, one, context) => this.#preview(work, one, context));
  }

  /** Decides in one unit of work what `execute` does step by step. */
  async #preview(work: UnitOfWork, command: DeleteCommand, context: CommandContext): Promise<void> {
    previewScope()?.deletes(command, context);
    for (const key of command.keys) await this.close(work, key, context);
    work.throwIfFaulted();
    await this.check(context.preconditions);
    const { now: view } = this.reads;
    const used = await this.usersOf(command.keys, view);
    if (used.length > 0) throw notDeletable(used);
    for (const key of command.keys) await this.#removeOne(work, key, view);
  }

  async #removeOne(work: UnitOfWork, key: Key, view: View): Promise<void> {
    for (const { release } of this.#deletions()) await release?.(work, view, key);
    await this.remove(work, key, view);
  }

  /** Closes an object in a unit of work of somebody else, where it may go. */
  async closeWithin(work: UnitOfWork, key: Key, context: CommandContext): Promise<void> {
    await this.close(work, key, context);
  }

  /** Opens an object again that was closed and is not deleted after all. */
  async reopenWithin(work: UnitOfWork, key: Key): Promise<void> {
    await this.reopen(work, key);
  }

  /**
   * Deletes a closed object in a unit of work of somebody else; a fault where it is still used.
   * @param view what is there once all that the work has decided so far is done
   */
  async removeWithin(work: UnitOfWork, key: Key, view: View): Promise<void> {
    const used = await this.usersOf([key], view);
    if (used.length > 0) return work.fault('', 'NOT_DELETABLE', `Not Deletable: used by ${named(used)}`);
    await this.#removeOne(work, key, view);
  }

  /** @throws Refusal `Not Deletable`, naming who still uses it; NotReady; what a failed precondition throws */
  async execute(command: DeleteCommand): Promise<CommandResult<void>> {
    const context = CommandContext.from(command);
    const { now: view, projector } = this.reads;
    let steps = 0;
    const each = (step: (work: UnitOfWork, key: Key) => Promise<unknown>, looks: boolean) => {
      // Every step has an id of its own, the same ones when the command is sent again.
      const request = steps === 0 ? context.metadata.request : `${context.metadata.request}/${steps}`;
      steps += 1;
      const metadata = { ...context.metadata, request, command: command.commandName };
      const decide = async (work: UnitOfWork): Promise<void> => {
        for (const key of command.keys) await step(work, key);
        work.throwIfFaulted();
        if (looks) await this.check(context.preconditions);
      };
      return this.executor.execute(metadata, decide, { large: command.isLarge });
    };
    const closed = await each((work, key) => this.close(work, key, context), true);
    const shown = await projector.caughtUp(closed.position ?? (await this.store.head()), this.timeoutMs);
    const used = shown ? await this.usersOf(command.keys) : [];
    if (!shown || used.length > 0) {
      await each((work, key) => this.reopen(work, key), false);
      if (!shown) throw new NotReady('the read models are late');
      throw notDeletable(used);
    }
    const remove = (work: UnitOfWork, key: Key): Promise<void> => this.#removeOne(work, key, view);
    try {
      // Nobody changes what is closed; where closing is not a step of its own, it is looked again.
      const { position } = await each(remove, closed.position === undefined);
      return { value: undefined, position };
    } catch (error) {
      // What goes with it is too much for one append, or may not go: nothing was deleted.
      if (error instanceof AppendRefused || error instanceof Refusal || error instanceof Conflict) {
        await each((work, key) => this.reopen(work, key), false);
      }
      throw error;
    }
  }

  #deletions(): readonly Deletion[] {
    return deletionsOf(this.catalogue.whole, this.model);
  }

  /** Whoever uses one of the objects, by any of the models that share their ids. */
  usersOf(keys: readonly Key[], view: View = this.reads.now): Promise<string[]> {
    return usersOf(this.catalogue.whole, this.model, keys, view);
  }
}

/** What all models that share the ids of the objects of a model declare of their deletion. */
export function deletionsOf(catalogue: Catalogue, model: string): readonly Deletion[] {
  const family = catalogue.family(model);
  return catalogue.models
    .filter(({ path }) => catalogue.family(path) === family)
    .flatMap(({ deletion }) => deletion ?? []);
}

/** Whoever uses one of some objects of a model, by any of the models that share their ids, in words. */
export async function usersOf(
  catalogue: Catalogue,
  model: string,
  keys: readonly Key[],
  view: View,
): Promise<string[]> {
  const looks = deletionsOf(catalogue, model).flatMap(({ users }) => users ?? []);
  const found = await Promise.all(keys.flatMap((key) => looks.map((users) => users(view, key))));
  return [...new Set(found.flat())];
}

/** Why objects are not deleted that somebody uses. */
export const notDeletable = (users: readonly string[]): Refusal =>
  refuse('', 'NOT_DELETABLE', `Not Deletable: used by ${named(users)}`);

/** The users of an object as a refusal names them. */
export const named = (users: readonly string[]): string =>
  `${users.slice(0, MAX_NAMED).join(', ')}${users.length > MAX_NAMED ? ', …' : ''}`;
