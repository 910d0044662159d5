import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '#kernel';
import { claimDispatch, standingClaim, type ClaimAnswer } from './claim-dispatch.ts';
import { isDenied, NOT_ALLOWED } from './is-denied.ts';
import { lacksSecrets, withSecrets } from './kept-back-secrets.ts';
import { encode, MAX_REPORT_BYTES, messageRoom, readSecretsAnswer, readTask } from './messages.ts';
import { notifySafely } from './notify-safely.ts';
import { finishedDispatches } from './finished-dispatches.ts';
import type { KeptReport, ReportStore } from './kept-report.ts';
import { installationOf, toInstallation } from './kept-report.ts';
import { reportOutbox } from './report-outbox.ts';
import type { NatsNames } from './subjects.ts';
import { isNatsName, natsNames } from './subjects.ts';
import { unlessAborted } from './unless-aborted.ts';
import { withoutStacks } from './without-stacks.ts';
import { tracedTask } from './traced-task.ts';
import type { Report, Task, TaskHandler } from './wire.ts';

/** After how long a task shows its first sign of life, in milliseconds. */
const FIRST_BEAT_MS = 200;
/** Of so many signs of life one is answered, where nobody waits for the task any more. */
const ANSWERED_BEATS = 5;
/** How long the answer with the secrets of a task may take, in milliseconds. */
const ANSWER_MS = 5000;

/** A connection of an agent to NATS, as long as it lasts. */
export interface AgentSession {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  /** Aborts when the connection breaks. */
  readonly over: AbortSignal;
  /** Where what is answered arrives. */
  readonly answers: string;
}

export interface AgentTasksOptions {
  readonly agent: string;
  /** Its name in subjects. */
  readonly identity: string;
  readonly site: string;
  readonly work: TaskHandler;
  readonly log: Logger;
  /** In milliseconds: between two signs of life of a task at work, and before what NATS did not take is sent again. */
  readonly periods: { readonly beatEvery: number; readonly reportAgain: number };
  readonly session: () => AgentSession | undefined;
  /** Aborts when no more tasks are to be begun. */
  readonly stopping: AbortSignal;
  /** Where reports are kept that NATS does not hold at once. */
  readonly store?: ReportStore | undefined;
}

/** Where a message with a task came from. */
interface TakenFrom {
  /** After how long NATS gives it to another, in milliseconds. */
  readonly ackWait: number;
  /** Aborts when the connection breaks over which it came. */
  readonly over: AbortSignal;
}

/** A task at work, with the latest delivery of it. */
interface AtWork {
  readonly task: Task;
  /** Of the installation it came from. */
  readonly names: NatsNames;
  message: JsMsg;
  /** Aborts when the connection breaks over which that came. */
  connected: AbortSignal;
  /** Aborts when its job is over. */
  readonly jobOver: AbortController;
  /** Whether it is decided who has it: its message is off the queue. */
  claimed: boolean;
  /** Whether it is over, and its report on the way. */
  reporting: boolean;
  /** Resolves when it is over, whether its report is on the way yet or not. */
  worked: Promise<void>;
  /** Resolves when its report is held, or it has none. */
  done: Promise<void>;
  /** Resolves when the agent may leave: it is over, or its report is kept. */
  safe: Promise<void>;
}

/** How a task came to be this agent's: it has claimed it now, or its claim stands whose answer was lost. */
type TaskClaim = Exclude<ClaimAnswer, 'refused'>;

/** Whom a task tells how far it is. */
interface Told {
  /** It is over, and its report goes on the way. */
  readonly isOver: () => void;
  /** The agent may leave. */
  readonly isSafe: () => void;
}

/** The tasks of a module that an agent has taken. */
export interface TasksOfModule {
  /** Ends of those at work. */
  readonly working: readonly Promise<void>[];
  /** Ends of the reports on the way. */
  readonly reporting: readonly Promise<void>[];
}

/** The tasks that an agent has taken from NATS: claims them, does them and reports, over as many connections as that takes. */
export function agentTasks(options: AgentTasksOptions) {
  const { agent, identity, site, work, log, periods, session, stopping, store } = options;
  const { beatEvery, reportAgain } = periods;
  const atWork = new Map<string, AtWork>();
  const finished = finishedDispatches(store?.kept.map(({ report }) => report.cookie));
  /** Modules whose tasks cannot be claimed now. */
  const unclaimed = new Set<string>();
  /** Tells this agent's process apart from another one of its name. */
  const self = randomUUID();

  const take = (message: JsMsg, names: NatsNames, { ackWait, over }: TakenFrom): void => {
    const task = readTask(message.data);
    const already = task && atWork.get(task.cookie);
    if (already !== undefined) {
      already.message = message;
      already.connected = over;
      notifySafely(() => (already.claimed ? message.ack() : message.working()));
    } else if (task === undefined || (task.once && !isNatsName(task.cookie))) {
      log.warn('a message that is no task was dropped', { subject: message.subject });
      notifySafely(() => message.term());
    } else if (finished.has(task.cookie)) notifySafely(() => message.ack());
    else if (stopping.aborted) notifySafely(() => message.nak());
    else {
      const started: AtWork = {
        task,
        names,
        message,
        connected: over,
        jobOver: new AbortController(),
        claimed: false,
        reporting: false,
        worked: Promise.resolve(),
        done: Promise.resolve(),
        safe: Promise.resolve(),
      };
      atWork.set(task.cookie, started);
      const told = { isOver: (): void => undefined, isSafe: (): void => undefined };
      started.worked = new Promise((resolve) => (told.isOver = resolve));
      started.safe = new Promise((resolve) => (told.isSafe = resolve));
      started.done = perform(started, ackWait, told).finally(() => {
        told.isOver();
        told.isSafe();
      });
    }
  };

  const perform = async (started: AtWork, ackWait: number, told: Told): Promise<void> => {
    const { cookie, once } = started.task;
    const holds = setInterval(() => session() && notifySafely(() => started.message.working()), ackWait / 3);
    const claim = once ? await claimTask(started) : 'made';
    if (claim === 'made' || claim === 'standing') await doTask(started, told, claim);
    else if (claim !== undefined) await report(started, { outcome: { error: claim.fault } }, told);
    clearInterval(holds);
    atWork.delete(cookie);
  };

  const doTask = async (started: AtWork, told: Told, claim: TaskClaim): Promise<void> => {
    const { cookie, job } = started.task;
    let count = 0;
    const beat = () => {
      const { connection, answers } = session() ?? {};
      const subject = started.names.beatSubject(site, identity);
      count += 1;
      // An answer to each would be too many of them for NATS to keep track of.
      const options = answers !== undefined && count % ANSWERED_BEATS === 0 ? { reply: answers } : {};
      connection?.publish(subject, encode({ job, cookie, agent }), options);
    };
    // What is over at once shows no sign of life: its report is one. Who has begun what nobody may begin again is told.
    if (started.task.once) beat();
    const first = setTimeout(beat, Math.min(FIRST_BEAT_MS, beatEvery));
    const beats = setInterval(beat, beatEvery);
    const complete = claim === 'made' && !lacksSecrets(started.task) ? started.task : await askForeman(started, claim);
    const { outcome, ...trace } = await tracedTask(
      started.task,
      async () =>
        complete && ('fault' in complete ? { error: complete.fault } : await work(complete, started.jobOver.signal)),
    );
    if (outcome !== undefined) await report(started, { outcome, ...trace }, told);
    else if (started.jobOver.signal.aborted) {
      finished.add(cookie);
      notifySafely(() => started.message.ack());
    }
    // It is handed back at once, where another may begin it.
    else if (stopping.aborted && !started.claimed) notifySafely(() => started.message.nak());
    clearTimeout(first);
    clearInterval(beats);
  };

  const report = async (
    started: AtWork,
    reached: Pick<Report, 'outcome' | 'trace'>,
    { isOver, isSafe }: Told,
  ): Promise<void> => {
    started.reporting = true;
    isOver();
    const { task, cookie, job, module } = started.task;
    const to = toInstallation(started.names.installation);
    const { safe, held } = outbox.deliver({ to, site, module, report: { task, cookie, job, agent, ...reached } });
    void safe.then(isSafe);
    const isHeld = await held;
    finished.add(cookie);
    if (isHeld) notifySafely(() => started.message.ack());
  };

  /**
   * Claims a task that must not be begun twice, and takes its message off the queue: where this agent is lost, it goes to
   * nobody else. @returns undefined where it is not begun here: another one has it, it was taken back, or this agent stops
   */
  const claimTask = async (started: AtWork): Promise<TaskClaim | { readonly fault: string } | undefined> => {
    const { task, cookie, job, module } = started.task;
    const claimant = { by: self, body: { agent } };
    for (let told = false; !stopping.aborted; told = true) {
      try {
        // NATS may have lost since what was claimed, by the foreman too: where it still has the task, it comes again.
        const isCut = started.connected.aborted;
        const claims = isCut ? standingClaim : claimDispatch;
        const { js, over } = session() ?? {};
        const dispatch = { names: started.names, site, module, cookie };
        const answer = js && over && (await unlessAborted(claims(js, dispatch, claimant), over));
        if (answer === 'refused' && isCut) {
          log.info('a task that was not claimed before the connection broke is not begun', { task, job });
          return undefined;
        }
        if (answer !== undefined) {
          unclaimed.delete(module);
          started.claimed = true;
          notifySafely(() => started.message.ack());
          if (answer !== 'refused') return answer;
          log.info('a task that another agent has, or that was taken back, is not begun', { task, job });
          return undefined;
        }
      } catch (cause) {
        const fault = `the task could not be claimed: ${String(cause)}`;
        if (isDenied(cause)) return { fault: `${fault}. ${NOT_ALLOWED} and reset the job` };
        if (!told) log.warn('a task could not be claimed; trying again', { task, job, reason: String(cause) });
        unclaimed.add(module);
      }
      await sleep(reportAgain, undefined, { signal: stopping }).catch(() => undefined);
    }
    notifySafely(() => started.message.nak());
    return undefined;
  };

  /**
   * The task with its secrets, asked for until the foreman answers. Where the claim stands since before it was told so, the
   * foreman may have moved on. @returns undefined where it is not begun here: nobody waits for it any more, or this agent stops
   */
  const askForeman = async (
    { task, names }: AtWork,
    claim: TaskClaim,
  ): Promise<Task | { readonly fault: string } | undefined> => {
    const { cookie, job, module } = task;
    const question = encode({ job, ...(claim === 'standing' ? { late: true } : {}) });
    for (let told = false; !stopping.aborted; told = true) {
      try {
        const { connection, over } = session() ?? {};
        const asked = connection?.request(names.secretsSubject(site, module, cookie), question, { timeout: ANSWER_MS });
        const answer = asked && over && (await unlessAborted(asked, over));
        const read = answer && readSecretsAnswer(answer.data);
        if (read?.texts) return withSecrets(task, read.texts);
        if (read) {
          log.info('a task that was taken back is not begun', { task: task.task, job });
          return undefined;
        }
      } catch (cause) {
        const reason = `the foreman could not be asked: ${String(cause)}`;
        if (isDenied(cause)) return { fault: `${reason}. ${NOT_ALLOWED} and reset the job` };
        if (!told) log.warn('a task waits for the foreman; asking again and again', { task: task.task, job, reason });
      }
      await sleep(reportAgain, undefined, { signal: stopping }).catch(() => undefined);
    }
    return undefined;
  };

  /** Reports that were sent before, so that NATS may hold them. */
  const sent = new WeakSet<KeptReport>();

  /** @returns whether NATS holds the report */
  const send = async (kept: KeptReport): Promise<boolean> => {
    const { to, module, report } = kept;
    const { connection, js, over } = session() ?? {};
    if (!connection || !js || !over) return false;
    const names = natsNames(installationOf(to));
    const room = Math.min(messageRoom(connection), MAX_REPORT_BYTES);
    const subject = names.resultSubject(site, module, identity);
    const expect = { streamName: names.resultsStream };
    const publish = (more: { readonly msgID?: string }) =>
      unlessAborted(
        withoutStacks(() => js.publish(subject, fitting(report, room), { ...more, expect })),
        over,
      );
    const before = sent.has(kept);
    sent.add(kept);
    const held = await publish({ msgID: report.cookie });
    if (!held?.duplicate || before) return held !== undefined;
    // Somebody else has used its id: NATS holds that message, and not this one.
    sent.delete(kept);
    if (!(await publish({}))) return false;
    sent.add(kept);
    return true;
  };
  const outbox = reportOutbox({ send, store, log, againMs: () => reportAgain });

  return {
    unclaimed: unclaimed as ReadonlySet<string>,
    /** Takes a message with a task. */
    take,
    /** The job of a task is over: it is given up. */
    isOver: (cookie: string): void => atWork.get(cookie)?.jobOver.abort(),
    /** Whether nothing is at work, and no report on the way. */
    get isIdle(): boolean {
      return atWork.size === 0;
    },
    /** What of a module is at work, and the reports of it that are on the way. */
    ofModule(module: string): TasksOfModule {
      const own = [...atWork.values()].filter(({ task }) => task.module === module);
      const [reporting, working] = [own.filter((one) => one.reporting), own.filter((one) => !one.reporting)];
      return { working: working.map(({ worked }) => worked), reporting: reporting.map(({ done }) => done) };
    },
    /** Sends what earlier processes have kept for an installation. */
    sendKept: (installation: string): Promise<void> => outbox.sendKept(toInstallation(installation), site),
    /** Resolves when nothing would be lost by leaving, and nothing is sent any more. */
    async close(): Promise<void> {
      await Promise.all([...atWork.values()].map(({ safe }) => safe));
      await outbox.close();
    },
  };
}

/** The report as bytes; a result too large for the wire becomes an error that says so. */
function fitting(report: Report, room: number): Uint8Array {
  const whole = encode(report);
  if (whole.length <= room) return whole;
  const error = `the outcome of ${whole.length} bytes is larger than the wire carries (${room})`;
  return encode({ ...report, outcome: { error } });
}
