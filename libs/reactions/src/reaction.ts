import type { CommandMetadata } from '#kernel';
import type { LoggedEvent, Position, Recorded } from '#event-store';

/** Which events of the log somebody is told of. */
export interface EventSelection {
  /** Categories of their streams. */
  readonly categories: readonly string[];
  /** Types of events; all of the categories unless said. */
  readonly types?: readonly string[];
}

/** What a reaction is given beside the events. */
export interface ReactionContext {
  /** Aborted when another process takes over, or the server stops: what is not done by then is done again elsewhere. */
  readonly signal: AbortSignal;
  /**
   * For a command that an event causes. The same event gives the same metadata each time, so its `request` may serve as
   * the `idempotencyKey` of a command that is not idempotent by itself.
   */
  metadata(event: LoggedEvent): CommandMetadata;
}

/**
 * What is done because of events: each is handled once at least, in the order of the log, from a stored checkpoint, by one
 * process per database. It may be handled again after a failure, so handling it twice must do no harm.
 */
export interface Reaction extends EventSelection {
  readonly kind: 'reaction';
  /** Name of its checkpoint; for good. */
  readonly name: string;
  /** Where it begins when there is no checkpoint yet: with the first event of the log, or with the next one. */
  readonly from: 'start' | 'now';
  /** Whether it does nothing but read and send commands, so that a preview can show what would follow. */
  readonly onlyCommands?: boolean;
  /**
   * Handles the next events; where it rejects, they come again, one by one. An event it cannot handle after many tries
   * becomes a dead letter, and the others go on.
   */
  handle(events: readonly LoggedEvent[], context: ReactionContext): Promise<void>;
}

/** Compares what is with what should be and repairs it; takes no input. One process per database runs it. */
export interface Reconciler {
  readonly kind: 'reconciler';
  readonly name: string;
  /** The longest time between the end of one run and the beginning of the next, in milliseconds. */
  readonly everyMs: number;
  /** Events after which it runs at once. */
  readonly wakeOn?: EventSelection;
  /** The shortest time between the end of one run and the beginning of the next, in milliseconds; 0 unless said. */
  readonly minPauseMs?: number;
  /** Whether it does nothing but read and send commands, so that a preview can show what would follow. */
  readonly onlyCommands?: boolean;
  /** @param signal aborted when another process takes over, or the server stops */
  reconcile(signal: AbortSignal): Promise<void>;
}

/**
 * Keeps something in memory up with the log, in every process, without a checkpoint. Nothing is ever left out: events it
 * cannot handle come again until it can.
 */
export interface Follower extends EventSelection {
  readonly kind: 'follower';
  readonly name: string;
  /** Makes ready. @returns the position behind which it is to be told of everything */
  begin(): Promise<Position>;
  /** Takes the next events, in order; `end` is how far the log was read, also where no event is among them. */
  handle(events: readonly Recorded[], end: Position): void | Promise<void>;
}

/** What modules contribute. */
export type LogListener = Reaction | Reconciler | Follower;
