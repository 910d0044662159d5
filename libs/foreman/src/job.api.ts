import { refuse } from '#kernel';
import type { NamedCommand } from '#event-store';
import type { Action, Extension, Field, Model, Values } from '#api';
import {
  action,
  boolean,
  byReference,
  dateTime,
  defineModel,
  integer,
  map,
  parameter,
  reference,
  staticAction,
  text,
} from '#api';
import type { Key, ListOptions, View } from '#read-store';
import type { StatusEntry } from '#tscript';
import { line, status, statusText } from '#tscript';
import {
  CancelJob,
  ClearDispatched,
  CreateJob,
  CreateUtilityJob,
  FinishJob,
  IgnoreWindow,
  PauseJob,
  ResetJob,
  ResumeJob,
} from './job.commands.ts';
import { ReadRunnerVariables, RollBackJob } from './foreman.commands.ts';
import type { Condition } from './condition.ts';
import { conditionShape } from './condition.ts';
import type { JobInsight } from './job-insight.ts';
import type { JobTarget, JobTargets } from './job-target.ts';
import { jobLog } from './job-log.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';
import { programs } from './program.ts';
import { runnerStack } from './runner-insight.ts';
import { PostMessage, SignalAlert, SignalComplete } from './signal.commands.ts';

/** How much of a message from outside is taken, in characters; a job shows less. */
const MAX_MESSAGE = 4096;
const STATES = ['queued', 'waiting', 'done', 'paused', 'error', 'aborted'];

const common = {
  site: reference('Site/Site', { mode: 'RO', required: true }),
  state: text(10, { required: true, choices: STATES }),
  status: text(undefined, { default: '[]' }),
  message: text(1024, { default: '' }),
  script_name: text(40, { mode: 'RO', default: false }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};
const derived = {
  id: integer({ mode: 'RO' }),
  can_start: boolean({ mode: 'RO', asText: true }),
  conditions: map({
    mode: 'RO',
    list: true,
    protocols: ['rest'],
    doc: 'Why it does not move: each reason by its name, with what it is about.',
    schema: conditionShape.schema,
  }),
};

/** Now, and never before the last event of a job, so that no time that has passed is negative; milliseconds since 1970. */
const sinceLast = ({ updated }: JobRow): number => Math.max(Date.now(), Date.parse(updated));

/** How far the script has come; that its task is dispatched, it says when an agent has taken it, with who and since when. */
async function entriesOf(row: JobRow, view: View, insight: JobInsight): Promise<StatusEntry[]> {
  const stored = row.machine && (await view.get(programs, row.program));
  if (!row.machine || !stored) return [];
  const entries = status(row.machine, stored.program, sinceLast(row));
  const last = entries.at(-1);
  if (last?.[2]?.['dispatched'] !== true) return entries;
  const taker = await insight.takerOf(row);
  return [...entries.slice(0, -1), [last[0], last[1], { ...last[2], dispatched: taker !== undefined, ...taker }]];
}

const presentWith =
  (keyOf: (id: string) => Key): NonNullable<Model<JobRow>['present']> =>
  (row, id) => ({
    id,
    site: row.site,
    state: row.stage,
    message: row.message,
    script_name: row.script,
    updated: row.updated,
    created: row.created,
    [row.target.kind.toLowerCase()]: keyOf(row.target.id),
  });

const complete =
  (targets: JobTargets, insight: JobInsight): NonNullable<Model<JobRow>['complete']> =>
  async (row, id, { view }) => {
    if (view.position !== undefined) return completeAsOf(row, view);
    const entries = await entriesOf(row, view, insight);
    const target = targets.get(row.target.kind);
    const conditions = await insight.conditionsOf(Number(id), row, { view, target, entries });
    const message = insight.messageOf(row, conditions);
    return {
      status: statusText(entries),
      can_start: await canStart(row, view, target, conditions),
      conditions,
      ...(message === undefined ? {} : { message: message.slice(0, 1024) }),
    };
  };

/** The same of the past: how far the script had come. What kept it from going on is not known any more. */
async function completeAsOf(row: JobRow, view: View): Promise<Values> {
  const stored = row.machine && (await view.get(programs, row.program));
  const entries = row.machine && stored ? status(row.machine, stored.program, Date.parse(row.updated)) : [];
  return { status: statusText(entries), can_start: false, conditions: [] };
}

/** Whether it might start, were it waiting; while it waits, that is known already. */
async function canStart(
  { stage, target: { id }, script }: JobRow,
  view: View,
  target: JobTarget | undefined,
  conditions: readonly Condition[],
): Promise<boolean> {
  if (!target) return false;
  const failing = stage === 'waiting' ? conditions.filter(({ name }) => name !== 'database') : undefined;
  return (failing ?? (await target.conditions(view, id, script))).length === 0;
}

const act = (grant: string, doc: string, command: (id: Key) => NamedCommand): Action =>
  action({ doc, parameters: {}, permission: { grant }, command });

const RUNNER_DOC = 'for operators who want to know what a script is doing';

/** What can be done with jobs, for callers with this permission. */
const actions = (grant: string): Readonly<Record<string, Action>> => ({
  pause: act(grant, 'Pauses a queued job.', (id) => new PauseJob(id)),
  resume: act(grant, 'Lets a paused job go on.', (id) => new ResumeJob(id)),
  reset: act(grant, 'Lets a job in error try again.', (id) => new ResetJob(id)),
  rollback: act(
    grant,
    'Has a job in error undo the call at which its script stands, and make it again.',
    (id) => new RollBackJob(Number(id)),
  ),
  cancel: act(
    grant,
    'Ends a job wherever it stands; its target stays as it is, and is free again.',
    (id) => new CancelJob(id),
  ),
  ignoreWindow: {
    ...act(
      'Foreman.can_ignore_window',
      'Has a waiting job begin whatever the maintenance windows of its site say; who did so is kept in the job log.',
      (id) => new IgnoreWindow(id),
    ),
    protocols: ['rest'],
  },
  jobRunnerVariables: action({
    doc: `What the script can read: values of modules as text, and its own variables, ${RUNNER_DOC}.`,
    parameters: {},
    returns: { type: { kind: 'Map' } },
    permission: { grant },
    command: (id) => new ReadRunnerVariables(Number(id)),
  }),
  jobRunnerState: action({
    doc: `The program a job runs and where it stands, ${RUNNER_DOC}.`,
    parameters: {},
    returns: { type: { kind: 'Map' } },
    permission: { grant },
    query: async (id, _, { view }) => {
      const row = await view.get(jobs, id);
      const stored = row && (await view.get(programs, row.program));
      if (!row || !stored) throw refuse('', 'NOT_FOUND', 'the job is gone');
      return {
        script: stored.source,
        cur_line: row.machine ? line(row.machine) : 0,
        state: row.machine ? runnerStack(row.machine, stored.program) : [],
      };
    },
  }),
});

const jobStats: Action = staticAction({
  doc: 'How many jobs a site has, how many of them are in trouble, and how many are at a step that takes unusually long.',
  parameters: { site: parameter.reference('Site/Site') },
  returns: { type: { kind: 'Map' } },
  permission: { grant: 'Foreman.can_base_job' },
  query: async ({ site }, { view }) => {
    const count = async (where: NonNullable<ListOptions['where']>): Promise<number> =>
      (await view.keys(jobs, { where, count: 0 })).total;
    const its = site ?? '';
    const [running, slow, ...trouble] = await Promise.all([
      count({ site: its }),
      count({ slow: its }),
      ...['error', 'aborted', 'paused'].map((stage) => count({ site: its, stage })),
    ]);
    return { running, error: trouble.reduce((sum, n) => sum + n, 0), slow };
  },
});

/** What the log can hold of a text, however long it is; a job shows less. */
const keepable = (message: unknown): unknown =>
  typeof message === 'string' ? message.slice(0, MAX_MESSAGE).replaceAll('\0', '\ufffd') : message;

const signal = { grant: 'Foreman.can_job_signal' };

/** What machines that were booted for a job say to it. They are not refused a message for its length. */
const signals: Readonly<Record<string, Action>> = {
  signalComplete: action({
    doc: 'Tells the script that the machine it has booted is done: the cookie is `<id of the job>(<name of the PXE>)`.',
    parameters: { cookie: parameter.text() },
    returns: text(),
    permission: signal,
    command: (id, { cookie }) => new SignalComplete(Number(id), String(cookie)),
  }),
  signalAlert: action({
    doc: 'Tells that something is wrong with the machine: a job that is queued or paused goes into error with the message.',
    parameters: { msg: parameter.text() },
    returns: text(),
    permission: signal,
    reads: { msg: keepable },
    command: (id, { msg }) => new SignalAlert(Number(id), String(msg)),
  }),
  postMessage: action({
    doc: 'Has the job show a message until it has another one.',
    parameters: { msg: parameter.text() },
    returns: text(),
    permission: signal,
    reads: { msg: keepable },
    command: (id, { msg }) => new PostMessage(Number(id), String(msg)),
  }),
};

/** Jobs of any kind; they share their ids. */
export const baseJobModel = (targets: JobTargets, insight: JobInsight): Model<JobRow> =>
  defineModel({
    path: 'Foreman/BaseJob',
    doc: 'What all jobs have in common.',
    idField: 'id',
    fields: { ...common, ...derived },
    rows: jobs,
    sites: { index: 'site' },
    present: presentWith(String),
    complete: complete(targets, insight),
    readable: false,
    actions: {
      ...actions('Foreman.can_base_job'),
      clearDispatched: act(
        'Foreman.can_base_job',
        'Has the task of a queued job sent again.',
        (id) => new ClearDispatched(id),
      ),
      done: {
        ...act(
          'Foreman.can_force_job',
          'Takes a queued job for done, wherever its script stands; its target is built, or planned, from then on.',
          (id) => new FinishJob(id),
        ),
        protocols: ['rest'],
      },
      jobStats,
      ...signals,
    },
  });

/** Jobs on one kind of target, as a model of their own. */
export interface JobModelOptions {
  readonly path: string;
  readonly doc: string;
  /** The field with the target, by its name: the kind in lower case. */
  readonly target: Readonly<Record<string, Field>>;
  /** Whether the targets are known by numbers. */
  readonly numbered?: true;
  /** Permission to act on them. */
  readonly grant: string;
  readonly insight: JobInsight;
}

/** The model of the jobs on one kind of target. */
export const jobModel = (
  target: JobTarget,
  { path, doc, target: field, numbered, grant, insight }: JobModelOptions,
): Model<JobRow> =>
  defineModel({
    path,
    doc,
    base: 'Foreman/BaseJob',
    idField: 'id',
    fields: { ...common, ...field, ...derived },
    rows: jobs,
    sites: { index: 'site' },
    kind: { kind: target.kind },
    present: presentWith(numbered ? Number : String),
    complete: complete(new Map([[target.kind, target]]), insight),
    filters: { site: byReference('site', 'Site/Site') },
    actions: actions(grant),
  });

/** What is to be said of a job that was made. */
const noteOf = async (job: unknown, view: View): Promise<string | undefined> =>
  (await view.get(jobLog, Number(job)))?.note ?? undefined;

/** The actions that make jobs on one kind of target, for its own model. */
export const jobStarts = (kind: string, grant: string): Readonly<Record<string, Action>> => {
  const start = (script: string): Action =>
    action({
      doc: `Makes the ${script} job; the answer is its id.`,
      parameters: {},
      returns: integer(),
      permission: { grant },
      note: noteOf,
      command: (key) => new CreateJob(kind, String(key), script),
    });
  return {
    doCreate: start('create'),
    doDestroy: start('destroy'),
    doJob: action({
      doc: 'Makes a job of a utility script; the answer is its id.',
      parameters: { name: parameter.text() },
      returns: integer(),
      permission: { grant },
      command: (key, { name }) => new CreateUtilityJob(kind, String(key), name ?? ''),
    }),
  };
};

/** Sites are used by the jobs on them. */
export const jobUsers: Extension = {
  model: 'Site/Site',
  users: async (view, name) =>
    (await view.list(jobs, { where: { site: String(name) } })).rows.map(({ key }) => `Job ${key}`),
};
