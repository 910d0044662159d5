import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandResult } from '#event-store';
import { CommandContext, NamedCommand } from '#event-store';
import type { Logger } from '#kernel';
import { refuse } from '#kernel';
import { DeadLetters } from '#reactions';
import { LOGGER } from '#runtime';

/** Has a dead letter tried again, within seconds; results in its id. */
export class RetryDeadLetter extends NamedCommand<number> {
  constructor(readonly id: number) {
    super();
  }
}

/** Takes a dead letter off for good; results in its id. */
export class DiscardDeadLetter extends NamedCommand<number> {
  constructor(readonly id: number) {
    super();
  }
}

@CommandHandler(RetryDeadLetter)
export class RetryDeadLetterHandler implements ICommandHandler<RetryDeadLetter> {
  constructor(@Inject(DeadLetters) private readonly letters: Pick<DeadLetters, 'retry'>) {}

  /** @throws Refusal where there is none of this id */
  async execute({ id }: RetryDeadLetter): Promise<CommandResult<number>> {
    if (!(await this.letters.retry(id))) throw notThere(id);
    return { value: id, position: undefined };
  }
}

@CommandHandler(DiscardDeadLetter)
export class DiscardDeadLetterHandler implements ICommandHandler<DiscardDeadLetter> {
  constructor(
    @Inject(DeadLetters) private readonly letters: Pick<DeadLetters, 'get' | 'discard'>,
    @Inject(LOGGER) private readonly log: Pick<Logger, 'info'>,
  ) {}

  /** @throws Refusal where there is none of this id */
  async execute(command: DiscardDeadLetter): Promise<CommandResult<number>> {
    const { id } = command;
    const { actor, request } = CommandContext.from(command).metadata;
    const letter = await this.letters.get(id);
    if (!letter || !(await this.letters.discard(id))) throw notThere(id);
    const { reaction, key, type, error } = letter;
    this.log.info('a dead letter was discarded', { id, by: actor, request, reaction, key, type, error });
    return { value: id, position: undefined };
  }
}

const notThere = (id: number) => refuse('id', 'NOT_FOUND', `there is no dead letter ${id}`);

export const deadLetterHandlers = [RetryDeadLetterHandler, DiscardDeadLetterHandler];
