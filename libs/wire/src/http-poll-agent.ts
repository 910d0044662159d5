import type { JsonMap, Logger } from '#kernel';
import { silentLogger } from '#kernel';
import { IntegralFloat } from '#kernel';
import { finishedDispatches } from './finished-dispatches.ts';
import type { KeptReport, ReportStore } from './kept-report.ts';
import { toServer } from './kept-report.ts';
import type { PollServer } from './poll-server.ts';
import { isFinal, pause, pollBackoffMs, ServerRefusal } from './poll-server.ts';
import { reportOutbox } from './report-outbox.ts';
import type { Delivery } from './report-outbox.ts';
import { tracedTask } from './traced-task.ts';
import type { TaskSlots } from './task-slots.ts';
import { taskSlots } from './task-slots.ts';
import { EVERY_SITE } from './wire.ts';
import type { AgentWire, Announcement, Task, TaskHandler } from './wire.ts';

/** How an agent's end of the wire over HTTP is set up. */
export interface HttpPollAgentSettings {
  /** Several agents of a process share the session. */
  readonly session: PollServer;
  /** Address of the server. */
  readonly server: string;
  /** Between two polls, in milliseconds; agents that poll are to be heard of regularly. */
  readonly everyMs: number;
  /** How many tasks are asked for at a time, at most. */
  readonly maxRequested: number;
  /** How many tasks are at work at a time, those of other agents of the process included. */
  readonly slots?: TaskSlots | undefined;
  readonly store?: ReportStore | undefined;
  readonly log?: Logger;
  /** Milliseconds before the n-th attempt in a row. */
  readonly backoffMs?: (attempt: number) => number;
}

/** The shortest pause after a failure, in milliseconds. */
const MIN_PAUSE_MS = 500;

const DISPATCH = 'SubContractor/Dispatch';

/**
 * An agent's end of the wire that polls a server over HTTP, where no NATS reaches. It shows itself by its polls alone, also
 * while it has no free hands. It speaks the protocol of agents that poll, which knows no ids of tasks and no observers: a
 * task has its cookie for an id. `start` resolves at once; the server is tried for ever.
 */
export function httpPollAgent(settings: HttpPollAgentSettings): AgentWire {
  let running: ReturnType<typeof shiftOf> | undefined;
  return {
    async start(announcement, work) {
      if (running !== undefined) throw new Error("the agent's end of the wire is started already");
      if (announcement.site === EVERY_SITE) throw new Error('over HTTP an agent serves one site, not every site');
      running = shiftOf(announcement, work, settings);
    },
    async stop() {
      const leaving = running;
      running = undefined;
      await leaving?.stop();
    },
    fault: async () => running?.fault(),
  };
}

interface AtWork {
  readonly module: string;
  /** Resolves when the agent may leave: the task is given up, or its report is held or kept. */
  readonly safe: Promise<void>;
}

function shiftOf({ agent, site, modules }: Announcement, work: TaskHandler, settings: HttpPollAgentSettings) {
  const { session, server, everyMs, maxRequested, store, log = silentLogger, backoffMs = pollBackoffMs } = settings;
  const offered = Object.keys(modules).filter((module) => (modules[module] ?? 0) >= 1);
  const slots = settings.slots ?? taskSlots(modules);
  const uri = `/api/v1/Site/Site:${site}:`;
  const to = toServer(server);
  const stopping = new AbortController();
  const { signal } = stopping;
  const atWork = new Map<string, AtWork>();
  const finished = finishedDispatches(store?.kept.map(({ report }) => report.cookie));
  let fault: string | undefined = 'the server has not answered yet';
  let serving = false;

  const send = async ({ report: { job, cookie, outcome, task, trace } }: KeptReport): Promise<boolean> => {
    const about = { job_id: job, cookie };
    try {
      if ('error' in outcome) {
        await session.call(`${DISPATCH}(jobError)`, { ...about, msg: outcome.error }, { trace });
        return true;
      }
      const answer = await session.call<unknown>(
        `${DISPATCH}(jobResults)`,
        { ...about, data: outcome.result },
        { trace },
      );
      // What the first servers say where a result cannot be taken now.
      if (answer === 'Error') throw new Error('the server answers "Error"');
      if (answer !== 'Accepted')
        log.error('a result is answered with something else', undefined, { task, job, answer });
      return true;
    } catch (error) {
      if (!isFinal(error)) throw error;
      log.warn('a result is refused, and dropped', { task, job, reason: error.message });
      return true;
    }
  };
  const again = (attempt: number) => Math.max(MIN_PAUSE_MS, backoffMs(attempt));
  const outbox = reportOutbox({ send, store, log, againMs: settings.backoffMs ?? again });

  const begin = (task: Task): void => {
    if (atWork.has(task.cookie) || finished.has(task.cookie)) return;
    const delivery = tracedTask(task, () => work(task)).then(({ outcome, ...trace }): Delivery | undefined => {
      finished.add(task.cookie);
      if (outcome === undefined) return undefined;
      const report = { task: task.task, cookie: task.cookie, job: task.job, agent, outcome, ...trace };
      return outbox.deliver({ to, site, module: task.module, report });
    });
    const safe = delivery.then((its) => its?.safe);
    void delivery.then((its) => its?.held).then(() => atWork.delete(task.cookie));
    atWork.set(task.cookie, { module: task.module, safe });
  };

  const checkSite = async (): Promise<void> => {
    try {
      await session.get(`Site/Site:${site}:`, signal);
    } catch (error) {
      if (error instanceof ServerRefusal && error.status === 404)
        throw new Error(`there is no site "${site}"`, { cause: error });
      throw error;
    }
  };

  const poll = async (): Promise<void> => {
    if (!serving) await checkSite();
    const unsent = atWork.size;
    const free = offered.reduce((sum, module) => sum + Math.max(0, slots.free(module)), 0);
    const most = Math.max(0, Math.min(free, slots.freeInAll, maxRequested, MAX_AT_WORK - unsent));
    const tasks = await session.call<unknown>(
      `${DISPATCH}(getJobs)`,
      { site: uri, module_list: offered, max_jobs: most },
      { signal },
    );
    if (!Array.isArray(tasks)) throw new Error('the server gives no list of tasks');
    for (const one of tasks) {
      const task = readPolledTask(one, site);
      if (task) begin(task);
      else log.warn('what the server gives is no task', { site });
    }
    if (!serving)
      log.info('serving', { agent, site, modules: Object.fromEntries(offered.map((m) => [m, modules[m]])) });
    serving = true;
    fault = undefined;
  };

  const live = async (): Promise<void> => {
    for (let attempt = 1; !signal.aborted;) {
      try {
        await poll();
        attempt = 1;
        await pause(everyMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== fault) log.warn('no tasks; trying again and again', { site, reason });
        fault = reason;
        serving = false;
        attempt += 1;
        await pause(settings.backoffMs ? backoffMs(attempt) : again(attempt), signal);
      }
    }
  };

  const kept = outbox.sendKept(to, site);
  const living = live();
  return {
    fault: () => fault,
    async stop(): Promise<void> {
      stopping.abort();
      await living;
      while (atWork.size > 0) {
        const before = [...atWork.entries()];
        await Promise.all(before.map(([, { safe }]) => safe));
        for (const [cookie, one] of before) if (atWork.get(cookie) === one) atWork.delete(cookie);
      }
      await outbox.close();
      await kept;
    },
  };
}

/** No more than this many tasks are at work, or wait for their report to be held. */
const MAX_AT_WORK = 1000;

/** What `getJobs` gives for a task, as a task. */
function readPolledTask(it: unknown, site: string): Task | undefined {
  if (typeof it !== 'object' || it === null) return undefined;
  const { module, function: name, cookie, paramaters, job_id, traceparent } = it as Readonly<Record<string, unknown>>;
  const job = IntegralFloat.is(job_id) ? job_id.valueOf() : job_id;
  if (typeof module !== 'string' || typeof name !== 'string' || typeof cookie !== 'string') return undefined;
  if (typeof job !== 'number' || typeof paramaters !== 'object' || paramaters === null) return undefined;
  return {
    task: cookie,
    cookie,
    job,
    site,
    module,
    function: name,
    parameters: paramaters as JsonMap,
    ...(typeof traceparent === 'string' ? { trace: traceparent } : {}),
  };
}
