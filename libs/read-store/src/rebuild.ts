import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { EventStore, Position } from '#event-store';
import { holdCheckpoint } from './checkpoint.ts';
import { CountChanges } from './counts.ts';
import { ModelRebuild, NEXT } from './model-rebuild.ts';
import type { ReadModel, Recorded } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import { forget, makeBookkeeping, makeIndexes, makeTable } from './tables.ts';

/** How far a rebuild has come. */
export interface Progress {
  readonly models: readonly string[];
  /** Events read so far. */
  readonly events: number;
  /** Events per second since it began. */
  readonly rate: number;
  /** Seconds it will take, by how far it has come in the log; null: that cannot be told yet. */
  readonly remaining: number | null;
}

/** How many events are read at once, and how many bytes of them they may come to, roughly. */
const PAGE = 2000;
const PAGE_BYTES = 8_000_000;
/**
 * How much the live rows of all models may take in memory, in characters of their texts and 300 more for each row; about
 * 200 MB. Beyond, those of the largest model leave it, and are read back where they change again.
 */
export const MAX_REBUILD_MEMORY = 64_000_000;
/** How many counts may wait to be written. */
const MAX_COUNTS = 20_000;
/** How far behind the projector the new rows may be when they take the place of the old ones, in positions. */
const NEARLY = 2000n;
/** Time between two reports of progress, in milliseconds. */
const REPORT_EVERY = 1000;

/**
 * Makes read models anew from the log, into tables of their own; the old ones serve meanwhile. `switchOver` is called
 * when the new ones are nearly as far as the old: it stops the projector for the moment in which the rest is folded and
 * the new tables take the place of the old ones.
 */
export async function rebuild(options: {
  readonly store: EventStore;
  readonly db: Kysely<ReadDatabase>;
  readonly models: readonly ReadModel[];
  /** Aborted when it has to be given up. */
  readonly signal: AbortSignal;
  /** How far the projector has come: it goes on from there, so the new rows may not be further. */
  readonly reached: () => Position;
  readonly parse: (events: Awaited<ReturnType<EventStore['readAll']>>['events']) => Recorded[];
  /** Runs `task` while the projector stands still at the position it is given. */
  readonly switchOver: (task: (until: Position) => Promise<void>) => Promise<void>;
  readonly report: (progress: Progress) => void;
  readonly maxMemory?: number;
}): Promise<void> {
  const { store, db, models, signal, reached, parse, switchOver, report, maxMemory = MAX_REBUILD_MEMORY } = options;
  const names = models.map(({ name }) => name);
  report({ models: names, events: 0, rate: 0, remaining: null });
  await sql`DROP SCHEMA IF EXISTS ${sql.id(NEXT)} CASCADE`.execute(db);
  await makeBookkeeping(db, NEXT);
  for (const model of models) await makeTable(db, model, NEXT);

  const counts = new CountChanges();
  const rebuilds = models.map((model) => new ModelRebuild(db, model, counts));
  const head = reached();
  const begun = performance.now();
  let reported = begun;
  let position: Position = 0n;
  let events = 0;

  const tell = (): void => {
    reported = performance.now();
    const seconds = (reported - begun) / 1000;
    const share = head === 0n ? 1 : Number(position) / Number(head);
    report({ models: names, events, rate: events / seconds, remaining: Math.max(0, seconds / share - seconds) });
  };
  let limit = PAGE;
  const read = async (after: Position) => {
    const { events: page, end } = await store.readAll(after, { limit });
    const bytes = page.reduce((sum, { data, meta }) => sum + data.length + meta.length, 1);
    limit = Math.max(1, Math.min(PAGE, Math.floor((page.length * PAGE_BYTES) / bytes)));
    return { page, end };
  };
  const makeRoom = async (): Promise<void> => {
    if (counts.size > MAX_COUNTS) await counts.write(db, NEXT);
    while (rebuilds.reduce((sum, { size }) => sum + size, 0) > maxMemory) {
      await rebuilds.reduce((one, other) => (other.size > one.size ? other : one)).spill();
    }
  };
  const foldUpTo = async (until: Position): Promise<void> => {
    let next = position < until ? read(position) : undefined;
    while (next) {
      const { page, end } = await next;
      signal.throwIfAborted();
      next = end > position && end < until ? read(end) : undefined;
      const now = parse(page.filter((event) => event.position <= until));
      for (const one of rebuilds) await one.fold(now);
      await makeRoom();
      position = end < until ? end : until;
      events += now.length;
      if (performance.now() - reported >= REPORT_EVERY) tell();
    }
  };
  const finish = async (): Promise<void> => {
    for (const one of rebuilds) await one.finish();
    await counts.write(db, NEXT);
  };

  await foldUpTo(head);
  await finish();
  for (const model of models) await makeIndexes(db, model, NEXT);
  // What has come meanwhile is little by now, and what comes while that is folded is less.
  do await foldUpTo(reached());
  while (reached() - position > NEARLY);
  tell();
  await switchOver(async (until) => {
    await foldUpTo(until);
    await finish();
    await swapTables(db, models, until, signal);
  });
  tell();
}

/**
 * The new tables take the place of the old ones, all in one moment, unless another process has gone on with the old ones:
 * what it has written would be missing in the new ones.
 */
async function swapTables(
  db: Kysely<ReadDatabase>,
  models: readonly ReadModel[],
  until: Position,
  signal: AbortSignal,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await holdCheckpoint(tx, until);
    signal.throwIfAborted();
    for (const model of models) {
      await sql`DROP TABLE IF EXISTS ${sql.id('read', model.name)}`.execute(tx);
      await sql`ALTER TABLE ${sql.id(NEXT, model.name)} SET SCHEMA read`.execute(tx);
      await forget(tx, model.name);
      await sql`INSERT INTO read.counts SELECT * FROM ${sql.id(NEXT, 'counts')} WHERE model = ${model.name}`.execute(
        tx,
      );
      await sql`
        INSERT INTO read.quarantine
        SELECT * FROM ${sql.id(NEXT, 'quarantine')} WHERE model = ${model.name}`.execute(tx);
      await sql`
        INSERT INTO read.models VALUES (${model.name}, ${model.version})
        ON CONFLICT (name) DO UPDATE SET version = excluded.version`.execute(tx);
    }
    await sql`DROP SCHEMA ${sql.id(NEXT)} CASCADE`.execute(tx);
  });
}
