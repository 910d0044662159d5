import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { EventStore, Upcasters, Position } from '#event-store';
import { EventLog, previewScope } from '#event-store';
import type { ChangedKeys, ChangedSince } from './changed-keys.ts';
import { changedKeys } from './changed-keys.ts';
import { forkView } from './fork-view.ts';
import { RowCache } from './row-cache.ts';
import { KeyLists } from './key-lists.ts';
import { liveView } from './live-view.ts';
import { PageCache } from './page-cache.ts';
import { Projector } from './projector.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import type { Progress } from './rebuild.ts';
import type { ChangeRange, PositionRange, RowVersion, ToldChange } from './row-changes.ts';
import { rowChanges, rowVersions, withEvents } from './row-changes.ts';
import { streamChanges, streamTables } from './stream-rows.ts';
import type { ReadDatabase } from './tables.ts';
import { tables, tableView } from './table-view.ts';
import type { View } from './view.ts';

/** How much live rows may take in memory, in characters of their text. */
const MEMORY = 64 * 1024 * 1024;

/** Injection token of the {@link ReadStore} of the server. */
export const READ_STORE = Symbol('ReadStore');

/** The read models of the API over one database: views to read, and the projector that keeps them. */
export interface ReadStore {
  readonly projector: Projector;
  /** As they are; within a preview as they would be with what it has decided so far. */
  readonly now: View;
  /**
   * As of a position of the log. Models without history throw `NoHistory`; rows of a `stream` are folded from it, and listed
   * where the model says by what (`past`).
   */
  at(position: Position): View;
  /** What became of a row: each change in a stretch of the log. @throws NoHistory where neither rows nor a stream tell */
  changes<Row extends object>(model: ReadModel<Row>, key: Key, range: ChangeRange): Promise<readonly ToldChange<Row>[]>;
  /** How rows of a model that keeps history were in a stretch of the log, by key, in the order of the log. */
  versions<Row extends object>(
    model: ReadModel<Row>,
    keys: readonly Key[],
    range: PositionRange,
  ): Promise<ReadonlyMap<Key, readonly RowVersion<Row>[]>>;
  /** As it would be if these events were appended now. */
  fork(events: readonly Recorded[]): View;
  /** Which rows have changed between two positions of the log, or may have; undefined: too much has happened. */
  changed(since: ChangedSince): Promise<ChangedKeys | undefined>;
}

/** Opens the read models of `models` over a pool that stays the caller's. Nothing runs until the projector starts. */
export function openReadStore(options: {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly models: readonly ReadModel[];
  /** Old shapes of events. */
  readonly upcasters?: Upcasters;
  readonly onError: (error: unknown) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onProjected?: (events: number) => void;
  /** How much may be folded and not written, in characters of row texts; see `MAX_PENDING`. */
  readonly maxPending?: number;
  /** How much live rows may take in memory while they are made anew; see `MAX_REBUILD_MEMORY`. */
  readonly maxRebuildMemory?: number;
}): ReadStore {
  const db = new Kysely<ReadDatabase>({ dialect: new PostgresDialect({ pool: options.pool }) });
  const live = new RowCache(MEMORY);
  const pages = new PageCache();
  const lists = new KeyLists();
  const projector = new Projector({ ...options, db, live, pages, lists });
  const now = liveView({
    tables: tables(db),
    live,
    pages,
    lists,
    notYet: (model) => projector.notYet(model),
    behind: () => projector.behind,
    written: () => projector.written(),
    onError: options.onError,
  });
  const log = new EventLog(options.store, options.upcasters);
  return {
    projector,
    get now() {
      return (previewScope()?.view as View | undefined) ?? now;
    },
    at: (position) => {
      const past = streamTables(log, position, tables(db, position));
      return tableView(past, () => projector.written(), position);
    },
    changes: async (model, key, range) => {
      if (!model.history && model.stream) return streamChanges(log, model, key, range);
      await projector.written();
      return withEvents(log, await rowChanges(db, model, key, range));
    },
    versions: async (model, keys, range) => {
      await projector.written();
      return rowVersions(db, model, keys, range);
    },
    fork: (events) => forkView(now, events),
    changed: (since) => changedKeys(options.store, options.upcasters ?? {}, since),
  };
}
