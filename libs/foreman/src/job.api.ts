import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Action, Extension, Field, Model } from '#api';
import { asText, boolean, byReference, dateTime, integer, reference, text } from '#api';
import type { Ids, Key, View } from '#read-store';
import { clearDispatched, line, status, statusText, textOf, variables } from '#tscript';
import { createJob } from './create-job.ts';
import { job } from './job.ts';
import type { JobTarget, JobTargets } from './job-target.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';
import { programs } from './program.ts';

const STATES = ['queued', 'waiting', 'done', 'paused', 'error', 'aborted'];

const common: Readonly<Record<string, Field>> = {
  site: reference('Site/Site', { mode: 'RO', required: true }),
  state: text(10, { required: true, choices: STATES }),
  status: text(undefined, { default: '[]' }),
  message: text(1024, { default: '' }),
  script_name: text(40, { mode: 'RO', default: false }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};
const derived: Readonly<Record<string, Field>> = {
  id: integer({ mode: 'RO' }),
  can_start: boolean({ mode: 'RO', asText: true }),
};

/** Status of the script, computed when it is asked for. */
async function statusOf(row: JobRow, view: View): Promise<string> {
  if (!row.machine) return '[]';
  const stored = await view.get(programs, row.program);
  return stored ? statusText(status(row.machine, stored.program, Date.now())) : '[]';
}

const present: NonNullable<Model<JobRow>['present']> = (row, id) => ({
  id,
  site: row.site,
  state: row.stage,
  message: row.message,
  script_name: row.script,
  updated: row.updated,
  created: row.created,
  [row.target.kind.toLowerCase()]: row.target.id,
});

const complete =
  (targets: JobTargets): NonNullable<Model<JobRow>['complete']> =>
  async (row, _, { view }) => ({
    status: await statusOf(row, view),
    can_start: (await targets.get(row.target.kind)?.canStart(view, row.target.id, row.script)) ?? false,
  });

const act = (grant: string, doc: string, decide: (work: UnitOfWork, id: Key) => Promise<unknown>): Action => ({
  doc,
  parameters: {},
  permission: { grant },
  run: { within: async (work, id) => void (await decide(work, id)) },
});

/** A command that sets the machine, where the job has begun, free to send its task again. */
const again = (type: 'ResetJob' | 'ClearDispatched') => async (work: UnitOfWork, id: Key) => {
  const machine = (await work.load(job, id))?.machine;
  return work.decide(job, id, { type, data: machine ? { machine: clearDispatched(machine) } : {} });
};

const RUNNER_DOC = 'for operators who want to know what a script is doing';

/** What can be done with jobs, for callers with this permission. */
const actions = (grant: string): Readonly<Record<string, Action>> => ({
  pause: act(grant, 'Pauses a queued job.', (work, id) => work.decide(job, id, { type: 'PauseJob', data: {} })),
  resume: act(grant, 'Lets a paused job go on.', (work, id) => work.decide(job, id, { type: 'ResumeJob', data: {} })),
  reset: act(grant, 'Lets a job in error try again.', again('ResetJob')),
  jobRunnerVariables: {
    doc: `Variables of the script, ${RUNNER_DOC}.`,
    parameters: {},
    returns: { type: { kind: 'Map' } },
    permission: { grant },
    run: {
      freely: async (id, _, { view }) => {
        const row = await view.get(jobs, id ?? 0);
        const values = row?.machine ? Object.entries(variables(row.machine)) : [];
        return Object.fromEntries(values.map(([name, value]) => [name, textOf(value)]));
      },
    },
  },
  jobRunnerState: {
    doc: `The program a job runs and where it stands, ${RUNNER_DOC}.`,
    parameters: {},
    returns: { type: { kind: 'Map' } },
    permission: { grant },
    run: {
      freely: async (id, _, { view }) => {
        const row = await view.get(jobs, id ?? 0);
        const stored = row && (await view.get(programs, row.program));
        if (!row || !stored) throw refuse('', 'NOT_FOUND', 'the job is gone');
        return {
          script: stored.source,
          cur_line: row.machine ? line(row.machine) : 0,
          state: row.machine ? status(row.machine, stored.program, Date.now()) : [],
        };
      },
    },
  },
});

const jobStats: Action = {
  static: true,
  doc: 'How many jobs a site has, and how many of them are in trouble.',
  parameters: { site: { type: { kind: 'Model', model: 'Site/Site' } } },
  returns: { type: { kind: 'Map' } },
  permission: { grant: 'Foreman.can_base_job' },
  run: {
    freely: async (_, { site }, { view }) => {
      const { rows } = await view.list(jobs, { where: { site: asText(site) } });
      const trouble = rows.filter(({ row }) => ['error', 'aborted', 'paused'].includes(row.stage));
      return { running: rows.length, error: trouble.length };
    },
  },
};

/** Jobs of any kind; they share their ids. */
export const baseJobModel = (targets: JobTargets): Model<JobRow> => ({
  path: 'Foreman/BaseJob',
  doc: 'What all jobs have in common.',
  idField: 'id',
  fields: { ...common, ...derived },
  rows: jobs,
  present,
  complete: complete(targets),
  readable: false,
  actions: {
    ...actions('Foreman.can_base_job'),
    clearDispatched: act('Foreman.can_base_job', 'Has the task of a queued job sent again.', again('ClearDispatched')),
    jobStats,
  },
});

/** Jobs on one kind of target, as a model of their own. */
export interface JobModelOptions {
  readonly path: string;
  readonly doc: string;
  /** The field with the target, by its name: the kind in lower case. */
  readonly target: Readonly<Record<string, Field>>;
  /** Permission to act on them. */
  readonly grant: string;
}

/** The model of the jobs on one kind of target. */
export const jobModel = (target: JobTarget, { path, doc, target: field, grant }: JobModelOptions): Model<JobRow> => ({
  path,
  doc,
  base: 'Foreman/BaseJob',
  idField: 'id',
  fields: { ...common, ...field, ...derived },
  rows: jobs,
  kind: { kind: target.kind },
  present,
  complete: complete(new Map([[target.kind, target]])),
  filters: { site: byReference('site', 'Site/Site') },
  actions: actions(grant),
});

/** The actions that make jobs on one kind of target, for its own model. */
export const jobStarts = (target: JobTarget, ids: Ids, grant: string): Readonly<Record<string, Action>> => {
  const create = async (work: UnitOfWork, key: Key, script: string, creator: string): Promise<number> =>
    createJob(work, target, { target: String(key), script, creator, id: await ids.next('job') });
  const start = (script: string): Action => ({
    doc: `Makes the ${script} job; the answer is its id.`,
    parameters: {},
    returns: { type: { kind: 'Integer' } },
    permission: { grant },
    run: { within: (work, key, _, { metadata }) => create(work, key, script, metadata.actor) },
  });
  return {
    doCreate: start('create'),
    doDestroy: start('destroy'),
    doJob: {
      doc: 'Makes a job of a utility script; the answer is its id.',
      parameters: { name: { type: { kind: 'String' } } },
      returns: { type: { kind: 'Integer' } },
      permission: { grant },
      run: {
        within: async (work, key, { name }, { metadata }) => {
          const script = asText(name);
          if (script === 'create' || script === 'destroy') throw refuse('', 'INVALID_JOB_NAME', 'Invalid Job Name');
          return create(work, key, script, metadata.actor);
        },
      },
    },
  };
};

/** Sites are used by the jobs on them. */
export const jobUsers: Extension = {
  model: 'Site/Site',
  users: async (view, name) =>
    (await view.list(jobs, { where: { site: String(name) } })).rows.map(({ key }) => `Job ${key}`),
};
