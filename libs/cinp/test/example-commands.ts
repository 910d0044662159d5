import type { UnitOfWork } from '#kernel';
import type { CommandExecutor, CommandGateway, EventStore } from '#event-store';
import { CommandBatch, CommandRunner, NamedCommand } from '#event-store';
import type { Key, ReadStore } from '#read-store';
import type { ApiCatalogue } from '#api';
import { DeleteCommand, DeletionHandler } from '#api';
import type { Kind } from './example-kinds.ts';

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
  readonly executor: Pick<CommandExecutor, 'execute'>;
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly store: Pick<EventStore, 'head'>;
  readonly catalogue: ApiCatalogue;
}

class DeleteThingsHandler extends DeletionHandler<DeleteThings> {
  protected readonly model: string;
  readonly #kind: Kind;

  constructor({ model, kind }: DeleteThings, parts: Parts) {
    super();
    this.model = model;
    this.#kind = kind;
    Object.assign(this, parts, { check: async () => undefined });
  }

  protected close = async () => undefined;
  protected reopen = async () => undefined;
  protected remove = (work: UnitOfWork, key: Key) => work.decide(this.#kind.decider, key, { type: 'Delete', data: {} });
}

/** Sends the commands of the example. */
export function exampleGateway(parts: Parts): Pick<CommandGateway, 'execute'> {
  const runner = new CommandRunner(parts.executor as CommandExecutor, async () => undefined);
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
