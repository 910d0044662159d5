import { randomUUID } from 'node:crypto';
import { AsyncContext } from '@nestjs/cqrs';
import type { Caller, CommandMetadata, Fault } from '#kernel';
import type { Position } from './event-store.ts';

/** A row of a read model that must still be as somebody saw it when the command is carried out. */
export interface Precondition {
  /** Name of the read model. */
  readonly rows: string;
  /** Path of the API model, for the message. */
  readonly model: string;
  readonly key: string | number;
  /** It is as it has been since one of these positions; an empty list fits nothing. */
  readonly unchangedSince: readonly Position[];
  /** What is thrown otherwise: the caller has to look again, or the sender works its command out again. */
  readonly otherwise: 'precondition-failed' | 'stale-read';
}

/** A precondition of a command no longer holds; the error that says so tells whose turn it is. */
export abstract class Outdated extends Error {}

/** What a command is sent with besides its data. */
export interface CommandContextOptions {
  readonly metadata: CommandMetadata;
  /** Who asks; undefined: Contractor itself. */
  readonly caller?: Caller;
  /** When the request came in, ISO 8601 with microseconds. */
  readonly now: string;
  /** Faults that were found in the request already; the command is refused with them and those of its handler. */
  readonly faults?: readonly Fault[];
  /** Faults that are told only where nothing else is wrong. */
  readonly lastFaults?: readonly Fault[];
  readonly preconditions?: readonly Precondition[];
}

/** Travels with a command over the bus: who sends it, when, why, and on what conditions. */
export class CommandContext extends AsyncContext {
  readonly metadata: CommandMetadata;
  readonly caller: Caller | undefined;
  readonly now: string;
  readonly faults: readonly Fault[];
  readonly lastFaults: readonly Fault[];
  readonly preconditions: readonly Precondition[];

  constructor({ metadata, caller, now, faults = [], lastFaults = [], preconditions = [] }: CommandContextOptions) {
    super();
    this.metadata = metadata;
    this.caller = caller;
    this.now = now;
    this.faults = faults;
    this.lastFaults = lastFaults;
    this.preconditions = preconditions;
  }

  /** The context of what Contractor does on its own. `request`: an id that a repetition has again; a fresh one unless given. */
  static system(now: string, request: string = randomUUID(), actor = 'system'): CommandContext {
    return new CommandContext({ metadata: { actor, request, correlation: request }, now });
  }

  /** The context a command was sent with. @throws Error where it was sent without */
  static from(command: object): CommandContext {
    const context = AsyncContext.of(command);
    if (!(context instanceof CommandContext)) throw new Error(`${command.constructor.name} was sent without a context`);
    return context;
  }
}
