import type { CommandBus } from '@nestjs/cqrs';
import { Conflict, Refusal, traced } from '#kernel';
import type { CommandContext } from './command-context.ts';
import { Outdated } from './command-context.ts';
import type { CommandResult } from './command-result.ts';
import type { NamedCommand } from './named-command.ts';
import { previewScope } from './preview-scope.ts';

/** How a command ended: appended (or nothing to do), refused, outrun by others, or failed. */
export type CommandOutcome = 'done' | 'refused' | 'conflict' | 'failed';

/** Told of every command: its name, how it ended, how long it took in seconds. */
export type CommandObserver = (command: string, outcome: CommandOutcome, seconds: number) => void;

/** Sends commands: whoever wants something sends it here. Within a preview they are decided, and nothing is appended. */
export class CommandGateway {
  readonly #bus: CommandBus;
  readonly #observe: CommandObserver;

  constructor(bus: CommandBus, observe: CommandObserver = () => undefined) {
    this.#bus = bus;
    this.#observe = observe;
  }

  /** @throws Refusal where it cannot be granted; Conflict where others were faster again and again */
  async execute<R>(command: NamedCommand<R>, context: CommandContext): Promise<CommandResult<R>> {
    const preview = previewScope();
    if (preview) return preview.execute(command, context);
    const begun = performance.now();
    const end = (outcome: CommandOutcome): void =>
      this.#observe(command.commandName, outcome, (performance.now() - begun) / 1000);
    context.attachTo(command);
    try {
      const result = await traced(command.commandName, {}, () => this.#bus.execute<CommandResult<R>>(command, context));
      end('done');
      return result;
    } catch (error) {
      const outrun = error instanceof Conflict || error instanceof Outdated;
      end(error instanceof Refusal ? 'refused' : outrun ? 'conflict' : 'failed');
      throw error;
    }
  }
}
