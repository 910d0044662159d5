import type { Message, Work } from '#kernel';
import { foundation } from '#building';
import type { FoundationType, ServerHalf } from '#platform';
import type { ExternalFunction } from '#tscript';
import { toJson } from '#tscript';
import type { Outcome } from '#wire';
import { createFoundationJob } from './create-job.ts';
import type { Job } from './job.ts';
import { job } from './job.ts';
import type { LookContext } from './look.ts';
import { look } from './look.ts';
import { takeReport } from './report.ts';
import { foundationHost } from './work-host.ts';

/** What the yard needs of a log in memory. */
interface Log {
  carryOut(task: (work: Work) => Promise<unknown>): Promise<Record<string, string[]>>;
  state(decider: typeof job, id: number): Promise<Job | undefined>;
  of(decider: { readonly category: string }, id: string | number): readonly Message[];
}

/** `lab.work( name )`: an agent works on it in the rack of the foundation; the value is what it answers. */
const work: ExternalFunction<{ readonly name: unknown; readonly answer?: unknown }> = {
  kind: 'external',
  setup: ({ name = null }) => ({ name: toJson(name) }),
  done: (state) => 'answer' in state,
  message: ({ answer }) => (answer === undefined ? 'at work' : 'worked'),
  task: ({ name }, { read }) => ({ function: 'work', parameters: { name, rack: toJson(read('foundation', 'rack')) } }),
  receive: (state, data) => {
    const { answer } = data as { answer?: unknown };
    if (answer === undefined) throw new Error('there is no answer');
    return { ...state, answer };
  },
  value: ({ answer }) => answer,
};

/** `lab.blast()`: the same, and nobody should do it twice. */
const blast: ExternalFunction<object> = {
  ...(work as ExternalFunction<object>),
  task: () => ({ function: 'blast', parameters: {} }),
};

const lab: ServerHalf = { name: 'lab', foundationTypes: [], functions: { work, blast } };

const type = (name: string, locates: FoundationType['locates']): FoundationType => ({
  type: name,
  model: `Lab/${name}`,
  doc: '',
  classes: [],
  locates,
  fields: {},
  functions: {},
});

/** Kinds of foundations in the yard: one that is there as soon as somebody wants it, and one that has to be found. */
export const TYPES = [type('Box', 'by-itself'), type('Find', 'by-survey')];

export const LEASE = 30_000;

/** A foreman's yard without a server: jobs on foundations of a lab, looked at by hand, at a time that stands still. */
export class Yard {
  /** Milliseconds since 1970. */
  now = Date.parse('2026-01-01T00:00:00.000Z');
  /** Modules that agents on the wire serve. */
  readonly served = new Set<string>();
  readonly log: Log;
  #cookies = 0;

  constructor(log: Log) {
    this.log = log;
  }

  readonly #context = (): LookContext => ({
    now: this.now,
    newCookie: () => `cookie${(this.#cookies += 1)}`,
    hostFor: async (work, { target }) => {
      const found = await work.see(foundation, target.id);
      if (!('is' in found)) throw new Error('there is no foundation');
      return foundationHost([lab], TYPES, { locator: target.id, is: found.is });
    },
    types: TYPES,
    serves: (_, module) => this.served.has(module),
    lease: LEASE,
    deadlineOf: ({ deadline }) => Date.parse(deadline),
    repeatable: (_, name) => name === 'work',
  });

  /** Wants a job. @returns what was written */
  create(script = 'create', id = 12): Promise<Record<string, string[]>> {
    return this.log.carryOut((work) => createFoundationJob(work, { locator: 'host1', script, creator: 'root', id }));
  }

  look(): Promise<Record<string, string[]>> {
    return this.log.carryOut((work) => look(work, 12, this.#context()));
  }

  /** Reports on the dispatch that is out, or on another one. */
  async report(outcome: Outcome, cookie?: string): Promise<Record<string, string[]>> {
    const report = { job: 12, cookie: cookie ?? (await this.cookie()), outcome };
    return this.log.carryOut((work) => takeReport(work, report, this.#context()));
  }

  async cookie(): Promise<string> {
    return (await this.job()).dispatch?.cookie ?? '';
  }

  async job(): Promise<Job> {
    const state = await this.log.state(job, 12);
    if (!state) throw new Error('there is no job');
    return state;
  }

  /** Lets a decider speak on the job, as an operator would. */
  act(command: Parameters<typeof decideOn>[1]): Promise<Record<string, string[]>> {
    return this.log.carryOut((work) => decideOn(work, command));
  }
}

const decideOn = (work: Work, command: import('./job.ts').JobCommand) => work.decide(job, 12, command);
