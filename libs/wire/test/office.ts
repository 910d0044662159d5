import type { AgentWire, Announcement, Beat, ForemanWire, Report, Task, TaskHandler } from '../src/wire.ts';

/** A wire made for one test. */
export interface WireUnderTest {
  readonly foreman: ForemanWire;
  /** A further agent's end; `drop` makes it vanish as if its machine had died. */
  agent(): Promise<{ readonly wire: AgentWire; drop(): Promise<void> }>;
  /** Stops every end that the test may have left, and whatever carries the wire. */
  close(): Promise<void>;
}

/** What a test of the suite has at hand. */
export interface WireTest {
  readonly wire: WireUnderTest;
  readonly office: Office;
  /** Starts a further agent, in berlin unless said. */
  agent(
    name: string,
    modules: Announcement['modules'],
    work: TaskHandler,
    site?: string,
  ): ReturnType<WireUnderTest['agent']>;
}

/** A task for an agent in berlin. */
export const task = (id: string, module = 'ipmi'): Task => ({
  task: id,
  cookie: `cookie-${id}`,
  job: 7,
  site: 'berlin',
  module,
  function: 'power',
  parameters: {},
});

/** A foreman that writes down what it hears, and lets a test wait for it. */
export class Office {
  readonly reports: Report[] = [];
  readonly beats: Beat[] = [];
  readonly served: string[] = [];
  /** Cookies of tasks whose job is over. */
  readonly over = new Set<string>();
  /** What the foreman does with a report before it is written down. */
  take: (report: Report) => Promise<void> = async () => undefined;
  readonly #wire: ForemanWire;
  readonly #benches: Bench[] = [];
  readonly #looking = new Set<() => void>();
  readonly #clock: NodeJS.Timeout;

  constructor(wire: ForemanWire) {
    this.#wire = wire;
    this.#clock = setInterval(this.ring, 10);
  }

  async open(): Promise<void> {
    await this.#wire.start({
      reported: async (report) => {
        await this.take(report);
        this.reports.push(report);
        this.ring();
      },
      beat: (beat) => {
        this.beats.push(beat);
        this.ring();
        return !this.over.has(beat.cookie);
      },
      isOver: async ({ cookie }) => this.over.has(cookie),
      served: (site, module) => {
        this.served.push(`${site} ${module}`);
        this.ring();
      },
    });
  }

  bench(): Bench {
    const bench = new Bench(this.ring);
    this.#benches.push(bench);
    return bench;
  }

  readonly ring = () => {
    for (const look of this.#looking) look();
  };

  /** Resolves as soon as the condition holds; looks whenever something happens, and every few milliseconds. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => end(() => reject(new Error(`never came true: ${String(condition)}`))), 120_000);
      const end = (how: () => void) => {
        clearTimeout(limit);
        this.#looking.delete(look);
        how();
      };
      const look = () => condition() && end(resolve);
      this.#looking.add(look);
      look();
    });
  }

  /** Ends all work and stops looking. */
  close(): void {
    this.#looking.clear();
    clearInterval(this.#clock);
    for (const bench of this.#benches) for (const task of bench.atWork) bench.finish(task);
  }
}

/** Work that a test ends by hand. */
export class Bench {
  /** `<agent> <task>`, in the order in which the work began. */
  readonly begun: string[] = [];
  /** The most tasks that were ever at work at a time. */
  most = 0;
  readonly #changed: () => void;
  readonly #ends = new Map<string, (() => void)[]>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get atWork(): ReadonlySet<string> {
    return new Set(this.#ends.keys());
  }

  of(agent: string): TaskHandler {
    return (task) =>
      new Promise((resolve) => {
        const end = () => resolve({ result: { by: agent } });
        this.begun.push(`${agent} ${task.task}`);
        this.#ends.set(task.task, [...(this.#ends.get(task.task) ?? []), end]);
        this.most = Math.max(this.most, this.#ends.size);
        this.#changed();
      });
  }

  /** Ends the work on a task, wherever it is being done. */
  finish(task: string): void {
    const ends = this.#ends.get(task) ?? [];
    this.#ends.delete(task);
    for (const end of ends) end();
  }
}
