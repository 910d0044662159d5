import { Command } from '@nestjs/cqrs';
import type { CommandResult } from './command-result.ts';

/**
 * Something that can be wanted, as data: `AllocateAddress`, `DeleteZone`. Its class name is its name in the metadata of
 * events, in metrics and in logs; one `@CommandHandler` carries it out. `R` is the value it results in.
 */
export abstract class NamedCommand<R = void> extends Command<CommandResult<R>> {
  /** Never set: carries the type of the result, so that it can be inferred from the command. */
  declare readonly result?: R;

  get commandName(): string {
    return this.constructor.name;
  }

  /**
   * Whether what `decide` results in is kept in the log, so that the same request sent again is answered with it: for
   * results that hold something drawn at random. It has to be JSON and may hold no secret. Results that follow from what
   * is in the log need not be kept.
   */
  get keepsResult(): boolean {
    return false;
  }

  /**
   * A key where many commands want the same stream: those with one key that wait for each other are decided one behind the
   * other and share an append, each with its own metadata, result and refusal. Undefined: it is appended alone.
   */
  get sharesAppend(): string | undefined {
    return undefined;
  }

  /** Why it cannot be previewed, where it says so itself. */
  get notPreviewable(): string | undefined {
    return undefined;
  }

  /** Whether what it decides may be more than an append usually takes: for commands that work on many objects at once. */
  get isLarge(): boolean {
    return false;
  }
}

/** The value a command results in. */
export type ResultOf<C> = C extends NamedCommand<infer R> ? R : never;
