import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import { CommandContext } from './command-context.ts';
import type { CommandResult } from './command-result.ts';
import { CommandRunner } from './command-runner.ts';
import { NamedCommand } from './named-command.ts';

/** Several commands, all or none: what they decide is one atomic append. Results in their results, in their order. */
export class CommandBatch extends NamedCommand<readonly unknown[]> {
  readonly commands: readonly NamedCommand<unknown>[];

  constructor(commands: readonly NamedCommand<unknown>[]) {
    super();
    this.commands = commands;
  }
}

@CommandHandler(CommandBatch)
export class CommandBatchHandler implements ICommandHandler<CommandBatch> {
  readonly #runner: CommandRunner;

  constructor(@Inject(CommandRunner) runner: CommandRunner) {
    this.#runner = runner;
  }

  execute(command: CommandBatch): Promise<CommandResult<readonly unknown[]>> {
    return this.#runner.run(command.commands, CommandContext.from(command));
  }
}
