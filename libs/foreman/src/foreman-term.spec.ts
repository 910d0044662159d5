import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Repeat } from '#platform';
import { NO_RETRY } from '#platform';
import type { ReadModel } from '#read-store';
import type { Clock, CommandGateway, NamedCommand } from '#event-store';
import { systemClock } from '#event-store';
import { refuse, silentLogger } from '#kernel';
import type { TestDatabase } from '#testing';
import { stateAfter, testDatabase, until } from '#testing';
import type { ForemanWire, Report, SentTask, Task } from '#wire';
import { MaybeHeld, TaskTooLarge } from '#wire';
import { DispatchLedger } from './dispatch-ledger.ts';
import type { TermParts } from './foreman-term.ts';
import { ForemanTerm } from './foreman-term.ts';
import { atWork, dispatch, dispatched } from '../test/example-jobs.ts';
import type { Dispatch, Job } from './job-messages.ts';
import { JobTraces } from './job-traces.ts';
import { job } from './job.ts';
import { StalledJobs } from './stalled-jobs.ts';
import { StepTimes } from './step-times.ts';

const FULL = Object.assign(new Error('no space left'), { code: '53100' });

type Answer = () => Promise<Job | undefined>;

describe('a term of the foreman', () => {
  let database: TestDatabase;
  let ledger: DispatchLedger;
  let clock: Clock;
  let stalled: StalledJobs;
  let steps: StepTimes;
  let sent: Task[];
  let withdrawn: SentTask[];
  let carriedOut: string[];
  let answer: Answer;
  let broken: Error | undefined;
  let mayRepeat: Repeat;
  let tried: number;
  let secretsFault: Error | undefined;
  let parts: TermParts;
  let term: ForemanTerm;

  beforeAll(async () => {
    database = await testDatabase();
    ledger = new DispatchLedger(database.pool, 'this server');
    await ledger.start();
  });
  afterAll(() => database.drop());

  const sites: ReadModel = { name: 'sites', version: 1, key: 'text', history: false, indexes: {}, on: {} };
  const wire: ForemanWire = {
    lasting: true,
    start: async () => undefined,
    serves: () => true,
    agents: () => [],
    missing: () => [],
    health: async () => ({ details: {} }),
    send: async (task) => {
      tried += 1;
      if (broken) throw broken;
      sent.push(task);
      return `receipt of ${task.cookie}`;
    },
    withdraw: async (task) => {
      if (broken) throw broken;
      withdrawn.push(task);
      return true;
    },
    stop: async () => undefined,
  };
  /** Carries out what it is told to, by `answer`. */
  const commands = {
    execute: async (command: NamedCommand<unknown>) => {
      carriedOut.push(command.commandName);
      return { value: await answer(), position: 1n };
    },
  } as unknown as CommandGateway;

  beforeEach(async () => {
    await database.pool.query('TRUNCATE ledger.handed_over');
    clock = systemClock();
    stalled = new StalledJobs();
    steps = new StepTimes(database.pool, 10);
    [sent, withdrawn, carriedOut] = [[], [], []];
    answer = async () => undefined;
    [broken, secretsFault, mayRepeat, tried] = [undefined, undefined, 'safe', 0];
    const options = {
      wire,
      platforms: [],
      resolveSecrets: async (parameters: Task['parameters']) => {
        if (secretsFault) throw secretsFault;
        return { parameters, secrets: [], texts: [], erased: [] };
      },
      retryOf: () => NO_RETRY,
      repeatOf: () => mayRepeat,
      sites,
      onUndeliverableReport: () => undefined,
      onLateReport: () => undefined,
      lease: 30_000,
      pollLease: 600_000,
      agentGone: 60_000,
      slowStep: 10,
    };
    const pollDeadlineOf = ({ deadline }: Dispatch) => Date.parse(deadline);
    const log = silentLogger;
    const gate = { looked: () => undefined, forget: () => undefined };
    const traces = new JobTraces({ readStream: async () => [] });
    parts = { options, commands, clock, ledger, stalled, steps, log, gate, traces, pollDeadlineOf };
    term = new ForemanTerm(parts);
  });
  afterEach(() => term.end());

  const state = (): Job => {
    const found = stateAfter(job, ...dispatched);
    if (!found) throw new Error('there is no job');
    return found;
  };
  /** The time of another process as the foreman. */
  const nextTerm = (): ForemanTerm =>
    new ForemanTerm({ ...parts, ledger: new DispatchLedger(database.pool, 'another server') });
  const report: Report = { task: '12-1', cookie: 'c1', job: 12, agent: 'one', outcome: { result: {} } };

  it('tries again without end what the database does not do, and the job is in no error', async () => {
    let left = 3;
    answer = async () => {
      left -= 1;
      if (left >= 0) throw FULL;
      return undefined;
    };
    term.look(12);
    await until(() => stalled.reasonOf(12) !== undefined);
    expect(stalled.reasonOf(12)).toBe('Waiting for the database: no space left');
    await until(() => left < 0);
    await until(() => stalled.size === 0);
    expect(new Set(carriedOut)).toEqual(new Set(['ReconcileJob']));
  });

  it('puts a job with a fault into error', async () => {
    answer = async () => {
      if (carriedOut.at(-1) === 'ReconcileJob') throw new TypeError('no idea');
      return undefined;
    };
    term.look(12);
    await until(() => carriedOut.length === 2);
    expect(carriedOut).toEqual(['ReconcileJob', 'FailJob']);
  });

  it('has a report come again where the database is away, and no other: a fault is that of the job', async () => {
    const failing = (error: Error): Answer => {
      return async () => {
        if (carriedOut.at(-1) === 'ReportTask') throw error;
        return undefined;
      };
    };
    answer = failing(FULL);
    await expect(term.takeReport(report)).rejects.toBe(FULL);
    answer = failing(refuse('', 'BAD_COOKIE', 'Bad Cookie'));
    await expect(term.takeReport(report)).rejects.toThrow('Bad Cookie');
    expect(carriedOut).toEqual(['ReportTask', 'ReportTask']);
    answer = failing(new TypeError('no idea'));
    await term.takeReport(report);
    expect(carriedOut).toEqual(['ReportTask', 'ReportTask', 'ReportTask', 'FailJob']);
  });

  it('sends a task once, tells who takes it, and forgets all of it when the job is over', async () => {
    answer = async () => state();
    term.look(12);
    await until(() => sent.length === 1);
    term.look(12);
    await until(() => carriedOut.length === 2);
    await turn();
    expect(sent).toMatchObject([{ cookie: 'c1', job: 12, site: 'site1', module: 'lab' }]);
    expect(await ledger.takerOf('c1')).toBeUndefined();
    term.beat({ job: 12, cookie: 'old', agent: 'another' });
    term.beat({ job: 12, cookie: 'c1', agent: 'one' });
    const taken = async () => ledger.takerOf('c1');
    while (!(await taken())) await turn();
    expect(await taken()).toMatchObject({ agent: 'one' });
    expect(term.deadlineOf(dispatch)).toBeGreaterThan(clock.millis() + 29_000);

    term.watchStep(12, clock.millis() + 60_000);
    expect(term.size).toBeGreaterThan(0);
    term.forget(12, false);
    await until(() => term.size === 0);
    expect(await ledger.has('c1')).toBe(false);
    // What comes late leaves nothing behind.
    term.beat({ job: 12, cookie: 'c1', agent: 'one' });
    expect(term.size).toBe(0);
  });

  it('sends the task of a job that began with the append that made it, once all of that was heard, and without a look', async () => {
    term.beginsAtOnce({ id: 12, state: state(), revision: 3 });
    for (const revision of [0, 1, 2]) term.heard(12, revision, 40n + BigInt(revision));
    await turn();
    expect(sent).toEqual([]);
    term.heard(12, 3, 43n);
    await until(() => sent.length === 1);
    expect(carriedOut).toEqual([]);
    // Whatever else happens to it is looked at.
    answer = async () => undefined;
    term.heard(12, 4, 44n);
    await until(() => carriedOut.length === 1);
    expect(sent).toHaveLength(1);
    // Where an agent serves its step that it was not given to, that takes a look.
    term.beginsAtOnce({ id: 14, state: { ...state(), dispatch: undefined }, revision: 2 });
    term.heard(14, 2, 50n);
    await until(() => carriedOut.length === 2);
    expect(sent).toHaveLength(1);
    // What never comes to be is forgotten.
    term.beginsAtOnce({ id: 13, state: state(), revision: 3 });
    for (const id of [12, 13, 14]) term.forget(id, false);
    await until(() => term.size === 0);
  });

  /** A job with another dispatch of its task. */
  const dispatchedAnew = (): Job => ({ ...state(), dispatch: { ...dispatch, cookie: 'c2' } });
  const taskOf = (cookie: string) => ({ cookie, site: 'site1', module: 'lab', receipt: `receipt of ${cookie}` });

  it('takes back a dispatch before it sends the next one, also after another process has sent it', async () => {
    answer = async () => state();
    term.look(12);
    await until(() => sent.length === 1);
    answer = async () => dispatchedAnew();
    term.look(12);
    await until(() => sent.length === 2);
    expect(withdrawn).toEqual([taskOf('c1')]);
    await ledger.note(13, taskOf('of another process'));
    term.look(13);
    await until(() => sent.length === 3);
    expect(withdrawn).toEqual([taskOf('c1'), taskOf('of another process')]);
  });

  it('takes a report only when a look at its job has ended: what that has read is not sent behind what follows', async () => {
    mayRepeat = 'observe';
    await new DispatchLedger(database.pool, 'another server').note(12, taskOf('c1'));
    let read = (): void => undefined;
    const reading = new Promise<void>((resolve) => (read = resolve));
    answer = async () => {
      await reading;
      return state();
    };
    term.look(12);
    await until(() => carriedOut.length === 1);
    answer = async () => ({ ...dispatchedAnew(), spent: [{ cookie: 'c1', outcome: 'done' }] });
    const taken = term.takeReport(report);
    for (let n = 0; n < 10; n += 1) await turn();
    expect(carriedOut).toEqual(['ReconcileJob']);
    read();
    await taken;
    expect(carriedOut).toEqual(['ReconcileJob', 'ReportTask']);
    expect(sent.map(({ cookie }) => cookie)).toEqual(['c2']);
    expect(withdrawn).toEqual([]);
    expect((await ledger.of(12)).map(({ cookie }) => cookie)).toEqual(['c2']);
  });

  it('takes back nothing that has ended with a report', async () => {
    answer = async () => state();
    term.look(12);
    await until(() => sent.length === 1);
    answer = async () => ({ ...dispatchedAnew(), spent: [{ cookie: 'c1', outcome: 'seal' }] });
    term.look(12);
    await until(() => sent.length === 2);
    term.forget(12, false);
    expect(withdrawn).toEqual([]);
  });

  it.each([
    ['does not send it again, where it must not be begun twice', 'ask', 0],
    ['sends it again, where it may be', 'safe', 1],
  ] as const)('of a task that may be on the wire already %s', async (_, repeat, times) => {
    mayRepeat = repeat;
    broken = new MaybeHeld('the connection broke');
    answer = async () => state();
    term.look(12);
    await until(() => tried === 1);
    broken = undefined;
    if (times === 0) {
      await until(async () => (await ledger.of(12)).some(({ cookie }) => cookie === 'c1'));
      term.look(12);
      await until(() => carriedOut.length === 2);
    } else await until(() => sent.length === times);
    expect(sent).toHaveLength(times);
  });

  it.each([
    ['ask', 'is noted before it is sent: the next foreman does not send it again', true, 1],
    ['safe', 'is not noted before it is sent: the next foreman sends it again', false, 2],
  ] as const)('a task of "%s" whose foreman dies while it sends it %s', async (repeat, _, noted, times) => {
    mayRepeat = repeat;
    const { send } = wire;
    let found: boolean | undefined;
    let go = (): void => undefined;
    wire.send = async () => {
      found ??= await ledger.has('c1');
      tried += 1;
      if (tried === 1) await new Promise<void>((resolve) => (go = resolve));
      return undefined;
    };
    answer = async () => state();
    term.look(12);
    await until(() => tried === 1);
    expect(found).toBe(noted);
    const next = nextTerm();
    next.look(12);
    await until(() => carriedOut.length === 2);
    // The second look begins when the first one is over.
    next.look(12);
    await until(() => carriedOut.length === 3);
    await next.end();
    expect(tried).toBe(times);
    wire.send = send;
    go();
  });

  it('leaves no note of a task that the wire did not take: the next foreman sends it', async () => {
    mayRepeat = 'ask';
    broken = new Error('no connection');
    answer = async () => state();
    term.look(12);
    await until(() => tried === 1 && stalled.size === 1);
    await term.end();
    expect(await ledger.has('c1')).toBe(false);
    broken = undefined;
    const next = nextTerm();
    next.look(12);
    await until(() => sent.length === 1);
    await next.end();
  });

  it('takes back at once what is in nobody’s hands any more', async () => {
    answer = async () => state();
    term.look(12);
    await until(() => sent.length === 1);
    answer = async () => ({ ...state(), stage: 'error', dispatch: undefined });
    broken = new Error('no connection');
    term.look(12);
    await until(() => carriedOut.length === 2);
    broken = undefined;
    await until(() => withdrawn.length === 1);
    expect(withdrawn).toEqual([taskOf('c1')]);
  });

  it('takes back the task of a cancelled job, as soon as the wire takes it, and forgets it then', async () => {
    answer = async () => state();
    term.look(12);
    await until(() => sent.length === 1);
    broken = new Error('no connection');
    term.forget(12, true);
    while (!(await ledger.has('c1'))) await turn();
    expect(withdrawn).toEqual([]);
    broken = undefined;
    await until(() => withdrawn.length === 1);
    expect(withdrawn).toEqual([taskOf('c1')]);
    await until(() => term.size === 0);
    expect(await ledger.has('c1')).toBe(false);
  });

  it('takes back what jobs have left behind that ended while nobody was the foreman', async () => {
    await ledger.note(14, taskOf('left'));
    await database.pool.query(`UPDATE ledger.handed_over SET at = now() - interval '2 minutes'`);
    await term.takeBackLeftOver([14]);
    expect(withdrawn).toEqual([]);
    await term.takeBackLeftOver([12]);
    expect(withdrawn).toEqual([taskOf('left')]);
    expect(await ledger.has('left')).toBe(false);
  });

  it('sends nothing while what was sent before cannot be taken back', async () => {
    await ledger.note(12, taskOf('before'));
    let refused = 0;
    const { withdraw } = wire;
    wire.withdraw = async () => {
      refused += 1;
      throw new Error('no connection');
    };
    answer = async () => state();
    term.look(12);
    await until(() => refused > 1);
    expect(sent).toEqual([]);
    wire.withdraw = withdraw;
    await until(() => sent.length === 1);
    expect(withdrawn).toEqual([taskOf('before')]);
  });

  it('sends again what the wire did not take', async () => {
    broken = new Error('no connection');
    answer = async () => state();
    term.look(12);
    await until(() => carriedOut.length === 1);
    broken = undefined;
    await until(() => sent.length === 1);
  });

  it('fails a task that the wire can never carry', async () => {
    broken = new TaskTooLarge(2_000_000, 1_047_552);
    answer = async () => state();
    term.look(12);
    await until(() => carriedOut.length === 2);
    expect(carriedOut).toEqual(['ReconcileJob', 'ReportTask']);
    expect(sent).toEqual([]);
  });

  it('fails a task whose secrets cannot be read, and waits where they cannot be read for now', async () => {
    secretsFault = FULL;
    answer = async () => state();
    term.look(12);
    await until(() => carriedOut.length === 2);
    expect(new Set(carriedOut)).toEqual(new Set(['ReconcileJob']));
    secretsFault = new Error('encrypted with another key');
    await until(() => carriedOut.includes('ReportTask'));
  });

  it('has no effect any more when it is over', async () => {
    let go = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (go = resolve));
    answer = async () => {
      await waiting;
      return state();
    };
    term.look(12);
    await until(() => carriedOut.length === 1);
    const ending = term.end();
    go();
    await ending;
    expect(sent).toEqual([]);
    // Nor do agents that poll, or steps, have it look at anything.
    term.look(13);
    await turn();
    expect(carriedOut).toHaveLength(1);
  });

  it('looks at a job once for what it has done itself', async () => {
    answer = async () => stateAfter(job, ...atWork);
    await term.during(12, async () => {
      term.look(12, 1n);
      return { value: state(), position: 1n };
    });
    term.look(12, 1n);
    await turn();
    expect(carriedOut).toEqual([]);
    term.look(12, 2n);
    await until(() => carriedOut.length === 1);
  });

  it('takes no agent to be silent because the clock was set ahead: its silence begins anew', () => {
    const { millis } = clock;
    const early = { ...dispatch, deadline: new Date(millis() - 60_000).toISOString() };
    Object.assign(clock, { millis: () => millis() + 3_600_000 });
    expect(term.deadlineOf(early)).toBeGreaterThan(clock.millis() + 29_000);
    const deadline = term.deadlineOf(early);
    expect(term.deadlineOf(early)).toBe(deadline);
  });
});
