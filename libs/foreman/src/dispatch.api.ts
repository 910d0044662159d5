import { randomUUID } from 'node:crypto';
import type { JsonMap } from '#kernel';
import { Conflict, refuse } from '#kernel';
import type { Action, Call, Model, Values } from '#api';
import { Forbidden, canServe } from '#api';
import type { Outcome } from '#wire';
import type { Foreman, ForemanOptions } from './foreman.ts';
import type { Holder, TaskOrder } from './job.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { agentOf } from './polling-agents.ts';
import { erasedText } from './task-secrets.ts';

/** At most this many tasks are given out by one poll. */
const MAX_TASKS = 100;

const permission = { grant: 'SubContractor.can_dispatch' };
const string = { type: { kind: 'String' } } as const;
const integer = { type: { kind: 'Integer' } } as const;

const holderOf = ({ caller: { principal, source } }: Call): Holder => {
  if (!principal) throw refuse('', 'NOT_LOGGED_IN', 'Invalid Session');
  return { user: principal.name, source, session: principal.session };
};

/** What an agent that polls is handed. */
interface PolledTask {
  readonly module: string;
  readonly function: string;
  readonly cookie: string;
  readonly paramaters: JsonMap;
  readonly job_id: number;
}

/** The interface of agents that poll over HTTP. */
export function dispatchModel(
  foreman: Foreman,
  { pollLease, repeatOf, resolveSecrets }: Pick<ForemanOptions, 'pollLease' | 'repeatOf' | 'resolveSecrets'>,
): Model {
  /** A task as the agent is handed it, with its secrets; undefined: one has been erased, and the task has failed. */
  const polled = async (id: number, order: TaskOrder, cookie: string): Promise<PolledTask | undefined> => {
    const { parameters, erased } = await resolveSecrets(order.parameters);
    if (erased.length > 0) {
      await foreman.failTask(id, cookie, erasedText(erased));
      return undefined;
    }
    return { module: order.module, function: order.function, cookie, paramaters: parameters, job_id: id };
  };

  /** Claims the open task of a job; nothing where somebody else was faster. */
  const claim = async (id: number, modules: readonly string[], call: Call): Promise<PolledTask | undefined> => {
    const cookie = randomUUID();
    const deadline = new Date(Date.now() + pollLease).toISOString();
    try {
      const { value: order } = await call.execute(async (work) => {
        const state = await work.load(job, id);
        if (!state?.order || !modules.includes(state.order.module)) return undefined;
        const data = { task: state.order.task, cookie, transport: 'poll', holder: holderOf(call), deadline } as const;
        return (await work.attempt(job, id, { type: 'DispatchTask', data })) ? undefined : state.order;
      });
      if (!order) return undefined;
      return await polled(id, order, cookie);
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
  };

  /**
   * What becomes of the tasks an agent was handed before. One that has logged in anew has forgotten them: they are open
   * again. To one that is heard of for the first time since the server was started they are handed once more, with the
   * same cookie, where that is safe: the answer they were in may have been lost with the server.
   */
  const handedBefore = async (holder: Holder, first: boolean, call: Call): Promise<PolledTask[]> => {
    const { rows } = await call.view.list(jobs, { where: { holder: agentOf(holder) } });
    const again: PolledTask[] = [];
    for (const { key, row } of rows) {
      const { order, dispatch, stage } = row;
      if (!order || !dispatch?.holder) continue;
      if (foreman.polls.startedAgain(dispatch.holder)) await foreman.lookNow(Number(key));
      else if (first && stage === 'queued' && repeatOf(order.module, order.function) === 'safe') {
        const task = await polled(Number(key), order, dispatch.cookie);
        if (task) again.push(task);
      }
    }
    return again;
  };

  const getJobs = async (_: unknown, { site, module_list, max_jobs }: Values, call: Call): Promise<PolledTask[]> => {
    const modules = module_list as readonly string[];
    if (!canServe(call.caller, String(site), modules)) throw new Forbidden('not its site, or not its modules');
    const holder = holderOf(call);
    const tasks = await handedBefore(holder, foreman.polls.heard(holder, Date.now()), call);
    const most = Math.min(Number(max_jobs), MAX_TASKS);
    for (const module of new Set(modules)) {
      const { rows } = await call.view.list(jobs, { where: { open: `${String(site)}/${module}` } });
      const oldest = rows.toSorted((one, other) => (one.row.updated < other.row.updated ? -1 : 1));
      for (const { key } of oldest) {
        if (tasks.length >= most) return tasks;
        const task = await claim(Number(key), modules, call);
        if (task) tasks.push(task);
      }
    }
    return tasks;
  };

  const report = async (id: unknown, cookie: unknown, outcome: Outcome, call: Call) => {
    foreman.polls.heard(holderOf(call), Date.now());
    const { execute } = call;
    await foreman.report(execute, { job: Number(id), cookie: String(cookie), outcome });
  };

  const actions: Readonly<Record<string, Action>> = {
    getJobs: {
      static: true,
      doc: 'Hands out tasks of a site to the agent that asks.',
      parameters: {
        site: { type: { kind: 'Model', model: 'Site/Site' } },
        module_list: { ...string, list: true },
        max_jobs: { ...integer, default: 10 },
      },
      returns: { type: { kind: 'Map' }, list: true },
      permission,
      run: { freely: getJobs },
    },
    jobResults: {
      static: true,
      doc: 'Takes the result of a task; the answer is `Accepted`.',
      parameters: { job_id: integer, cookie: string, data: { type: { kind: 'Map' } } },
      returns: string,
      permission,
      run: {
        freely: async (_, { job_id, cookie, data }, call) => {
          await report(job_id, cookie, { result: data as JsonMap }, call);
          return 'Accepted';
        },
      },
    },
    jobError: {
      static: true,
      doc: 'Takes the failure of a task; the job goes into error.',
      parameters: { job_id: integer, cookie: string, msg: string },
      permission,
      run: { freely: (_, { job_id, cookie, msg }, call) => report(job_id, cookie, { error: String(msg) }, call) },
    },
  };
  return { path: 'SubContractor/Dispatch', doc: 'The interface of agents that poll.', fields: {}, actions };
}
