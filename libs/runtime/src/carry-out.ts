import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { Asking, Work } from '#kernel';
import type { Done } from '#event-store';
import { Commands } from '#event-store';

/** A wish: a unit of work, and who wants it. The one kind of command there is; the command bus is its one entrance. */
export class CarryOut extends Command<Done<unknown>> {
  readonly asking: Asking;
  readonly task: (work: Work) => Promise<unknown>;

  constructor(asking: Asking, task: (work: Work) => Promise<unknown>) {
    super();
    this.asking = asking;
    this.task = task;
  }
}

/** Reads, decides, appends; again where somebody else was faster. */
@CommandHandler(CarryOut)
export class CarryOutHandler implements ICommandHandler<CarryOut> {
  readonly #commands: Commands;

  constructor(@Inject(Commands) commands: Commands) {
    this.#commands = commands;
  }

  execute({ asking, task }: CarryOut): Promise<Done<unknown>> {
    return this.#commands.carryOut(asking, task);
  }
}
