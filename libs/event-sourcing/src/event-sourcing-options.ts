import type { Pool } from 'pg';
import type { Clock, CommandObserver, EventStore, Snapshots } from '#event-store';
import type { Progress } from '#read-store';

/** What the log and the read models stand on, and who is told of what happens in them. */
export interface EventSourcingOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly snapshots?: Snapshots;
  /** Told of every command: name, outcome, seconds. */
  readonly onCommand?: CommandObserver;
  /** A command has to be decided again because somebody was faster. */
  readonly onConflict?: () => void;
  readonly onAppended?: (events: number) => void;
  readonly onProjected?: (events: number) => void;
  readonly onProjectorError: (error: unknown) => void;
  /** Told of every failure of a reaction, reconciler or follower, by its name. */
  readonly onReactionError: (error: unknown, name: string) => void;
  readonly onRebuildProgress?: (progress: Progress) => void;
}

/** Injection token of {@link EventSourcingOptions}. */
export const EVENT_SOURCING_OPTIONS = Symbol('EventSourcingOptions');
