import type { CommandContext, CommandResult, CommandRunner, NamedCommand, Precondition, PreviewScope } from '#event-store';
import { CommandBatch, runInPreview } from '#event-store';
import type { Message, UnitOfWork } from '#kernel';
import type { Recorded, View } from '#read-store';
import { decidedEvents, forkView } from '#read-store';

/** What a preview decides on. */
export interface RunParts {
  readonly runner: Pick<CommandRunner, 'preview'>;
  /** The read models as they are. */
  readonly base: View;
}

/** A command that deletes objects, and who has sent it. */
export interface SentDeletion {
  readonly command: NamedCommand<unknown>;
  readonly context: CommandContext;
}

/** Carries out commands on a unit of work that is not appended; each sees what those before it have decided. */
export class PreviewRun implements PreviewScope {
  readonly work: UnitOfWork;
  readonly #parts: RunParts;
  readonly commands = new Set<string>();
  readonly deletions: SentDeletion[] = [];
  readonly preconditions: Precondition[] = [];
  isLarge = false;
  needsApproval = false;
  ended = false;
  view: View;
  events: readonly Recorded[] = [];

  /** @param work what it decides is in here; it may begin with what others have decided */
  constructor(work: UnitOfWork, parts: RunParts, view: View = parts.base) {
    this.work = work;
    this.#parts = parts;
    this.view = view;
  }

  /** Runs what sends commands. */
  async within<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await runInPreview(this, task);
    } finally {
      this.ended = true;
    }
  }

  readonly execute = async <R>(command: NamedCommand<R>, context: CommandContext): Promise<CommandResult<R>> => {
    const commands = command instanceof CommandBatch ? command.commands : [command];
    const fork = this.work.fork();
    const values = await this.#parts.runner.preview(fork, commands, context);
    this.work.absorb(fork);
    for (const { commandName, isLarge } of commands) {
      this.commands.add(commandName);
      this.isLarge ||= isLarge;
    }
    this.preconditions.push(...context.preconditions);
    this.events = decidedEvents(this.work, { at: context.now, actor: context.metadata.actor });
    this.view = forkView(this.#parts.base, this.events);
    return { value: (command instanceof CommandBatch ? values : values[0]) as R, position: undefined };
  };

  readonly deletes = (command: NamedCommand<unknown>, context: CommandContext): void => {
    this.deletions.push({ command, context });
  };

  readonly demandsApproval = (): void => {
    this.needsApproval = true;
  };
}

/** How many events of each stream there are. */
export const countsOf = (work: UnitOfWork): ReadonlyMap<string, number> =>
  new Map(work.written().map(({ stream, events }) => [stream, events.length]));

/** An event that was decided, in its stream. */
export interface DecidedEvent extends Message {
  readonly stream: string;
}
