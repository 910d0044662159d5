import type { UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import type { Condition } from '../condition.ts';
import { condition } from '../condition.ts';
import type { Created } from '../job-messages.ts';
import type { JobTargetRegistry } from '../job-target.ts';
import type { LimitBook } from '../limits/limit-book.ts';
import { limit, limitIds, limitSubject } from '../limits/limit.ts';
import { Timers } from '../timers.ts';
import type { WindowBook } from '../windows/window-book.ts';
import { HeldJobs } from './held-jobs.ts';
import { PassingJobs } from './passing-jobs.ts';
import { sitesAround } from './sites-around.ts';

/** How long a unit of work waits for this process to hear of what others have begun, in milliseconds. */
const HEARD_MS = 1000;

/** A job that may begin: where, on what, and whether somebody has said that it does not wait for a window. */
export type Beginner = Pick<Created, 'site' | 'target'> & { readonly ignoresWindow?: boolean };

export interface JobGateParts {
  readonly limits: LimitBook;
  readonly windows: WindowBook;
  readonly targets: Pick<JobTargetRegistry, 'all'>;
  /** The read models as they are now. */
  readonly view: () => View;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Whether a job may begin, or its task may go to an agent, as far as maintenance windows and limits know. What may not is
 * held, and looked at again when there is room, the oldest first, or when the window opens: never all of them for one.
 *
 * A limit is kept by the log: whoever begins writes into the stream of the limit, at its exact revision, in the same append,
 * and counts only when this process has heard of everything that has begun under it before. So between the count and the
 * append nothing has begun, in whichever process; what has ended meanwhile leaves room.
 */
export class JobGate {
  readonly #parts: JobGateParts;
  readonly #held = new HeldJobs();
  readonly #passing = new PassingJobs();
  /** Jobs that a unit of work has admitted whose append is not heard of yet. */
  readonly #admitted = new Set<number>();
  /** When the windows of sites open that hold jobs. */
  readonly #openings: Timers<string>;
  /** How many times it was told that a site has moved. */
  #moves = 0;
  #look: ((job: number) => void) | undefined;

  constructor(parts: JobGateParts) {
    this.#parts = parts;
    const { limits, windows, now } = parts;
    this.#openings = new Timers<string>((by) => this.#opened(by), now);
    limits.whenRoom((id) => this.#release(id));
    limits.whenAdmitted((job, id) => {
      this.#admitted.delete(job);
      this.#passed(job);
      this.#release(id);
    });
    windows.whenChanged(() => {
      for (const by of this.#held.reasons) if (by.startsWith(WINDOW)) this.#opened(by);
    });
  }

  /** How many entries it holds: jobs that are held, or were just let through. */
  get size(): number {
    return this.#held.size + this.#passing.size + this.#admitted.size;
  }

  /** Begins to hold jobs, as the foreman does; `look` has one looked at again. Undefined: it holds none any more. */
  set look(look: ((job: number) => void) | undefined) {
    this.#look = look;
    this.#openings.stop();
    this.#held.clear();
    this.#passing.clear();
    this.#admitted.clear();
  }

  /** A look at a job begins. */
  looking(job: number): void {
    this.#admitted.delete(job);
  }

  /** A look at a job is over; where nothing of it was appended, or it has not begun, others have its turn. */
  looked(job: number, failed = false): void {
    if (failed) this.#admitted.delete(job);
    if (!this.#admitted.has(job)) this.#passed(job);
  }

  /** A job is over. */
  forget(job: number): void {
    this.#held.take(job);
    this.looked(job, true);
  }

  /** Other sites are around a site, and the read models show them: what waits there is under their limits and windows. */
  siteMoved(site: string): void {
    this.#moves += 1;
    for (const job of this.#held.under(limitIds.site(site))) {
      this.#held.take(job);
      this.#look?.(job);
    }
  }

  /** The limits under which a waiting job may begin now, to be noted where it does; undefined: it may not. */
  async mayBegin(work: UnitOfWork, job: number, who: Beginner): Promise<readonly string[] | undefined> {
    const moves = this.#moves;
    const found = await this.#mayBegin(work, job, who);
    // What has held it may have been around its site no longer.
    return found === undefined && moves !== this.#moves ? this.mayBegin(work, job, who) : found;
  }

  async #mayBegin(work: UnitOfWork, job: number, who: Beginner): Promise<readonly string[] | undefined> {
    const { sites, ids } = await this.#under(who, this.#parts.view());
    const { windows, now } = this.#parts;
    const shut = who.ignoresWindow ? undefined : windows.shutAt(sites, now());
    if (shut) {
      const by = `${WINDOW}${shut.site}`;
      if (this.#look && shut.next) this.#openings.set(by, shut.next.opening.from);
      return this.#hold(job, by, ids);
    }
    return this.#admit(work, job, ids);
  }

  /** The same for a task of a job that may go to an agent now. */
  async mayHandOut(
    work: UnitOfWork,
    job: number,
    site: string,
    module: string,
  ): Promise<readonly string[] | undefined> {
    const ids = this.#parts.limits.ofTask(site, module);
    return ids.length === 0 ? ids : this.#admit(work, job, ids);
  }

  /** The same for a task that an agent asks for: where it may not, the agent asks again. */
  async mayClaim(work: UnitOfWork, job: number, site: string, module: string): Promise<readonly string[] | undefined> {
    const found = await this.#admission(work, job, this.#parts.limits.ofTask(site, module));
    return 'under' in found ? found.under : undefined;
  }

  /**
   * The gate of jobs that begin with the append that makes them: it lets those through that no window and no limit concerns,
   * and holds none, as a job may not come to be after all.
   */
  get forNewJobs(): Pick<JobGate, 'looking' | 'mayBegin' | 'mayHandOut' | 'begins'> {
    const { limits, windows, now } = this.#parts;
    return {
      looking: () => undefined,
      mayBegin: async (work, _, who) => {
        const { sites, ids } = await this.#under(who, this.#parts.view());
        if (windows.shutAt(sites, now())) return undefined;
        for (const id of ids) if ((await work.load(limit, id)).limit) return undefined;
        return [];
      },
      mayHandOut: async (_work, _job, site, module) => (limits.ofTask(site, module).length > 0 ? undefined : []),
      begins: async () => undefined,
    };
  }

  /** Notes that a job, or its task, begins under limits. */
  async begins(work: UnitOfWork, job: number, limits: readonly string[]): Promise<void> {
    for (const id of limits) await work.decide(limit, id, { type: 'AdmitJob', data: { job } });
    if (limits.length > 0 && this.#look) this.#admitted.add(job);
  }

  /** Whether tasks of a module at a site are under a limit. */
  limitsTasks(site: string, module: string): boolean {
    return this.#parts.limits.ofTask(site, module).length > 0;
  }

  /** How many tasks of a module at a site may go to agents now. */
  roomForTasks(site: string, module: string): number {
    const { limits } = this.#parts;
    return Math.max(0, Math.min(...limits.ofTask(site, module).map((id) => limits.room(id)), Number.MAX_SAFE_INTEGER));
  }

  async #admit(work: UnitOfWork, job: number, ids: readonly string[]): Promise<readonly string[] | undefined> {
    const found = await this.#admission(work, job, ids);
    if ('by' in found) return this.#hold(job, found.by, ids);
    this.#held.take(job);
    return found.under;
  }

  /** The limits a job is under, of those that might be there, where all of them have room; else one that has none. */
  async #admission(
    work: UnitOfWork,
    job: number,
    ids: readonly string[],
  ): Promise<{ readonly under: readonly string[] } | { readonly by: string }> {
    const full = (): string | undefined => ids.find((id) => !this.#hasRoom(id, job));
    const atFirst = full();
    if (atFirst !== undefined) return { by: atFirst };
    const under: string[] = [];
    for (const id of ids) {
      const { limit: set, admitted } = await work.load(limit, id);
      if (!set) continue;
      under.push(id);
      // Where this takes too long, it is looked at again when more is heard of the limit.
      if (!(await this.#parts.limits.upTo(id, admitted, HEARD_MS))) return { by: id };
    }
    const then = full();
    return then === undefined ? { under } : { by: then };
  }

  /** Whether a limit has room for a job, besides those that were let through, and older ones whose turn it is. */
  #hasRoom(id: string, job: number): boolean {
    const { limits } = this.#parts;
    const older = this.#held.first(id);
    // What it gives back itself is the oldest one's.
    if (older !== undefined && older < job && limits.counts(id, job)) return false;
    return limits.room(id, job) > this.#passing.othersUnder(id, job);
  }

  #hold(job: number, by: string, limits: readonly string[]): undefined {
    if (this.#look) this.#held.hold(job, by, limits);
  }

  /** Lets the oldest jobs through that a limit holds, as many as there is room for. */
  #release(id: string): void {
    for (let job = this.#held.first(id); job !== undefined && this.#hasRoom(id, job); job = this.#held.first(id)) {
      this.#letThrough(job);
    }
  }

  /** Lets through all jobs that the windows of a site hold; limits hold what they have no room for. */
  #opened(by: string): void {
    for (let job = this.#held.first(by); job !== undefined; job = this.#held.first(by)) this.#letThrough(job);
  }

  /** Has a held job looked at, unless another limit holds it. */
  #letThrough(job: number): void {
    const ids = this.#held.take(job) ?? [];
    const full = ids.find((id) => !this.#hasRoom(id, job));
    if (full !== undefined) {
      this.#held.hold(job, full, ids);
      return;
    }
    this.#passing.add(job, ids);
    this.#look?.(job);
  }

  #passed(job: number): void {
    for (const id of this.#passing.delete(job)) this.#release(id);
  }

  /** The limits that the start of a job is under, by their ids: of its complex, its site, and the sites around that. */
  async #under({ site, target }: Beginner, view: View) {
    const complex = await this.#parts.targets.all.get(target.kind)?.complexOf?.(view, target.id);
    const sites = await sitesAround(view, site);
    return { sites, ids: [...(complex === undefined ? [] : [limitIds.complex(complex)]), ...sites.map(limitIds.site)] };
  }

  /** Why a job that waits may not begin, as far as windows and limits know. */
  async startConditions(view: View, who: Beginner): Promise<readonly Condition[]> {
    const { sites, ids } = await this.#under(who, view);
    const shut = who.ignoresWindow ? undefined : this.#parts.windows.shutAt(sites, this.#parts.now());
    return [...(shut ? [windowCondition(shut)] : []), ...this.#fullAmong(ids)];
  }

  /** Why a task may not go to an agent, as far as limits know. */
  taskConditions(site: string, module: string): readonly Condition[] {
    return this.#fullAmong(this.#parts.limits.ofTask(site, module));
  }

  #fullAmong(ids: readonly string[]): readonly Condition[] {
    return ids.flatMap((id) => {
      const found = this.#parts.limits.of(id);
      if (!found || found.running < found.limit.maxJobs) return [];
      const { limit: of, running } = found;
      const text = `${limitSubject(of)} runs ${running} of ${of.maxJobs} ${of.module === null ? 'jobs' : 'tasks'}`;
      return [
        condition('limit', text, [
          ['Foreman/Limit', id],
          ...(of.site === null ? [] : [['Site/Site', of.site] as const]),
          ...(of.complex === null ? [] : [['Building/Complex', of.complex] as const]),
        ]),
      ];
    });
  }
}

/** What the windows of a site hold jobs by, before the name of the site; no id of a limit begins so. */
const WINDOW = 'window ';

function windowCondition({ site, next }: NonNullable<ReturnType<WindowBook['shutAt']>>): Condition {
  if (!next) {
    const text = `site ${site} does not open any more: none of its maintenance windows is ahead`;
    return condition('window', text, [['Site/Site', site]]);
  }
  const { id, window, opening } = next;
  const until = new Date(opening.from).toISOString();
  const text = `site ${site} opens at ${until} (window ${id}: ${window.description})`;
  return condition(
    'window',
    text,
    [
      ['Foreman/MaintenanceWindow', id],
      ['Site/Site', site],
    ],
    { until },
  );
}
