import 'reflect-metadata';
import type { OnModuleInit } from '@nestjs/common';
import { Inject } from '@nestjs/common';
import type { UnitOfWork } from '#kernel';
import { CommandContext } from './command-context.ts';
import type { CommandResult } from './command-result.ts';
import type { CommandClass } from './command-runner.ts';
import { CommandRunner } from './command-runner.ts';
import type { NamedCommand, ResultOf } from './named-command.ts';

/** Where `@CommandHandler` of @nestjs/cqrs 12 notes the class of the command. */
export const HANDLED_COMMAND = '__commandHandler__';

/**
 * Carries out one kind of command in a unit of work, with everything it decides in one atomic append. Subclasses carry
 * `@CommandHandler(TheCommand)` and say in `decide` what the command means. `P` is what `prepare` results in.
 */
export abstract class UnitOfWorkHandler<C extends NamedCommand<unknown>, P = void> implements OnModuleInit {
  @Inject(CommandRunner) protected readonly runner!: CommandRunner;

  /**
   * Reads streams and lets deciders decide; nothing else, for it runs again where somebody else was faster.
   * @throws Refusal; faults that are collected in the unit of work are thrown together
   */
  abstract decide(work: UnitOfWork, command: C, context: CommandContext, prepared: P): Promise<ResultOf<C>>;

  /** Done once before the unit of work: what takes long or leaves the process, such as checking a password. */
  prepare?(command: C, context: CommandContext): Promise<P>;

  /**
   * Done after the append; again where the same request comes again, so it may run several times. Its value takes the
   * place of the result of `decide`, and is never kept in the log: here is where secrets come into a result.
   */
  complete?(command: C, result: ResultOf<C>, prepared: P): Promise<ResultOf<C>>;

  /**
   * Set where `complete` does no more than to seal what stands in clear text under names that have come to be those of
   * secrets: whoever appends later what was decided does that too.
   */
  readonly completesBySealing?: boolean;

  /** Takes back what `prepare` has done, where it is certain that nothing of it was appended. */
  rollBack?(command: C, prepared: P): Promise<void>;

  async execute(command: C): Promise<CommandResult<ResultOf<C>>> {
    const { value, ...done } = await this.runner.run([command], CommandContext.from(command));
    return { ...done, value: value[0] as ResultOf<C> };
  }

  onModuleInit(): void {
    this.runner.register(Reflect.getMetadata(HANDLED_COMMAND, this.constructor) as CommandClass, this);
  }
}
