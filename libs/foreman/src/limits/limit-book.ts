import type { Restored } from '#kernel';
import type { EventStore, Position, Recorded } from '#event-store';
import type { Logger } from '#kernel';
import { idOf } from '#kernel';
import type { ReadStore, View } from '#read-store';
import { sitesWithin } from '#site';
import type { Created } from '../job-messages.ts';
import { job } from '../job.ts';
import type { JobTargetRegistry } from '../job-target.ts';
import type { JobRow } from '../jobs.ts';
import { CountedJobs } from './counted-jobs.ts';
import type { Admission, Limit } from './limit.ts';
import { limit, limitIds } from './limit.ts';
import { limitAdmissions, limits } from './limits.ts';

/** How many sites one limit may be spread over. */
const MAX_SITES = 100_000;
/** How long the read models may take to show what has happened, in milliseconds. */
const SHOWN_MS = 5000;
/** How long to wait before what a limit counts is looked up again, in milliseconds. */
const RETRY_MS = 1000;

interface KnownLimit {
  readonly limit: Limit;
  /** The jobs that it counts. */
  readonly jobs: Set<number>;
  /** What had begun before it was set is counted. */
  ready: boolean;
}

export interface LimitBookParts {
  readonly reads: ReadStore;
  readonly store: Pick<EventStore, 'head'>;
  readonly targets: JobTargetRegistry;
  readonly log: Logger;
}

/** Told that a limit may have room. */
export type RoomListener = (id: string) => void;

/**
 * What every limit counts, kept up with the log in every process. A job counts from `JobStarted` until it is over or
 * aborted, also while it is paused or in error, as it may go on at any time; a task counts from its dispatch until that is
 * over. It holds an entry for each job under way, and one in each limit that counts it.
 */
export class LimitBook {
  readonly #parts: LimitBookParts;
  readonly #jobs = new CountedJobs();
  readonly #limits = new Map<string, KnownLimit>();
  /** How many have begun under each limit, as far as this process has heard. */
  readonly #heard = new Map<string, number>();
  readonly #waiters = new Set<() => void>();
  readonly #room: RoomListener[] = [];
  readonly #admitted: ((job: number, id: string) => void)[] = [];
  /** How far the log has to be read before what is counted is right. */
  #readAt: Position = 0n;
  #reached: Position = -1n;

  constructor(parts: LimitBookParts) {
    this.#parts = parts;
  }

  /** Categories of the streams it has to be told of, besides those of jobs. */
  readonly categories: readonly string[] = [limit.category];

  /** How many jobs, and how many limits, it knows. */
  get size(): { readonly jobs: number; readonly limits: number } {
    return { jobs: this.#jobs.size, limits: this.#limits.size };
  }

  whenRoom(listener: RoomListener): void {
    this.#room.push(listener);
  }

  /** Told of each job that is heard to have begun under a limit. */
  whenAdmitted(listener: (job: number, id: string) => void): void {
    this.#admitted.push(listener);
  }

  /** Reads what there is, before it is told of what happens behind a position that is earlier than this. */
  async start(): Promise<void> {
    const { reads, store } = this.#parts;
    const [{ rows: set }, { rows: admitted }] = await Promise.all([
      reads.now.list(limits),
      reads.now.list(limitAdmissions),
    ]);
    for (const { key, row } of admitted) this.#heard.set(String(key), row.number);
    for (const { key, row } of set) await this.#count(String(key), this.#know(String(key), row));
    this.#readAt = await store.head();
  }

  /** A job that was under way when the process began; before {@link start}. */
  startWith(id: number, row: JobRow): void {
    this.#jobs.startWith(id, row);
  }

  /** The ids of the jobs that a limit counts, in their order. */
  counted(id: string): readonly number[] {
    return [...(this.#limits.get(id)?.jobs ?? [])].toSorted((one, other) => one - other);
  }

  /** A limit with how many it counts; undefined: there is none. */
  of(id: string): { readonly limit: Limit; readonly running: number } | undefined {
    const known = this.#limits.get(id);
    return known && { limit: known.limit, running: known.jobs.size };
  }

  /** How many more may begin under a limit, not counting one of its jobs; below 0: too many have begun. */
  room(id: string, job?: number): number {
    const known = this.#limits.get(id);
    if (!known) return Number.POSITIVE_INFINITY;
    return known.limit.maxJobs - known.jobs.size + (job !== undefined && known.jobs.has(job) ? 1 : 0);
  }

  /** Whether a limit counts a job. */
  counts(id: string, job: number): boolean {
    return this.#limits.get(id)?.jobs.has(job) === true;
  }

  /** The limits of tasks of a module at a site that there are. */
  ofTask(site: string, module: string): readonly string[] {
    return [limitIds.module(module, site), limitIds.module(module)].filter((id) => this.#limits.has(id));
  }

  /** Whether it knows a limit as of so many that have begun under it, and all that it counts. */
  isUpTo(id: string, admitted: number): boolean {
    return (
      this.#reached >= this.#readAt && (this.#heard.get(id) ?? 0) >= admitted && this.#limits.get(id)?.ready === true
    );
  }

  /** Resolves when {@link isUpTo}, or the time is over. @returns whether it is */
  async upTo(id: string, admitted: number, timeoutMs: number): Promise<boolean> {
    const isUp = (): boolean => this.isUpTo(id, admitted);
    if (isUp()) return true;
    return new Promise((resolve) => {
      const end = (known: boolean): void => {
        clearTimeout(late);
        this.#waiters.delete(look);
        resolve(known);
      };
      const look = (): void => void (isUp() && end(true));
      const late = setTimeout(() => end(false), timeoutMs);
      this.#waiters.add(look);
    });
  }

  heard(event: Recorded): void {
    if (event.stream.startsWith(`${job.category}-`)) this.#heardOfJob(event);
    else if (event.stream.startsWith(`${limit.category}-`)) this.#heardOfLimit(idOf(event.stream), event);
  }

  /** The log was read so far. */
  reached(end: Position): void {
    const wasBehind = this.#reached < this.#readAt;
    this.#reached = end;
    this.#wake();
    if (wasBehind && end >= this.#readAt) for (const id of this.#limits.keys()) this.#tellRoom(id);
  }

  #heardOfLimit(id: string, { type, data, position }: Recorded): void {
    const set =
      type === 'LimitRestored' ? (data as Restored<Limit>).value : type === 'LimitSet' ? (data as Limit) : null;
    if (set) {
      const before = this.#limits.get(id);
      const known = this.#know(id, set);
      if (!before) void this.#countBefore(id, known, position);
      else this.#tellRoom(id);
    } else if (type === 'LimitRemoved' || type === 'LimitRestored') {
      this.#limits.delete(id);
      this.#tellRoom(id);
    } else if (type === 'LimitAdmitted') {
      const { job: one, number } = data as Admission;
      this.#heard.set(id, Math.max(this.#heard.get(id) ?? 0, number));
      const known = this.#limits.get(id);
      // A job may be over already where this is heard again.
      if (known && this.#jobs.has(one)) known.jobs.add(one);
      for (const listener of this.#admitted) listener(one, id);
    }
  }

  #know(id: string, data: Limit): KnownLimit {
    const { site, complex, module, maxJobs } = data;
    const before = this.#limits.get(id);
    const known = {
      limit: { site, complex, module, maxJobs },
      jobs: before?.jobs ?? new Set<number>(),
      ready: before?.ready ?? false,
    };
    this.#limits.set(id, known);
    return known;
  }

  #heardOfJob(event: Recorded): void {
    const id = Number(idOf(event.stream));
    this.#jobs.heard(id, event, (what, { site, module = '' }) => {
      if (what === 'task-dispatched') for (const one of this.ofTask(site, module)) this.#limits.get(one)?.jobs.add(id);
      else if (what === 'task-over') this.#countsNoMore(id, this.ofTask(site, module));
      else this.#countsNoMore(id, this.#ofBegun());
    });
  }

  #countsNoMore(id: number, limits: readonly string[]): void {
    for (const one of limits) if (this.#limits.get(one)?.jobs.delete(id)) this.#tellRoom(one);
  }

  /** The limits of jobs that have begun. */
  #ofBegun(): readonly string[] {
    return [...this.#limits].flatMap(([id, known]) => (known.limit.module === null ? [id] : []));
  }

  /** Counts what had begun when a limit was set; tried again until the read models can be read. */
  async #countBefore(id: string, known: KnownLimit, position: Position): Promise<void> {
    const { reads, log } = this.#parts;
    for (let tries = 1; this.#limits.get(id)?.jobs === known.jobs; tries += 1) {
      try {
        await reads.projector.caughtUp(position, SHOWN_MS);
        await this.#count(id, known);
        return;
      } catch (error) {
        log.warn('what a limit counts could not be found out', { limit: id, tries, error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  async #count(id: string, { limit: of, jobs: its }: KnownLimit): Promise<void> {
    const belongs = await this.#belonging(of);
    for (const one of belongs) if (this.#jobs.isCounted(one, of)) its.add(one);
    const known = this.#limits.get(id);
    if (known?.jobs === its) known.ready = true;
    this.#wake();
    this.#tellRoom(id);
  }

  /** The jobs that belong to what a limit is a limit of and have begun, or are at agents. */
  async #belonging(of: Limit): Promise<readonly number[]> {
    const view = this.#parts.reads.now;
    const begun = this.#jobs.countedBy(of);
    if (of.site === null && of.complex === null) return begun.map(([id]) => id);
    const inside = of.complex === null ? await this.#sites(view, of) : undefined;
    const found: number[] = [];
    for (const [id, { site, target }] of begun) {
      const belongs = inside ? inside.has(site) : (await this.#complexOf(view, target)) === of.complex;
      if (belongs) found.push(id);
    }
    return found;
  }

  async #sites(view: View, { site, module }: Limit): Promise<ReadonlySet<string>> {
    if (site === null) return new Set();
    return new Set(module === null ? await sitesWithin(view, site, MAX_SITES) : [site]);
  }

  #complexOf(view: View, { kind, id }: Created['target']): Promise<string | undefined> {
    return this.#parts.targets.all.get(kind)?.complexOf?.(view, id) ?? Promise.resolve(undefined);
  }

  #tellRoom(id: string): void {
    if (this.room(id) > 0) for (const listener of this.#room) listener(id);
  }

  #wake(): void {
    for (const look of this.#waiters) look();
  }
}
