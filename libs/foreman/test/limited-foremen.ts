import type { Position, Recorded } from '#event-store';
import type { Message, UnitOfWork } from '#kernel';
import { categoryOf, Conflict, silentLogger, streamName } from '#kernel';
import type { ReadModel, ReadStore } from '#read-store';
import { site } from '#site';
import { Streams } from '#testing';
import { ForemanBooks } from '../src/gate/foreman-books.ts';
import { JobGate } from '../src/gate/job-gate.ts';
import { HoldBook } from '../src/holds/hold-book.ts';
import { JobTargetRegistry } from '../src/job-target.ts';
import { LimitBook } from '../src/limits/limit-book.ts';
import { limit, limitId } from '../src/limits/limit.ts';
import type { Limit } from '../src/limits/limit.ts';
import type { WaveRunnerParts } from '../src/waves/wave-runner.ts';
import { WaveRunner } from '../src/waves/wave-runner.ts';
import { WindowBook } from '../src/windows/window-book.ts';
import { maintenanceWindow } from '../src/windows/window.ts';

const NO_JOBS = { category: 'job' };

/** The sites around sites, by their names. */
type Parents = Readonly<Record<string, string | null>>;

/** Read models that hold nothing but sites: what is counted comes from the log. `read` is told of each that was read. */
const readsOf = (parents: Parents, read: () => void) =>
  ({
    now: {
      get: async ({ name }: ReadModel, key: string) => {
        if (name !== 'sites') return undefined;
        const row = { parent: parents[key] ?? null };
        read();
        return row;
      },
      keys: async ({ name }: ReadModel, { where }: { readonly where?: Readonly<Record<string, unknown>> } = {}) => {
        const { any = [] } = (where?.['parent'] ?? {}) as { readonly any?: readonly string[] };
        const keys = name === 'sites' ? Object.keys(parents).filter((site) => any.includes(parents[site] ?? '')) : [];
        return { keys, total: keys.length };
      },
      many: async () => new Map(),
      list: async () => ({ rows: [], total: 0 }),
    },
    projector: { caughtUp: async () => true },
  }) as unknown as ReadStore;

/** One process: what it has heard of the log, and what it lets begin. */
interface Foreman {
  readonly gate: JobGate;
  readonly book: LimitBook;
  readonly books: ForemanBooks;
  heard: number;
  /** Jobs that it was told to look at. */
  readonly looks: number[];
}

/**
 * Some processes over one log in memory, of which each hears when it is told to. Jobs are there, begin where they may, and
 * end, as their events say; nothing else is there of them. The sites are `lab`, with `rack` in it, and `yard`.
 */
export class LimitedForemen {
  readonly log = new Streams();
  /** Everything that has happened, in the order of the log. */
  readonly events: Recorded[] = [];
  readonly foremen: Foreman[] = [];
  /** Told whenever a site was read. */
  whenRead: () => void = () => undefined;
  readonly #parents: Record<string, string | null> = { lab: null, rack: 'lab', yard: null };
  readonly #moved = new Map<string, string | null>();
  /** Who waits for the read models to show where sites have moved to. */
  readonly #waiting: (() => void)[] = [];
  /** Milliseconds since 1970. */
  now = Date.parse('2026-01-01T12:00:00Z');

  static async of(processes: number, leads = true): Promise<LimitedForemen> {
    const all = new LimitedForemen();
    for (const [name, parent] of Object.entries(all.#parents)) {
      all.log.put(site, name, { type: 'SiteDefined', data: { description: '', zone: null, parent, configValues: [] } });
    }
    const reads = readsOf(all.#parents, () => all.whenRead());
    for (let n = 0; n < processes; n += 1) {
      const targets = new JobTargetRegistry();
      const store = { head: async () => 0n as Position };
      const book = new LimitBook({ reads, store, targets, log: silentLogger });
      const windows = new WindowBook(reads);
      const gate = new JobGate({ limits: book, windows, targets, view: () => reads.now, now: () => all.now });
      // There are no waves.
      const waves = new WaveRunner({} as WaveRunnerParts);
      const shown = () => new Promise<void>((resolve) => all.#waiting.push(resolve));
      const books = new ForemanBooks({ limits: book, windows, holds: new HoldBook(), gate, waves, shown });
      const looks: number[] = [];
      if (leads) gate.look = (job) => looks.push(job);
      await book.start();
      book.reached(0n);
      all.foremen.push({ gate, book, books, heard: 0, looks });
    }
    return all;
  }

  /** Sets a limit. */
  async limitTo(set: Partial<Limit> & Pick<Limit, 'maxJobs'>): Promise<void> {
    const data = { site: null, complex: null, module: null, ...set };
    await this.#append((work) => work.decide(limit, limitId(data), { type: 'SetLimit', data }));
  }

  /** Has the jobs of a site wait for ever: its only window was yesterday. */
  async shut(site: string): Promise<void> {
    const startsAt = new Date(this.now - 86_400_000).toISOString();
    const when = { days: [], start: '', timeZone: 'UTC', minutes: 60, startsAt };
    const data = { site, description: 'yesterday', ...when };
    await this.#append((work) => work.decide(maintenanceWindow, 1, { type: 'DefineMaintenanceWindow', data }));
  }

  /** A site is within another one, or within none; the read models do not show it yet. */
  async move(name: string, parent: string | null): Promise<void> {
    this.#moved.set(name, parent);
    await this.#append((work) => work.decide(site, name, { type: 'ChangeSite', data: { parent } }));
  }

  /** The same, by undoing what has been done. */
  async moveBack(name: string, parent: string | null): Promise<void> {
    this.#moved.set(name, parent);
    const value = { description: '', zone: null, parent, configValues: [] };
    await this.#append((work) => work.decide(site, name, { type: 'RestoreSite', data: { value, shown: {} } }));
  }

  /** The read models show where sites have moved to. */
  async show(): Promise<void> {
    for (const [name, parent] of this.#moved) this.#parents[name] = parent;
    for (const resolve of this.#waiting.splice(0)) resolve();
    await new Promise(setImmediate);
  }

  /** Jobs that wait to begin at a site. */
  create(site: string, ids: readonly number[]): void {
    for (const id of ids) {
      this.#put(id, { type: 'JobCreated', data: { site, target: { kind: 'Thing', id: `t${id}` } } });
    }
  }

  /** Something that happens to a job. */
  happens(id: number, type: string, data: object = {}): void {
    this.#put(id, { type, data });
  }

  /** Has a process look at a job that waits. @returns whether it begins */
  async begin(process: number, id: number, site: string): Promise<boolean> {
    const { gate } = this.foremen[process]!;
    const target = { kind: 'Thing', id: `t${id}` };
    return this.#look(process, id, async (work) => gate.mayBegin(work, id, { site, target }), 'JobStarted', {});
  }

  /** Has a process hand out the task of a job, over the wire or to an agent that asks. @returns whether it does */
  async handOut(process: number, id: number, site: string, module: string, claimed = false): Promise<boolean> {
    const { gate } = this.foremen[process]!;
    const may = (work: UnitOfWork) =>
      claimed ? gate.mayClaim(work, id, site, module) : gate.mayHandOut(work, id, site, module);
    return this.#look(process, id, may, 'JobTaskDispatched', { cookie: `c${id}` });
  }

  /** Has a process, or all, hear of everything that has happened. */
  hear(process?: number): void {
    for (const [n, one] of this.foremen.entries()) {
      if (process !== undefined && n !== process) continue;
      const all = new Set([NO_JOBS.category, ...one.books.categories]);
      while (one.heard < this.events.length) {
        const event = this.events[one.heard]!;
        one.heard += 1;
        if (all.has(categoryOf(event.stream))) one.books.heard(event);
        if (event.type === 'JobEnded' || event.type === 'JobCanceled') one.gate.forget(Number(event.id));
        one.books.reached(BigInt(one.heard));
      }
    }
  }

  async #look(
    process: number,
    id: number,
    may: (work: UnitOfWork) => Promise<readonly string[] | undefined>,
    type: string,
    data: object,
  ): Promise<boolean> {
    const { gate } = this.foremen[process]!;
    let begins = false;
    const done = this.#append(
      async (work) => {
        gate.looking(id);
        const under = await may(work);
        begins = under !== undefined;
        if (under) await gate.begins(work, id, under);
      },
      () => begins && this.#put(id, { type, data }),
    );
    // What it waits to hear of, it hears meanwhile.
    const hearing = setInterval(() => this.hear(process), 1);
    await done.finally(() => clearInterval(hearing));
    gate.looked(id);
    return begins;
  }

  /** Decides and appends; again where others were faster. */
  async #append(task: (work: UnitOfWork) => Promise<unknown>, then: () => unknown = () => undefined): Promise<void> {
    for (;;) {
      let written: ReturnType<UnitOfWork['written']> = [];
      try {
        await this.log.execute(async (work) => {
          await task(work);
          written = work.written();
        });
        for (const { stream, events } of written) for (const event of events) this.#record(stream, event);
        then();
        return;
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
    }
  }

  #put(id: number, event: Message): void {
    this.log.put(NO_JOBS, id, event);
    this.#record(streamName('job', id), event);
  }

  #record(stream: string, { type, data }: Message): void {
    const id = stream.slice(stream.indexOf('-') + 1);
    const position = BigInt(this.events.length + 1);
    this.events.push({ stream, id, type, data, position, revision: 0, at: '', actor: 'system' });
  }
}
