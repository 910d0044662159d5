import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { EventStore, Position } from '#event-store';
import type { Poisoned, Version } from './batch.ts';
import { foldBatch, keysIn } from './batch.ts';
import { holdCheckpoint } from './checkpoint.ts';
import { CountChanges } from './counts.ts';
import { writeRows } from './flush.ts';
import { writeQuarantine } from './quarantine.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import type { ReadDatabase } from './tables.ts';
import { forget, makeBooks, makeIndexes, makeTable } from './tables.ts';

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

/** Where the new tables stand until they take the place of the old ones. */
const NEXT = 'read_next';
const PAGE = 2000;
/** Rows are written when this many versions are waiting. */
const WRITE_AT = 5000;
/** How much live rows may take in memory before they are written, in characters of their text. */
const MEMORY = 200_000_000;
/** Time between two reports of progress, in milliseconds. */
const REPORT_EVERY = 1000;

/** One model while it is made anew: live rows stay in memory as long as there is room. */
class ModelRebuild {
  readonly model: ReadModel;
  readonly poisoned = new Map<Key, Poisoned>();
  readonly #open = new Map<Key, { version: Version; written: boolean }>();
  readonly counts: CountChanges;
  #waiting: Version[] = [];
  #ended: { key: Key; at: Position }[] = [];
  #memory = 0;

  constructor(model: ReadModel, counts: CountChanges) {
    this.model = model;
    this.counts = counts;
  }

  async fold(db: Kysely<ReadDatabase>, events: readonly Recorded[]): Promise<void> {
    const { model } = this;
    const keys = keysIn(model, events);
    if (keys.length === 0) return;
    const live = new Map<Key, object>();
    for (const key of keys) {
      const open = this.#open.get(key);
      if (open) live.set(key, open.version.row);
    }
    const changes = foldBatch(model, events, live, new Set(this.poisoned.keys()));
    this.counts.add(model, changes, live);
    for (const one of changes.poisoned) this.poisoned.set(one.key, one);
    for (const { key, at } of changes.ended) {
      const open = this.#open.get(key);
      this.#open.delete(key);
      if (!open) continue;
      if (open.written) {
        this.#ended.push({ key, at });
        continue;
      }
      this.#memory -= open.version.text.length;
      if (model.history) this.#waiting.push({ ...open.version, to: at });
    }
    for (const version of changes.versions) {
      if (version.to === undefined) {
        this.#open.set(version.key, { version, written: false });
        this.#memory += version.text.length;
      } else this.#waiting.push(version);
    }
    const full = this.#memory > MEMORY;
    if (full) this.#writeLive();
    if (full || this.#waiting.length >= WRITE_AT) await this.#write(db);
  }

  /** Writes what is still in memory. */
  async finish(db: Kysely<ReadDatabase>): Promise<void> {
    this.#writeLive();
    await this.#write(db);
  }

  /** Live rows go to the table as they are; those that change later are ended there. */
  #writeLive(): void {
    for (const open of this.#open.values()) {
      if (open.written) continue;
      this.#waiting.push(open.version);
      open.written = true;
    }
    this.#memory = 0;
  }

  async #write(db: Kysely<ReadDatabase>): Promise<void> {
    const versions = this.#waiting;
    const ended = this.#ended;
    this.#waiting = [];
    this.#ended = [];
    for (let from = 0; from < versions.length || from === 0; from += WRITE_AT) {
      const part = versions.slice(from, from + WRITE_AT);
      await writeRows(db, this.model, { ended: from === 0 ? ended : [], versions: part, poisoned: [] }, NEXT);
    }
  }
}

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
}): Promise<void> {
  const { store, db, models, signal, reached, parse, switchOver, report } = options;
  const names = models.map(({ name }) => name);
  report({ models: names, events: 0, rate: 0, remaining: null });
  await sql`DROP SCHEMA IF EXISTS ${sql.id(NEXT)} CASCADE`.execute(db);
  await makeBooks(db, NEXT);
  for (const model of models) await makeTable(db, model, NEXT);

  const counts = new CountChanges();
  const rising = models.map((model) => new ModelRebuild(model, counts));
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
  const foldUpTo = async (until: Position): Promise<void> => {
    let next = position < until ? store.readAll(position, { limit: PAGE }) : undefined;
    while (next) {
      const { events: page, end } = await next;
      signal.throwIfAborted();
      next = end > position && end < until ? store.readAll(end, { limit: PAGE }) : undefined;
      const now = parse(page.filter((event) => event.position <= until));
      for (const one of rising) await one.fold(db, now);
      position = end < until ? end : until;
      events += now.length;
      if (performance.now() - reported >= REPORT_EVERY) tell();
    }
  };

  await foldUpTo(head);
  // What has come meanwhile is little by now, and what comes while that is folded is next to nothing.
  await foldUpTo(reached());
  tell();
  await switchOver(async (until) => {
    await foldUpTo(until);
    for (const one of rising) await one.finish(db);
    await counts.write(db, NEXT);
    for (const model of models) await makeIndexes(db, model, NEXT);
    await swapTables(db, rising, until, signal);
  });
  tell();
}

/**
 * The new tables take the place of the old ones, all in one moment, unless another process has gone on with the old ones:
 * what it has written would be missing in the new ones.
 */
async function swapTables(
  db: Kysely<ReadDatabase>,
  rising: readonly ModelRebuild[],
  until: Position,
  signal: AbortSignal,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await holdCheckpoint(tx, until);
    signal.throwIfAborted();
    for (const { model, poisoned } of rising) {
      await sql`DROP TABLE IF EXISTS ${sql.id('read', model.name)}`.execute(tx);
      await sql`ALTER TABLE ${sql.id(NEXT, model.name)} SET SCHEMA read`.execute(tx);
      await forget(tx, model.name);
      await sql`INSERT INTO read.counts SELECT * FROM ${sql.id(NEXT, 'counts')} WHERE model = ${model.name}`.execute(
        tx,
      );
      await writeQuarantine(tx, [...poisoned.values()]);
      await sql`
        INSERT INTO read.models VALUES (${model.name}, ${model.version})
        ON CONFLICT (name) DO UPDATE SET version = excluded.version`.execute(tx);
    }
    await sql`DROP SCHEMA ${sql.id(NEXT)} CASCADE`.execute(tx);
  });
}
