import { describe, expect, it } from '@jest/globals';
import { thing } from '../test/example-target.ts';
import { clearDispatched } from '#tscript';
import { LEASE, JobFixture } from '../test/job-fixture.suite.ts';

const WORK = 'begin()\n  done = lab.work( name="disk" )\nend\n';
const BLAST = 'begin()\n  lab.blast( name="wall" )\nend\n';
const TWO = 'begin()\n  one = lab.work( name="one" )\n  two = lab.work( name=one )\nend\n';

const JOB = 'job-12';
const HOST = 'thing-host1';

/** A job whose task is in the hands of an agent. */
async function dispatched(script: string): Promise<JobFixture> {
  const fixture = new JobFixture({ create: script });
  fixture.served.add('lab');
  await fixture.create();
  await fixture.look();
  return fixture;
}

describe('a job goes', () => {
  it('from the request to the end, one append for each step', async () => {
    const fixture = new JobFixture({ create: WORK });
    expect(await fixture.create()).toEqual({
      [HOST]: ['ThingTaken'],
      [`program-${(await fixture.job()).program}`]: ['ProgramStored'],
      [JOB]: ['JobCreated'],
    });
    expect((await fixture.job()).stage).toBe('waiting');

    expect(await fixture.look()).toEqual({
      [HOST]: ['ThingLocated'],
      [JOB]: ['JobStarted', 'JobStepRequested'],
    });
    const order = { task: '12-1', module: 'lab', function: 'work', parameters: { name: 'disk', rack: 'a' } };
    expect(await fixture.job()).toMatchObject({ stage: 'queued', message: 'at work', order, dispatch: undefined });
    // Nobody serves the module: nothing is to be done, however often one looks.
    expect(await fixture.look()).toEqual({});

    fixture.served.add('lab');
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskDispatched'] });
    const dispatch = { transport: 'wire', deadline: '2026-01-01T00:00:30.000Z' };
    expect(await fixture.job()).toMatchObject({ order, dispatch });
    expect(await fixture.look()).toEqual({});

    expect(await fixture.report({ result: { answer: 1 } })).toEqual({
      [JOB]: ['JobStepCompleted', 'JobEnded'],
      [HOST]: ['ThingBuilt', 'ThingReleased'],
    });
    expect(await fixture.job()).toMatchObject({ stage: 'ended', machine: { variables: { done: 1 } } });
    expect(await fixture.look()).toEqual({});
  });

  it('in one append as far as it can', async () => {
    const fixture = new JobFixture({ create: WORK });
    fixture.served.add('lab');
    await fixture.create();
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobStepRequested', 'JobTaskDispatched'] });
  });

  it('from step to step with what the step before has brought', async () => {
    const fixture = await dispatched(TWO);
    const written = await fixture.report({ result: { answer: 'first' } });
    expect(written).toEqual({ [JOB]: ['JobStepCompleted', 'JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order).toMatchObject({ task: '12-2', parameters: { name: 'first' } });
  });

  it('and stores the machine of its script once for each step', async () => {
    const fixture = await dispatched(TWO);
    const machines = () => {
      const events = fixture.log.of({ category: 'job' }, 12);
      return events.filter(({ data }) => 'machine' in (data as object)).map(({ type }) => type);
    };
    expect(machines()).toEqual(['JobStepRequested']);
    await fixture.report({ result: { answer: 'first' } });
    expect(machines()).toEqual(['JobStepRequested', 'JobStepRequested']);
    // Where the script does not go on, it is stored with the result.
    await fixture.tell({ type: 'PauseJob', data: {} });
    await fixture.report({ result: { answer: 'second' } });
    expect(machines()).toEqual(['JobStepRequested', 'JobStepRequested', 'JobStepCompleted']);
    await fixture.tell({ type: 'ResumeJob', data: {} });
    await fixture.look();
    expect(machines().at(-1)).toBe('JobEnded');
    expect((await fixture.job()).machine?.variables).toEqual({ one: 'first', two: 'second' });
  });

  it('without a task, where its blueprint has no script for it', async () => {
    const fixture = new JobFixture({});
    await fixture.create();
    expect(await fixture.look()).toEqual({
      [JOB]: ['JobStarted', 'JobEnded'],
      [HOST]: ['ThingLocated', 'ThingBuilt', 'ThingReleased'],
    });
  });

  it('back to where it began: what was created is destroyed', async () => {
    const fixture = new JobFixture({ destroy: WORK });
    fixture.log.put(thing, 'host1', { type: 'ThingLocated', data: {} }, { type: 'ThingBuilt', data: { job: 1 } });
    fixture.served.add('lab');
    await fixture.create('destroy');
    await fixture.look();
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({
      [HOST]: ['ThingDestroyed', 'ThingReleased'],
    });
  });

  it('and leaves the thing as it was, where it is a utility job', async () => {
    const fixture = new JobFixture({ check: WORK });
    fixture.log.put(thing, 'host1', { type: 'ThingLocated', data: {} }, { type: 'ThingBuilt', data: { job: 1 } });
    fixture.served.add('lab');
    await fixture.create('check');
    await fixture.look();
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({ [HOST]: ['ThingReleased'] });
  });
});

describe('a job waits for its turn', () => {
  it('until the thing is located, where that is not done for it', async () => {
    const fixture = new JobFixture({ create: WORK }, false);
    await fixture.create();
    expect(await fixture.look()).toEqual({});
    fixture.log.put(thing, 'host1', { type: 'ThingLocated', data: {} });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStarted', 'JobStepRequested'] });
  });

  it('and is not there for ids nobody knows', async () => {
    expect(await new JobFixture({}).look()).toEqual({});
  });
});

describe('a delay', () => {
  it('is over at its time, and not before', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  delay( seconds=10 )\nend\n' });
    await fixture.create();
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobWaited'] });
    expect(await fixture.job()).toMatchObject({
      stage: 'queued',
      message: 'Waiting for 10 more seconds',
      wakeAt: '2026-01-01T00:00:10.000Z',
    });
    fixture.now += 9999;
    expect(await fixture.look()).toEqual({});
    fixture.now += 1;
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobEnded'] });
  });

  it('is not cut short by a pause', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  delay( seconds=10 )\nend\n' });
    await fixture.create();
    await fixture.look();
    await fixture.tell({ type: 'PauseJob', data: {} });
    fixture.now += 5000;
    expect(await fixture.look()).toEqual({});
    await fixture.tell({ type: 'ResumeJob', data: {} });
    await fixture.look();
    expect(await fixture.job()).toMatchObject({ stage: 'queued', wakeAt: '2026-01-01T00:00:10.000Z' });
  });
});

describe('a lease that runs out', () => {
  it('has the task given out again with the same id and a fresh cookie, where it may be repeated', async () => {
    const fixture = await dispatched(WORK);
    const before = await fixture.job();
    fixture.now += LEASE - 1;
    expect(await fixture.look()).toEqual({});
    fixture.now += 1;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobTaskDispatched'] });
    const after = await fixture.job();
    expect(after.order).toEqual(before.order);
    expect(after.dispatch?.cookie).not.toBe(before.dispatch?.cookie);
    expect(after.dispatch?.deadline).toBe('2026-01-01T00:01:00.000Z');
    await expect(fixture.report({ result: { answer: 1 } }, before.dispatch?.cookie)).rejects.toThrow('Bad Cookie');
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('leaves the task open, where nobody serves it any more', async () => {
    const fixture = await dispatched(WORK);
    fixture.served.clear();
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'queued', order: { task: '12-1' }, dispatch: undefined });
  });

  it('is put to the operator, where the task may not be repeated', async () => {
    const fixture = await dispatched(BLAST);
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobFailed'] });
    expect(await fixture.job()).toMatchObject({
      stage: 'error',
      message: 'Nobody knows what became of lab.blast (task 12-1): look, then reset the job to do it again',
    });
    expect(await fixture.look()).toEqual({});

    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order?.task).toBe('12-1');
  });
});

describe('a task that can be observed, whose agent was lost', () => {
  const WELD = 'begin()\n  done = lab.weld( name="door" )\nend\n';
  const WAITING = 'Waiting for an agent to tell what became of lab.weld (task 12-1)';
  const LOST = 'Nobody knows what became of lab.weld (task 12-1)';
  const observing = async () => {
    const fixture = await dispatched(WELD);
    fixture.now += LEASE;
    await fixture.look();
    return fixture;
  };

  it('is asked about by its id, with a fresh cookie', async () => {
    const fixture = await dispatched(WELD);
    const before = await fixture.job();
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobObservationRequested', 'JobTaskDispatched'] });
    const after = await fixture.job();
    expect(after).toMatchObject({ stage: 'queued', observing: true, message: WAITING, order: before.order });
    expect(after.dispatch?.cookie).not.toBe(before.dispatch?.cookie);
    // The agent that was taken to be lost comes too late, whatever it says.
    await expect(fixture.report({ result: { answer: 1 } }, before.dispatch?.cookie)).rejects.toThrow('Bad Cookie');
  });

  it('completes its step where it was done', async () => {
    const fixture = await observing();
    const told = { result: { state: 'done', result: { answer: 'welded' } } };
    const cookie = await fixture.cookie();
    expect(await fixture.report(told, cookie)).toEqual({
      [JOB]: ['JobTaskObserved', 'JobStepCompleted', 'JobEnded'],
      [HOST]: ['ThingBuilt', 'ThingReleased'],
    });
    expect((await fixture.job()).machine?.variables).toEqual({ done: 'welded' });
    expect(await fixture.report(told, cookie)).toEqual({});
  });

  it('is done again where it was not done, and observed again when that agent is lost too', async () => {
    const fixture = await observing();
    expect(await fixture.report({ result: { state: 'not-done' } })).toEqual({
      [JOB]: ['JobTaskObserved', 'JobTaskDispatched'],
    });
    expect(await fixture.job()).toMatchObject({ stage: 'queued', observing: false, order: { task: '12-1' } });
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobObservationRequested', 'JobTaskDispatched'] });
  });

  it('is in error where it has failed, and done again with the id it had when it is reset', async () => {
    const fixture = await observing();
    expect(await fixture.report({ result: { state: 'failed', reason: 'no gas' } })).toEqual({
      [JOB]: ['JobTaskObserved', 'JobStepFailed'],
    });
    expect(await fixture.job()).toMatchObject({
      stage: 'error',
      message: 'no gas',
      observing: false,
      order: undefined,
    });
    await fixture.reset();
    await fixture.look();
    expect(await fixture.job()).toMatchObject({ stage: 'queued', order: { task: '12-1', function: 'weld' } });
  });

  it.each([
    ['it does not tell', { result: { state: 'unknown', reason: 'no trace of it' } }, `${LOST}: no trace of it.`],
    ['the observer fails', { error: 'no such host' }, `${LOST}: no such host.`],
    ['it answers something else', { result: { welded: true } }, `${LOST}: the agent does not tell.`],
    [
      'its result is not that of the contract',
      { result: { state: 'done', result: {} } },
      `${LOST}: it was done, but lab.weld: the agent's result of weld is not that of the contract: answer must be JSON, and is missing.`,
    ],
    [
      'it has no result',
      { result: { state: 'done', result: 'yes' } },
      `${LOST}: it was done, but lab.weld: the agent's result of weld is not that of the contract: answer must be JSON, and is missing.`,
    ],
  ])('is put to the operator where %s', async (_, outcome, message) => {
    const fixture = await observing();
    expect(await fixture.report(outcome)).toEqual({ [JOB]: ['JobTaskObserved', 'JobFailed'] });
    expect(await fixture.job()).toMatchObject({
      stage: 'error',
      message: `${message} Look, then reset the job to do it again`,
    });
    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect(await fixture.job()).toMatchObject({ observing: false, order: { task: '12-1' } });
  });

  it('is asked about again when the agent that was asked is lost', async () => {
    const fixture = await observing();
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobTaskDispatched'] });
    expect(await fixture.job()).toMatchObject({ observing: true, order: { task: '12-1' } });
  });

  it('waits for an agent to ask, where none is there', async () => {
    const fixture = await dispatched(WELD);
    fixture.served.clear();
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobObservationRequested'] });
    expect(await fixture.look()).toEqual({});
    expect(await fixture.job()).toMatchObject({ stage: 'queued', message: WAITING });
    fixture.served.add('lab');
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskDispatched'] });
  });

  it('is told of while the job is paused, which stays so', async () => {
    const fixture = await observing();
    await fixture.tell({ type: 'PauseJob', data: {} });
    const told = { result: { state: 'done', result: { answer: 1 } } };
    expect(await fixture.report(told)).toEqual({ [JOB]: ['JobTaskObserved', 'JobStepCompleted'] });
    expect(await fixture.job()).toMatchObject({ stage: 'paused', ready: true });
  });

  it.each([
    ['is put to the operator, where only agents that poll are there', false, ['JobTaskLapsed', 'JobFailed']],
    [
      'is asked about where another agent can tell',
      true,
      ['JobTaskLapsed', 'JobObservationRequested', 'JobTaskDispatched'],
    ],
  ])('%s', async (_, served, events) => {
    const fixture = new JobFixture({ create: WELD });
    await fixture.create();
    await fixture.look();
    const holder = { user: 'subcontractor', source: '10.0.0.1', session: 's' };
    const deadline = new Date(fixture.now + LEASE).toISOString();
    await fixture.tell({
      type: 'DispatchTask',
      data: { task: '12-1', cookie: 'polled', transport: 'poll', holder, deadline },
    });
    if (served) fixture.served.add('lab');
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: events });
  });
});

describe('a block with a maximum time', () => {
  const SHORT = "begin( max_time=0:10 )\n  one = lab.work( name='one' )\n  two = lab.work( name='two' )\nend\n";
  const over = async () => {
    const fixture = await dispatched(SHORT);
    fixture.now += 10_000;
    expect(await fixture.look()).toEqual({});
    fixture.now += 1;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobPaused'] });
    return fixture;
  };

  it('is stopped at its time though its task is at an agent, whose result is stored', async () => {
    const fixture = await over();
    expect(await fixture.job()).toMatchObject({
      stage: 'paused',
      message: 'Max Time Elapsed',
      order: { task: '12-1' },
      dispatch: { transport: 'wire' },
    });
    expect(await fixture.look()).toEqual({});
    expect(await fixture.report({ result: { answer: 1 } })).toEqual({ [JOB]: ['JobStepCompleted'] });
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    // It may go on once: not before its next pass is it stopped again.
    fixture.now += LEASE - 1;
    expect(await fixture.look()).toEqual({});
    await fixture.report({ result: { answer: 2 } });
    expect(await fixture.job()).toMatchObject({ stage: 'paused', message: 'Max Time Elapsed' });
  });

  it('goes on when it is resumed while its task is still out', async () => {
    const fixture = await over();
    await fixture.tell({ type: 'ResumeJob', data: {} });
    fixture.now += 1000;
    expect(await fixture.look()).toEqual({});
    expect(await fixture.report({ result: { answer: 1 } })).toEqual({
      [JOB]: ['JobStepCompleted', 'JobStepRequested', 'JobTaskDispatched'],
    });
  });

  it('is stopped at its time also where nobody has taken the task, and after a pause', async () => {
    const fixture = new JobFixture({ create: SHORT });
    await fixture.create();
    await fixture.look();
    await fixture.tell({ type: 'PauseJob', data: {} });
    fixture.now += 20_000;
    expect(await fixture.look()).toEqual({});
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobPaused'] });
    expect(await fixture.job()).toMatchObject({
      stage: 'paused',
      message: 'Max Time Elapsed',
      order: { task: '12-1' },
    });
  });
});

describe('a job that stands still', () => {
  it('takes a result while it is paused, and goes on when it is resumed', async () => {
    const fixture = await dispatched(TWO);
    await fixture.tell({ type: 'PauseJob', data: {} });
    expect(await fixture.report({ result: { answer: 'first' } })).toEqual({ [JOB]: ['JobStepCompleted'] });
    expect(await fixture.job()).toMatchObject({ stage: 'paused', message: 'worked' });
    expect(await fixture.look()).toEqual({});
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order?.parameters).toEqual({ name: 'first', rack: 'a' });
  });

  it('waits on for its task when it is resumed before that is done', async () => {
    const fixture = await dispatched(WORK);
    await fixture.tell({ type: 'PauseJob', data: {} });
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toEqual({});
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('orders its task anew when it is reset: the same one, with what holds now', async () => {
    const fixture = await dispatched(WORK);
    const first = await fixture.cookie();
    expect(await fixture.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobStepFailed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no disk' });
    fixture.log.put(thing, 'host1', { type: 'ThingMoved', data: { rack: 'b' } });
    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    const { order, dispatch } = await fixture.job();
    expect(order).toEqual({ task: '12-1', module: 'lab', function: 'work', parameters: { name: 'disk', rack: 'b' } });
    expect(dispatch?.cookie).not.toBe(first);
  });

  it('has its task sent again when the dispatch is cleared', async () => {
    const fixture = await dispatched(WORK);
    const { machine, dispatch: before } = await fixture.job();
    await fixture.tell({ type: 'ClearDispatched', data: machine ? { machine: clearDispatched(machine) } : {} });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    const { order, dispatch } = await fixture.job();
    expect(order?.task).toBe('12-1');
    expect(dispatch?.cookie).not.toBe(before?.cookie);
  });

  it('waits for its turn again, where it was put into error before it had begun', async () => {
    const fixture = new JobFixture({ create: WORK });
    await fixture.create();
    await fixture.tell({ type: 'FailJob', data: { message: 'a fault' } });
    expect(await fixture.look()).toEqual({});
    await fixture.reset();
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobStepRequested'] });
  });
});
