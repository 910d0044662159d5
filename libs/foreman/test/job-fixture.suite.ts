import type { Json, JsonMap } from '#kernel';
import type { RetryPolicy, ServerHalf } from '#platform';
import { boolean, json, NO_RETRY, optional, platformContract, text } from '#platform';
import { serverSide } from '#platform/server';
import { Erased } from '#secrets';
import { Streams } from '#testing';
import type { CallContext } from '#tscript';
import { clearDispatched, NoRollback, toJson } from '#tscript';
import type { Outcome } from '#wire';
import type { BegunJob } from '../src/begin-at-once.ts';
import { beginAtOnce } from '../src/begin-at-once.ts';
import { cancelJob } from '../src/cancel-job.ts';
import type { WantedJob } from '../src/create-job.ts';
import { createJob } from '../src/create-job.ts';
import { thing, thingTarget } from './example-target.ts';
import type { Job, JobCommand } from '../src/job-messages.ts';
import { job } from '../src/job.ts';
import type { ReconcileContext } from '../src/reconcile.ts';
import { reconcile } from '../src/reconcile.ts';
import { takeReport } from '../src/report.ts';
import type { JobTarget } from '../src/job-target.ts';
import { JobTargetRegistry } from '../src/job-target.ts';
import { rollBackJob } from '../src/roll-back-job.ts';
import { runnerVariables } from '../src/runner-insight.ts';
import type { SaidOfTask } from '../src/settle-task.ts';
import { settleTask } from '../src/settle-task.ts';
import { secretResolver } from '../src/task-secrets.ts';

const contract = platformContract({
  name: 'lab',
  tasks: {
    work: { repeat: 'safe', parameters: { name: json(), rack: json() }, result: { answer: json() } },
    blast: { repeat: 'ask', parameters: { name: json() }, result: { answer: json() } },
    weld: { repeat: 'observe', parameters: { name: json() }, result: { answer: json() } },
    unweld: { repeat: 'safe', parameters: { name: json() }, result: { undone: boolean() } },
  },
  functions: {
    work: { name: optional(json()) },
    blast: { name: optional(json()) },
    weld: { name: optional(json()) },
    fragile: { stage: text() },
  },
  foundationFunctions: {},
});

const { task, functions, half } = serverSide(contract);

interface Working {
  readonly name: Json;
  readonly answer?: Json;
}

const stages = {
  setup: ({ name = null }: { readonly name: Json | undefined }): Working => ({ name }),
  done: (state: Working) => 'answer' in state,
  message: (state: Working) => ('answer' in state ? 'worked' : 'at work'),
  value: ({ answer }: Working) => answer,
};
const take = (state: Working, { answer }: { readonly answer: Json }): Working => ({ ...state, answer });

/** `lab.work( name )`: an agent works on it in the rack of the thing; the value is what it answers. */
const work = functions.external('work', {
  ...stages,
  task: ({ name }, { read }) => task('work', { name, rack: toJson(read('thing', 'rack')) as Json }),
  receive: { work: take },
});

/** `lab.blast( name )`: the same, but nobody should do it twice without a look. */
const blast = functions.external('blast', {
  ...stages,
  task: ({ name }) => task('blast', { name }),
  receive: { blast: take },
});

interface Welding extends Working {
  readonly undoing?: true;
}

/** `lab.weld( name )`: the same, but what became of it can be observed, and it can be undone, unless it is for ever. */
const weld = functions.external('weld', {
  ...stages,
  setup: ({ name = null }): Welding => ({ name }),
  task: ({ name, undoing }: Welding) => (undoing ? task('unweld', { name }) : task('weld', { name })),
  receive: { weld: take, unweld: ({ name }: Welding, { undone }) => (undone ? { name } : { name, undoing: true }) },
  rollback: ({ name }: Welding): Welding => {
    if (name === 'for ever') throw new NoRollback();
    return { name, undoing: true };
  },
});

/** `lab.fragile( stage )`: a function with a fault in one stage, as long as the thing is in rack `a`. */
const fragile = functions.external('fragile', {
  setup: ({ stage }, context): { readonly stage: string; readonly answer?: Json } => {
    failIn('setup', stage, context);
    return { stage };
  },
  done: (state) => 'answer' in state,
  message: () => 'at work',
  task: ({ stage }, context) => {
    failIn('task', stage, context);
    return task('work', { name: stage, rack: null });
  },
  receive: {
    work: (state, { answer }, context) => {
      failIn('receive', state.stage, context);
      return { ...state, answer };
    },
  },
  value: ({ answer }) => answer,
});

function failIn(here: string, stage: string, { read }: CallContext): void {
  if (stage === here && read('thing', 'rack') === 'a') throw new TypeError(`no idea in ${here}`);
}

const lab: ServerHalf = half({ foundationTypes: [], functions: { work, blast, weld, fragile } });

/** How long an agent on the wire may be silent, in milliseconds. */
export const LEASE = 30_000;

const ID = 12;

/**
 * A foreman's fixture without a server: one thing (`host1`, in rack `a`), the scripts of its blueprint, and a job with
 * the id 12 that is looked at by hand, at a time that stands still.
 */
export class JobFixture {
  readonly log = new Streams();
  /** Milliseconds since 1970. */
  now = Date.parse('2026-01-01T00:00:00.000Z');
  /** How often a task that fails is done once more. */
  retry: RetryPolicy = NO_RETRY;
  /** Modules that agents on the wire serve. */
  readonly served = new Set<string>();
  /** Secrets by their ids; the thing has one under `password`. */
  readonly secrets = new Map([['s1', 'open sesame']]);
  /** The job that has begun with the append that made it. */
  begun: BegunJob | undefined;
  #cookies = 0;

  readonly #target: JobTarget;

  /**
   * @param scripts their texts by slot
   * @param byItself whether the thing is there as soon as a job wants it
   * @param config values of the configuration of the thing
   */
  constructor(
    scripts: Readonly<Record<string, string>>,
    byItself = true,
    config: Readonly<Record<string, unknown>> = {},
  ) {
    this.#target = thingTarget(byItself, { password: { $secret: 's1' } }, config);
    this.log.put(thing, 'host1', { type: 'ThingDefined', data: { rack: 'a' } });
    this.log.put({ category: 'blueprint' }, 'base', { type: 'BluePrintDefined', data: { parents: [] } });
    for (const [slot, text] of Object.entries(scripts)) {
      this.log.put({ category: 'blueprint' }, 'base', { type: 'SlotFilled', data: { slot, link: 1, script: slot } });
      this.log.put({ category: 'script' }, slot, { type: 'ScriptWritten', data: { description: '', text } });
    }
  }

  /** A job with this script, whose first task is in the hands of an agent. */
  static async dispatched(create: string): Promise<JobFixture> {
    const fixture = new JobFixture({ create });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    return fixture;
  }

  /** Wants a job. @returns what was written, as of all that follow: types of events by stream */
  create(script = 'create', target = 'host1', id = ID): Promise<Record<string, string[]>> {
    return this.log.execute((work) => createJob(work, this.#target, this.#wanted(script, target, id)));
  }

  /** The same, and has it begin with the same append, where it can. */
  createAndBegin(script = 'create'): Promise<Record<string, string[]>> {
    return this.log.execute(async (work) => {
      await createJob(work, this.#target, this.#wanted(script));
      this.begun = await beginAtOnce(work, ID, this.#context());
    });
  }

  #wanted(script: string, target = 'host1', id = ID): WantedJob {
    return { target, script, creator: 'root', id, now: new Date(this.now).toISOString() };
  }

  look(): Promise<Record<string, string[]>> {
    return this.log.execute((work) => reconcile(work, ID, this.#context()));
  }

  /** Reports on the dispatch that is out, or on another one; with a user as an agent that polls. */
  async report(outcome: Outcome, cookie?: string, user?: string): Promise<Record<string, string[]>> {
    const report = { job: ID, cookie: cookie ?? (await this.cookie()), outcome, user };
    return this.log.execute((work) => takeReport(work, report, this.#context()));
  }

  /** Lets the decider of the job speak, as an operator does. */
  tell(command: JobCommand): Promise<Record<string, string[]>> {
    return this.log.execute((work) => work.decide(job, ID, command));
  }

  /** Resets the job, as an operator does. */
  async reset(): Promise<Record<string, string[]>> {
    const { machine } = await this.job();
    return this.tell({ type: 'ResetJob', data: machine ? { machine: clearDispatched(machine) } : {} });
  }

  /** Has the job undo the call it stands at, as an operator does. */
  rollBack(): Promise<Record<string, string[]>> {
    return this.log.execute((work) => rollBackJob(work, ID, this.#context()));
  }

  /** What its script can read. */
  async variables(): Promise<JsonMap> {
    let found: JsonMap = {};
    await this.log.execute(async (work) => {
      found = await runnerVariables(work, ID, this.#context());
    });
    return found;
  }

  /** Says what became of its task, as an operator does. */
  settle(said: SaidOfTask): Promise<Record<string, string[]>> {
    return this.log.execute((work) => settleTask(work, ID, said, this.#context()));
  }

  /** Cancels the job, as an operator does. */
  cancel(): Promise<Record<string, string[]>> {
    const targets = new JobTargetRegistry().add(this.#target).all;
    return this.log.execute((work) => cancelJob(work, targets, { id: ID, by: 'root' }));
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
    return {
      now: this.now,
      newCookie: () => `cookie${(this.#cookies += 1)}`,
      targets: new JobTargetRegistry().add(this.#target).all,
      platforms: [lab],
      resolveSecrets: secretResolver(async ({ $secret: id }) => this.secrets.get(id) ?? Promise.reject(new Erased(id))),
      serves: (_, module) => this.served.has(module),
      lease: LEASE,
      deadlineOf: ({ deadline }) => Date.parse(deadline),
      retryOf: () => this.retry,
      repeatOf: (_, name) => contract.tasks[name as keyof typeof contract.tasks].repeat,
    };
  }
}
