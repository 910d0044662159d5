import type { UnitOfWork } from '#kernel';
import type { Foundation } from '#building';
import { foundation } from '#building';
import type { FoundationType, ServerHalf } from '#platform';
import { Streams } from '#testing';
import type { ExternalFunction } from '#tscript';
import { toJson } from '#tscript';
import type { Outcome } from '#wire';
import { createFoundationJob } from '../src/create-job.ts';
import type { Job, JobCommand } from '../src/job.ts';
import { job } from '../src/job.ts';
import type { ReconcileContext } from '../src/reconcile.ts';
import { reconcile } from '../src/reconcile.ts';
import { takeReport } from '../src/report.ts';
import { foundationHost } from '../src/work-host.ts';

/** `lab.work( name )`: an agent works on it in the rack of the foundation; the value is what it answers. */
const work: ExternalFunction<{ readonly name: unknown; readonly answer?: unknown }> = {
  kind: 'external',
  setup: ({ name = null }) => ({ name: toJson(name) }),
  done: (state) => 'answer' in state,
  message: (state) => ('answer' in state ? 'worked' : 'at work'),
  task: ({ name }, { read }) => ({ function: 'work', parameters: { name, rack: toJson(read('foundation', 'rack')) } }),
  receive: (state, data) => {
    if (!('answer' in (data as object))) throw new Error('there is no answer');
    return { ...state, ...(data as object) };
  },
  value: ({ answer }) => answer,
};

/** `lab.blast( name )`: the same, but nobody should do it twice without a look. */
const blast: typeof work = { ...work, task: ({ name }) => ({ function: 'blast', parameters: { name } }) };

const lab: ServerHalf = {
  name: 'lab',
  foundationTypes: [],
  functions: { work, blast },
};

const foundationType = (type: string, locates: FoundationType['locates']): FoundationType => ({
  type,
  model: `Lab/${type}`,
  doc: '',
  classes: [],
  locates,
  fields: {},
  functions: {},
});

/** How long an agent on the wire may be silent, in milliseconds. */
export const LEASE = 30_000;

const ID = 12;

/**
 * A foreman's yard without a server: one foundation (`host1`, in rack `a`), the scripts of its blueprint, and a job with
 * the id 12 that is looked at by hand, at a time that stands still.
 */
export class JobFixture {
  readonly log = new Streams();
  /** Milliseconds since 1970. */
  now = Date.parse('2026-01-01T00:00:00.000Z');
  /** Modules that agents on the wire serve. */
  readonly served = new Set<string>();
  #cookies = 0;

  /** @param scripts their texts by slot; @param type `Box` is there as soon as somebody wants it, `Find` has to be found */
  constructor(scripts: Readonly<Record<string, string>>, type: 'Box' | 'Find' = 'Box') {
    const value: Foundation = { type, site: 'site1', blueprint: 'base', idMap: null, own: { rack: 'a' } };
    this.log.put(foundation, 'host1', { type: 'FoundationDefined', data: value });
    this.log.put({ category: 'blueprint' }, 'base', { type: 'BluePrintDefined', data: { parents: [] } });
    for (const [slot, text] of Object.entries(scripts)) {
      this.log.put({ category: 'blueprint' }, 'base', { type: 'SlotFilled', data: { slot, link: 1, script: slot } });
      this.log.put({ category: 'script' }, slot, { type: 'ScriptWritten', data: { description: '', text } });
    }
  }

  /** Wants a job. @returns what was written, as of all that follow: types of events by stream */
  create(script = 'create'): Promise<Record<string, string[]>> {
    const options = { locator: 'host1', script, creator: 'root', id: ID };
    return this.log.execute((work) => createFoundationJob(work, options));
  }

  look(): Promise<Record<string, string[]>> {
    return this.log.execute((work) => reconcile(work, ID, this.#context()));
  }

  /** Reports on the dispatch that is out, or on another one. */
  async report(outcome: Outcome, cookie?: string): Promise<Record<string, string[]>> {
    const report = { job: ID, cookie: cookie ?? (await this.cookie()), outcome };
    return this.log.execute((work) => takeReport(work, report, this.#context()));
  }

  /** Lets the decider of the job speak, as an operator does. */
  tell(command: JobCommand): Promise<Record<string, string[]>> {
    return this.log.execute((work) => work.decide(job, ID, command));
  }

  async job(): Promise<Job> {
    const state = await this.log.state(job, ID);
    if (!state) throw new Error('there is no job');
    return state;
  }

  async cookie(): Promise<string> {
    return (await this.job()).dispatch?.cookie ?? '';
  }

  #context(): ReconcileContext {
    const types = [foundationType('Box', 'by-itself'), foundationType('Find', 'by-survey')];
    return {
      now: this.now,
      newCookie: () => `cookie${(this.#cookies += 1)}`,
      hostFor: async (work: UnitOfWork, { target }: Job) => {
        const found = await work.load(foundation, target.id);
        if (!('value' in found)) throw new Error('there is no foundation');
        return foundationHost([lab], types, { locator: target.id, value: found.value });
      },
      types,
      serves: (_, module) => this.served.has(module),
      lease: LEASE,
      deadlineOf: ({ deadline }) => Date.parse(deadline),
      repeatable: (_, name) => name === 'work',
    };
  }
}
