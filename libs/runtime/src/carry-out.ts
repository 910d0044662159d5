import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { CommandMetadata, UnitOfWork } from '#kernel';
import type { CommandResult } from '#event-store';
import { CommandExecutor } from '#event-store';

/** A wish: a unit of work, and who wants it. The one kind of command there is; the command bus is its one entrance. */
export class CarryOut extends Command<CommandResult<unknown>> {
  readonly metadata: CommandMetadata;
  readonly task: (work: UnitOfWork) => Promise<unknown>;

  constructor(metadata: CommandMetadata, task: (work: UnitOfWork) => Promise<unknown>) {
    super();
    this.metadata = metadata;
    this.task = task;
  }
}

/** Reads, decides, appends; again where somebody else was faster. */
@CommandHandler(CarryOut)
export class CarryOutHandler implements ICommandHandler<CarryOut> {
  readonly #commands: CommandExecutor;

  constructor(@Inject(CommandExecutor) commands: CommandExecutor) {
    this.#commands = commands;
  }

  execute({ metadata, task }: CarryOut): Promise<CommandResult<unknown>> {
    return this.#commands.execute(metadata, task);
  }
}
