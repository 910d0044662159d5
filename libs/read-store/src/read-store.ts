import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { EventStore, Position } from '#event-store';
import { Projector } from './projector.ts';
import type { ReadModel } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import type { View } from './view.ts';
import { tableView } from './view.ts';

/** The read models of the API over one database: views to read, and the projector that keeps them. */
export interface ReadStore {
  readonly projector: Projector;
  readonly now: View;
  at(position: Position): View;
}

/** Opens the read models of `models` over a pool that stays the caller's. Nothing runs until the projector starts. */
export function openReadStore(options: {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly models: readonly ReadModel[];
  readonly onError: (error: unknown) => void;
}): ReadStore {
  const db = new Kysely<ReadDatabase>({ dialect: new PostgresDialect({ pool: options.pool }) });
  return {
    projector: new Projector({ ...options, db }),
    now: tableView(db),
    at: (position) => tableView(db, position),
  };
}
