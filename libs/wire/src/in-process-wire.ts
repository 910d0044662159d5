import { setTimeout as sleep } from 'node:timers/promises';
import { parseStored, writeJson } from '#kernel';
import { tracedTask } from './traced-task.ts';
import type { TracedOutcome } from './traced-task.ts';
import { taskQueues } from './task-queues.ts';
import type { AgentWire, Announcement, ForemanWire, ForemanWireListener, Report, Task, TaskHandler } from './wire.ts';
import { EVERY_SITE } from './wire.ts';

/** Periods of the in-process wire, in milliseconds. */
export interface InProcessPeriods {
  /** Between two signs of life of a task at work (2000). */
  readonly beatEvery: number;
  /** How long a cookie is remembered: sent again within this time it is held once (two minutes). */
  readonly rememberCookies: number;
  /** First wait before a report whose handler rejected comes again (100); it doubles up to `retryMost` (5000). */
  readonly retryFirst: number;
  readonly retryMost: number;
}

/** An agent in the same process. */
export interface InProcessAgent extends AgentWire {
  /** Vanishes as a crashed agent would: what it was at work on is never reported, and goes to another agent. */
  drop(): void;
}

/** Both ends of a wire that never leaves the process. */
export interface InProcessWire {
  readonly foreman: ForemanWire;
  readonly agent: InProcessAgent;
  /** A further agent on the same wire. */
  join(): InProcessAgent;
}

/** An agent that has shown itself, and what it is at work on. */
interface Member {
  readonly announcement: Announcement;
  readonly work: TaskHandler;
  readonly atWork: Map<Task, AtWork>;
  taking: boolean;
}

/** A task at work: the timer of its signs of life, and when it is done with. */
interface AtWork {
  readonly beats: NodeJS.Timeout;
  readonly done: Promise<void>;
}

/** One time the foreman's end is started; `over` aborts when it stops. */
interface Session {
  readonly listener: ForemanWireListener;
  readonly over: AbortController;
}

const usual: InProcessPeriods = { beatEvery: 2000, rememberCookies: 120_000, retryFirst: 100, retryMost: 5000 };

/**
 * Both ends of the wire in one process, for an installation without NATS and for tests. What is handed over travels as
 * JSON, so neither end can reach into the other's data. It all lives in memory: what is lost with the process is sent
 * again by the foreman.
 */
export function inProcessWire(periods: Partial<InProcessPeriods> = {}): InProcessWire {
  const { beatEvery, rememberCookies, retryFirst, retryMost } = { ...usual, ...periods };
  const waiting = taskQueues();
  const members = new Set<Member>();
  const cookies = new Map<string, number>();
  const reports = new Set<Report>();
  const handling = new Set<Promise<void>>();
  let session: Session | undefined;

  const serving = (site: string, module: string): Member[] =>
    [...members].filter(
      ({ announcement: { site: its, modules }, taking }) =>
        taking && (its === site || its === EVERY_SITE) && (modules[module] ?? 0) > 0,
    );

  const freeSlots = (member: Member, module: string): number => {
    const busy = [...member.atWork.keys()].filter((task) => task.module === module).length;
    return (member.announcement.modules[module] ?? 0) - busy;
  };

  /** Hands out what waits for a module of a site, each to the agent with the most free slots, until either runs out. */
  const spread = (site: string, module: string): void => {
    for (;;) {
      const best = serving(site, module)
        .filter((member) => freeSlots(member, module) > 0)
        .sort((one, other) => freeSlots(other, module) - freeSlots(one, module))[0];
      if (best === undefined) return;
      const task = waiting.next(site, module);
      if (task === undefined) return;
      begin(best, task);
    }
  };

  /** Gives an agent what it has free slots for. */
  const fill = (member: Member, module: string): void => {
    while (member.taking && freeSlots(member, module) > 0) {
      const task = waiting.next(member.announcement.site, module);
      if (task === undefined) return;
      begin(member, task);
    }
  };

  const putBack = (tasks: readonly Task[]): void => {
    // Nobody is left to whom they belong: whoever is the foreman then sends them again.
    if (session === undefined) {
      for (const { cookie } of tasks) cookies.delete(cookie);
      return;
    }
    for (const task of tasks.toReversed()) waiting.putBack(task);
    for (const { site, module } of tasks) spread(site, module);
  };

  const begin = (member: Member, task: Task): void => {
    const { agent } = member.announcement;
    const over = new AbortController();
    const beat = () => {
      const shown = { job: task.job, cookie: task.cookie, agent };
      const { listener } = session ?? {};
      if (listener?.beat(shown) !== false || !listener.isOver) return;
      listener.isOver(shown).then(
        (isOver) => isOver && over.abort(),
        // It is asked again with the next sign of life.
        () => undefined,
      );
    };
    const beats = setInterval(beat, beatEvery);
    const done = Promise.resolve(copy(task))
      .then((theirs) => {
        beat();
        return tracedTask(theirs, () => member.work(theirs, over.signal));
      })
      .then((reached) => {
        clearInterval(beats);
        if (members.has(member)) end(member, task, reached, over.signal.aborted);
      });
    member.atWork.set(task, { beats, done });
  };

  const end = (member: Member, task: Task, { outcome, ...trace }: TracedOutcome, over: boolean): void => {
    const { agent } = member.announcement;
    member.atWork.delete(task);
    if (outcome !== undefined) hold({ task: task.task, cookie: task.cookie, job: task.job, agent, outcome, ...trace });
    else if (!task.once && !over) putBack([task]);
    fill(member, task.module);
  };

  const hold = (report: Report): void => {
    const held = copy(report);
    reports.add(held);
    if (session !== undefined) handOver(held, session);
  };

  /** Gives a report to the listener until it has taken it or its session is over. */
  const handOver = (report: Report, { listener, over }: Session): void => {
    const trying = (async () => {
      for (let wait = retryFirst; !over.signal.aborted; wait = Math.min(2 * wait, retryMost)) {
        try {
          await listener.reported(report);
          reports.delete(report);
          return;
        } catch {
          await sleep(wait, undefined, { signal: over.signal }).catch(() => undefined);
        }
      }
    })().finally(() => handling.delete(trying));
    handling.add(trying);
  };

  /** Whether the cookie was sent lately; forgets those sent long ago. */
  const sentLately = (cookie: string): boolean => {
    const now = performance.now();
    for (const [old, sent] of cookies) {
      if (now - sent < rememberCookies) break;
      cookies.delete(old);
    }
    if (cookies.has(cookie)) return true;
    cookies.set(cookie, now);
    return false;
  };

  /** Whether an agent is at work on this dispatch, or what it has reached is held. */
  const isAtWork = (cookie: string): boolean =>
    [...members].some(({ atWork }) => [...atWork.keys()].some((task) => task.cookie === cookie)) ||
    [...reports].some((report) => report.cookie === cookie);

  const foreman: ForemanWire = {
    lasting: false,
    async start(listener) {
      if (session !== undefined) throw new Error("the foreman's end of the wire is started already");
      session = { listener, over: new AbortController() };
      const seen = new Set<string>();
      for (const { announcement } of members) {
        for (const module of offered(announcement)) {
          const both = `${announcement.site} ${module}`;
          if (!seen.has(both)) listener.served(announcement.site, module);
          seen.add(both);
        }
      }
      for (const report of reports) handOver(report, session);
    },

    health: async () => ({ details: { agents: members.size } }),

    // They come and go with the process: there is nothing to tell of them.
    agents: () => [],

    missing: () =>
      [...members].flatMap(({ announcement: { agent, site, missing = [] } }) =>
        missing.map((one) => ({ ...one, agent, site })),
      ),

    serves: (site, module) => session !== undefined && serving(site, module).length > 0,

    async send(task) {
      if (session === undefined) throw new Error("the foreman's end of the wire is not started");
      if (sentLately(task.cookie) || isAtWork(task.cookie)) return undefined;
      waiting.add(copy(task));
      spread(task.site, task.module);
      return undefined;
    },

    async withdraw({ cookie }) {
      for (const task of waiting.take((task) => task.cookie === cookie)) cookies.delete(task.cookie);
      return ![...members].some(({ atWork }) => [...atWork.keys()].some((task) => task.cookie === cookie && task.once));
    },

    async stop() {
      session?.over.abort();
      session = undefined;
      // What no agent has begun is not begun any more: another foreman may give it to others.
      putBack(waiting.take());
      await Promise.all(handling);
    },
  };

  const join = (): InProcessAgent => {
    let member: Member | undefined;
    return {
      async start(announcement, work) {
        if (member !== undefined) throw new Error("the agent's end of the wire is started already");
        const { site } = announcement;
        const served = offered(announcement).filter((module) => serving(site, module).length === 0);
        member = { announcement, work, atWork: new Map(), taking: true };
        members.add(member);
        for (const module of served) session?.listener.served(site, module);
        for (const module of offered(announcement)) fill(member, module);
      },

      async stop() {
        if (member === undefined) return;
        const leaving = member;
        leaving.taking = false;
        await Promise.all([...leaving.atWork.values()].map(({ done }) => done));
        members.delete(leaving);
        member = undefined;
      },

      drop() {
        if (member === undefined) return;
        const dead = member;
        member = undefined;
        members.delete(dead);
        for (const { beats } of dead.atWork.values()) clearInterval(beats);
        putBack([...dead.atWork.keys()].filter((task) => !task.once));
      },
    };
  };

  return { foreman, agent: join(), join };
}

const offered = ({ modules }: Announcement): string[] =>
  Object.keys(modules).filter((module) => (modules[module] ?? 0) > 0);

const copy = <T extends object>(value: T): T => parseStored(writeJson(value)) as T;
