import { Conflict, Refusal } from '#kernel';
import type { UnitOfWork } from '#kernel';
import type { CommandContext, Precondition } from './command-context.ts';
import type { CommandExecutor, CommandResult } from './command-executor.ts';
import type { NamedCommand } from './named-command.ts';

/** The class of a command. */
export type CommandClass = abstract new (...args: never) => NamedCommand<unknown>;

/** Looks whether rows are as a command expects them; at the end of its unit of work. */
export type PreconditionCheck = (preconditions: readonly Precondition[]) => Promise<void>;

/** The part of a command handler that a unit of work needs. */
interface Handler {
  decide(work: UnitOfWork, command: never, context: CommandContext, prepared: never): Promise<unknown>;
  prepare?(command: never, context: CommandContext): Promise<unknown>;
  complete?(command: never, result: never, prepared: never): Promise<unknown>;
  rollBack?(command: never, prepared: never): Promise<void>;
}

interface Step {
  readonly command: never;
  readonly handler: Handler;
  prepared: never;
}

/** Runs commands in one unit of work: all of what they decide is appended, or nothing. */
export class CommandRunner {
  readonly #executor: CommandExecutor;
  readonly #check: PreconditionCheck;
  readonly #handlers = new Map<unknown, Handler>();

  /** @param check how preconditions are looked at */
  constructor(executor: CommandExecutor, check: PreconditionCheck) {
    this.#executor = executor;
    this.#check = check;
  }

  /** @throws Error where the command has a handler already */
  register(command: CommandClass, handler: Handler): void {
    if (this.#handlers.has(command)) throw new Error(`${command.name} has two handlers`);
    this.#handlers.set(command, handler);
  }

  /**
   * @returns the results of the commands, in their order
   * @throws Refusal with the faults of all of them; Conflict; what a failed precondition throws
   */
  async run(
    commands: readonly NamedCommand<unknown>[],
    context: CommandContext,
  ): Promise<CommandResult<readonly unknown[]>> {
    const steps: Step[] = [];
    try {
      for (const command of commands) steps.push(await this.#prepare(command, context));
      const done = await this.#executor.execute(metadataOf(commands, context), (work) =>
        this.#decide(work, steps, context),
      );
      const value: unknown[] = [];
      for (const [n, { command, handler, prepared }] of steps.entries()) {
        const result = done.value[n] as never;
        value.push(handler.complete ? await handler.complete(command, result, prepared) : result);
      }
      return { value, position: done.position };
    } catch (error) {
      // Where the store did not say no, the append may have gone through all the same.
      if (error instanceof Refusal || error instanceof Conflict) {
        for (const { command, handler, prepared } of steps) await handler.rollBack?.(command, prepared);
      }
      throw error;
    }
  }

  async #prepare(command: NamedCommand<unknown>, context: CommandContext): Promise<Step> {
    const handler = this.#handlers.get(command.constructor);
    if (!handler) throw new Error(`${command.commandName} has no handler that runs in a unit of work`);
    return {
      command: command as never,
      handler,
      prepared: (await handler.prepare?.(command as never, context)) as never,
    };
  }

  async #decide(work: UnitOfWork, steps: readonly Step[], context: CommandContext): Promise<unknown[]> {
    for (const fault of context.faults) work.faultInput(fault);
    const results: unknown[] = [];
    for (const { command, handler, prepared } of steps) {
      results.push(await handler.decide(work, command, context, prepared));
    }
    work.throwIfFaulted();
    if (context.lastFaults.length > 0) throw new Refusal(context.lastFaults);
    await this.#check(context.preconditions);
    return results;
  }
}

/** What the events of commands say about who sent them: several of one kind go under one name. */
function metadataOf(commands: readonly NamedCommand<unknown>[], { metadata }: CommandContext) {
  const names = [...new Set(commands.map(({ commandName }) => commandName))];
  return { ...metadata, command: names.length === 1 ? names[0]! : 'CommandBatch' };
}
