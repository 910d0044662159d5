import type { Pool } from 'pg';
import type { CommandMetadata, UnitOfWork } from '#kernel';
import type { Clock, CommandResult, EventStore, Upcasters } from '#event-store';
import type { LogListener } from '#reactions';
import type { Ids, ReadModel, ReadStore } from '#read-store';
import type { Secrets } from '#secrets';
import type { Catalogue, Extension, Model } from '#api';
import type { Log } from './log.ts';

/** What the rooms stand on: the log, the read models, the ledgers, the one entrance for wishes. */
export interface AppContext {
  readonly store: EventStore;
  readonly reads: ReadStore;
  readonly pool: Pool;
  readonly ids: Ids;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  /** Carries out a unit of work; it may run several times, so it only reads and decides. */
  readonly execute: <R>(metadata: CommandMetadata, task: (work: UnitOfWork) => Promise<R>) => Promise<CommandResult<R>>;
}

/** Something that lives as long as the server: started after the read models, stopped before them. */
export interface Process {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What a room has, once it stands on the ground. */
export interface Furniture {
  readonly api?: readonly Model[];
  readonly extensions?: readonly Extension[];
  readonly processes?: readonly Process[];
  /** Reactions, reconcilers and followers; they begin when the processes have started. */
  readonly listeners?: readonly LogListener[];
  /** Told what the whole API consists of, once every room has said what it offers. */
  readonly complete?: (catalogue: Catalogue) => void;
}

/** A room of the house: its read models, and what it offers. */
export interface Room {
  readonly name: string;
  readonly rows: readonly ReadModel[];
  /** Old shapes of its events. */
  readonly upcasters?: Upcasters;
  furnish(ground: AppContext): Furniture;
}
