import type { UnitOfWork } from '#kernel';
import type { CommandExecutor, CommandGateway, EventStore, PreconditionCheck } from '#event-store';
import { CommandBatch, CommandRunner, NamedCommand } from '#event-store';
import type { Key, ReadStore } from '#read-store';
import type { ApiCatalogue } from '#api';
import { DeleteCommand, DeletionHandler } from '#api';
import type { Kind } from './example-things.ts';

/** A command of the example, with what it decides. */
export class ExampleCommand<R = void> extends NamedCommand<R> {
  constructor(readonly decide: (work: UnitOfWork) => Promise<R>) {
    super();
  }
}

/** Deletes things of one kind. */
export class DeleteThings extends DeleteCommand {
  constructor(
    readonly model: string,
    readonly kind: Kind,
    keys: readonly Key[],
  ) {
    super(keys);
  }
}

/** What the commands of the example stand on. */
interface Parts {
  readonly executor: CommandExecutor;
  readonly reads: ReadStore;
  readonly store: EventStore;
  readonly catalogue: ApiCatalogue;
  readonly check: PreconditionCheck;
}

class DeleteThingsHandler extends DeletionHandler<DeleteThings> {
  protected readonly model: string;
  readonly #kind: Kind;

  constructor({ model, kind }: DeleteThings, parts: Parts) {
    super();
    this.model = model;
    this.#kind = kind;
    Object.assign(this, parts);
  }

  protected close = (work: UnitOfWork, key: Key) => this.#decide(work, key, 'Close');
  protected reopen = (work: UnitOfWork, key: Key) => this.#decide(work, key, 'Reopen');
  protected remove = (work: UnitOfWork, key: Key) => this.#decide(work, key, 'Delete');

  #decide(work: UnitOfWork, key: Key, what: string) {
    const { decider, noun } = this.#kind;
    return work.decide(decider, key, { type: `${what}${noun}`, data: {} });
  }
}

/** Sends the commands of the example. */
export function exampleGateway(parts: Parts): Pick<CommandGateway, 'execute'> {
  const runner = new CommandRunner(parts.executor, parts.check);
  runner.register(ExampleCommand, { decide: (work, command: ExampleCommand<unknown>) => command.decide(work) });
  return {
    execute: async (command, context) => {
      context.attachTo(command);
      if (command instanceof DeleteThings) return new DeleteThingsHandler(command, parts).execute(command) as never;
      if (command instanceof CommandBatch) return runner.run(command.commands, context) as never;
      const { value, position } = await runner.run([command], context);
      return { value: value[0] as never, position };
    },
  };
}
