import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandResult } from '#event-store';
import { CommandContext, NamedCommand } from '#event-store';
import type { OutsideKnowledge } from './checkpoint-chain.ts';
import { LogVerification } from './log-verification.ts';

/** Begins to verify the log; results in an id, by which the state tells of it. */
export class VerifyLog extends NamedCommand<string> {
  constructor(readonly outside: OutsideKnowledge) {
    super();
  }
}

/** Ends a verification of the log; results in its id. */
export class StopVerifyingLog extends NamedCommand<string> {}

@CommandHandler(VerifyLog)
class VerifyLogHandler implements ICommandHandler<VerifyLog> {
  constructor(@Inject(LogVerification) private readonly verification: LogVerification) {}

  async execute(command: VerifyLog): Promise<CommandResult<string>> {
    const { metadata } = CommandContext.from(command);
    return { value: await this.verification.begin(command.outside, metadata), position: undefined };
  }
}

@CommandHandler(StopVerifyingLog)
class StopVerifyingLogHandler implements ICommandHandler<StopVerifyingLog> {
  constructor(@Inject(LogVerification) private readonly verification: LogVerification) {}

  async execute(command: StopVerifyingLog): Promise<CommandResult<string>> {
    const { actor } = CommandContext.from(command).metadata;
    return { value: await this.verification.stop(actor), position: undefined };
  }
}

export const logHandlers = [VerifyLogHandler, StopVerifyingLogHandler];
