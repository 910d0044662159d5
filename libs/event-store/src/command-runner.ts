import { Conflict, Refusal, traceparent } from '#kernel';
import type { UnitOfWork } from '#kernel';
import type { CommandContext, Precondition } from './command-context.ts';
import type { CommandExecutor } from './command-executor.ts';
import type { CommandResult } from './command-result.ts';
import { AppendRefused } from './event-store.ts';
import type { NamedCommand } from './named-command.ts';
import { notPreviewable } from './not-previewable.ts';

/** The class of a command. */
export type CommandClass = abstract new (...args: never) => NamedCommand<unknown>;

/** Looks whether rows are as a command expects them; at the end of its unit of work. */
export type PreconditionCheck = (preconditions: readonly Precondition[]) => Promise<void>;

/** The part of a command handler that a unit of work needs. */
interface Handler {
  decide(work: UnitOfWork, command: never, context: CommandContext, prepared: never): Promise<unknown>;
  prepare?(command: never, context: CommandContext): Promise<unknown>;
  complete?(command: never, result: never, prepared: never): Promise<unknown>;
  readonly completesBySealing?: boolean;
  rollBack?(command: never, prepared: never): Promise<void>;
}

/** A command as a part of another one, which decides it in its own unit of work. */
export interface CommandPart<R> {
  readonly decide: (work: UnitOfWork) => Promise<R>;
  /** Has to be done after the append; its value takes the place of the result. */
  readonly complete: (result: R) => Promise<R>;
  /** Has to be done where nothing was appended. */
  readonly rollBack: () => Promise<void>;
}

/** Decides a command in a preview, where that is done otherwise than by its handler. */
export type PreviewDecision = (work: UnitOfWork, command: never, context: CommandContext) => Promise<unknown>;

interface Step {
  readonly command: never;
  readonly handler: Handler;
  readonly prepared: never;
}

/** Runs commands in one unit of work: all of what they decide is appended, or nothing. */
export class CommandRunner {
  readonly #executor: CommandExecutor;
  readonly #check: PreconditionCheck;
  readonly #handlers = new Map<unknown, Handler>();
  readonly #previews = new Map<unknown, PreviewDecision>();

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

  /** Says how a command is decided in a preview that no handler decides in one unit of work. */
  registerPreview(command: CommandClass, decide: PreviewDecision): void {
    this.#previews.set(command, decide);
  }

  /**
   * Decides commands in a unit of work that somebody else may append later: nothing is done now that would have to be
   * done after the append, or taken back.
   * @returns the results of the commands, in their order
   * @throws Refusal with the faults of all of them; what a failed precondition throws
   */
  async preview(
    work: UnitOfWork,
    commands: readonly NamedCommand<unknown>[],
    context: CommandContext,
  ): Promise<readonly unknown[]> {
    const results: unknown[] = [];
    for (const fault of context.faults) work.faultInput(fault);
    for (const command of commands) {
      const reason = command.notPreviewable;
      if (reason !== undefined) throw notPreviewable(command.commandName, reason);
      const preview = this.#previews.get(command.constructor);
      results.push(await (preview ? preview(work, command as never, context) : this.#previewOne(work, command, context)));
    }
    await this.#conclude(work, context);
    return results;
  }

  async #previewOne(work: UnitOfWork, command: NamedCommand<unknown>, context: CommandContext): Promise<unknown> {
    const handler = this.#handlers.get(command.constructor);
    if (!handler) throw notPreviewable(command.commandName, 'it is not carried out by the log alone');
    if (handler.rollBack || (handler.complete && handler.completesBySealing !== true)) {
      throw notPreviewable(command.commandName, 'it also does something that is not in the log');
    }
    const { prepared } = await this.#prepare(command, context);
    return handler.decide(work, command as never, context, prepared);
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
    // Where the store did not say no, an append that was begun may have gone through all the same.
    let begun = false;
    const decide = async (work: UnitOfWork): Promise<unknown> => {
      begun = false;
      const results = await this.#decide(work, steps, context);
      begun = true;
      // On its own it is as the command results in it: that is what is kept of it.
      return commands.length === 1 ? results[0] : results;
    };
    let done: CommandResult<unknown>;
    try {
      for (const command of commands) steps.push(await this.#prepare(command, context));
      const keepsResult = commands.length > 0 && commands.every((command) => command.keepsResult);
      const large = commands.some((command) => command.isLarge);
      const sharesAppend = commands.length === 1 ? commands[0]!.sharesAppend : undefined;
      const options = { keepsResult, large, sharesAppend };
      done = await this.#executor.execute(metadataOf(commands, context), decide, options);
    } catch (error) {
      if (!begun || isRefused(error)) await rollBack(steps, error);
      throw error;
    }
    if (done.earlier || done.position === undefined) await rollBack(steps);
    const results = commands.length === 1 ? [done.value] : (done.value as unknown[]);
    const value: unknown[] = [];
    for (const [n, { command, handler, prepared }] of steps.entries()) {
      const result = results[n] as never;
      value.push(handler.complete ? await handler.complete(command, result, prepared) : result);
    }
    return { ...done, value };
  }

  /** Prepares a command that is to be decided in the unit of work of another one. @throws Error where it has no handler */
  async part<R>(command: NamedCommand<R>, context: CommandContext): Promise<CommandPart<R>> {
    const { command: one, handler, prepared } = await this.#prepare(command, context);
    return {
      decide: (work) => handler.decide(work, one, context, prepared) as Promise<R>,
      complete: async (result) =>
        handler.complete ? ((await handler.complete(one, result as never, prepared)) as R) : result,
      rollBack: async () => handler.rollBack?.(one, prepared),
    };
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
    await this.#conclude(work, context);
    return results;
  }

  async #conclude(work: UnitOfWork, { lastFaults, preconditions }: CommandContext): Promise<void> {
    work.throwIfFaulted();
    if (lastFaults.length > 0) throw new Refusal(lastFaults);
    await this.#check(preconditions);
  }
}

/** Whether an append was refused as a whole. */
const isRefused = (error: unknown): boolean =>
  error instanceof Refusal || error instanceof Conflict || error instanceof AppendRefused;

/**
 * Takes back what was prepared, the last first, all of it though some of that should fail.
 * @param reason why nothing was appended, where that is an error
 * @throws AggregateError with the reason and what failed
 */
async function rollBack(steps: readonly Step[], reason?: unknown): Promise<void> {
  const failed: unknown[] = [];
  for (const { command, handler, prepared } of steps.toReversed()) {
    try {
      await handler.rollBack?.(command, prepared);
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length === 0) return;
  throw new AggregateError(
    reason === undefined ? failed : [reason, ...failed],
    'what a command had prepared could not be taken back',
  );
}

/** What the events of commands say about who sent them: several of one kind go under one name. */
function metadataOf(commands: readonly NamedCommand<unknown>[], { metadata }: CommandContext) {
  const names = [...new Set(commands.map(({ commandName }) => commandName))];
  const trace = traceparent();
  const all = { ...metadata, command: names.length === 1 ? names[0]! : 'CommandBatch' };
  return trace === undefined ? all : { ...all, trace };
}
