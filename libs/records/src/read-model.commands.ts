import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandResult } from '#event-store';
import { CommandContext, NamedCommand } from '#event-store';
import { Rebuilds } from './rebuilds.ts';

/** Begins to make read models anew from the log; results in an id, by which the state tells of it. */
export class RebuildReadModels extends NamedCommand<string> {
  /** @param models their names; none: all of them */
  constructor(readonly models: readonly string[]) {
    super();
  }
}

@CommandHandler(RebuildReadModels)
export class RebuildReadModelsHandler implements ICommandHandler<RebuildReadModels> {
  constructor(@Inject(Rebuilds) private readonly rebuilds: Rebuilds) {}

  async execute(command: RebuildReadModels): Promise<CommandResult<string>> {
    const { metadata } = CommandContext.from(command);
    return { value: this.rebuilds.begin(command.models, metadata), position: undefined };
  }
}
