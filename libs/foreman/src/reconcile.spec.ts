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
  const yard = new JobFixture({ create: script });
  yard.served.add('lab');
  await yard.create();
  await yard.look();
  return yard;
}

describe('a job goes', () => {
  it('from the wish to the end, one append for each step', async () => {
    const yard = new JobFixture({ create: WORK });
    expect(await yard.create()).toEqual({
      [HOST]: ['ThingTaken'],
      [`program-${(await yard.job()).program}`]: ['ProgramStored'],
      [JOB]: ['JobCreated'],
    });
    expect((await yard.job()).stage).toBe('waiting');

    expect(await yard.look()).toEqual({
      [HOST]: ['ThingLocated'],
      [JOB]: ['JobStarted', 'JobStepRequested'],
    });
    const order = { task: '12-1', module: 'lab', function: 'work', parameters: { name: 'disk', rack: 'a' } };
    expect(await yard.job()).toMatchObject({ stage: 'queued', message: 'at work', order, dispatch: undefined });
    // Nobody serves the module: nothing is to be done, however often one looks.
    expect(await yard.look()).toEqual({});

    yard.served.add('lab');
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskDispatched'] });
    const dispatch = { transport: 'wire', deadline: '2026-01-01T00:00:30.000Z' };
    expect(await yard.job()).toMatchObject({ order, dispatch });
    expect(await yard.look()).toEqual({});

    expect(await yard.report({ result: { answer: 1 } })).toEqual({
      [JOB]: ['JobStepCompleted', 'JobEnded'],
      [HOST]: ['ThingBuilt', 'ThingReleased'],
    });
    expect(await yard.job()).toMatchObject({ stage: 'ended', machine: { variables: { done: 1 } } });
    expect(await yard.look()).toEqual({});
  });

  it('in one append as far as it can', async () => {
    const yard = new JobFixture({ create: WORK });
    yard.served.add('lab');
    await yard.create();
    expect(await yard.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobStepRequested', 'JobTaskDispatched'] });
  });

  it('from step to step with what the step before has brought', async () => {
    const yard = await dispatched(TWO);
    const written = await yard.report({ result: { answer: 'first' } });
    expect(written).toEqual({ [JOB]: ['JobStepCompleted', 'JobStepRequested', 'JobTaskDispatched'] });
    expect((await yard.job()).order).toMatchObject({ task: '12-2', parameters: { name: 'first' } });
  });

  it('without a task, where its blueprint has no script for it', async () => {
    const yard = new JobFixture({});
    await yard.create();
    expect(await yard.look()).toEqual({
      [JOB]: ['JobStarted', 'JobEnded'],
      [HOST]: ['ThingLocated', 'ThingBuilt', 'ThingReleased'],
    });
  });

  it('back to where it began: what was created is destroyed', async () => {
    const yard = new JobFixture({ destroy: WORK });
    yard.log.put(thing, 'host1', { type: 'ThingLocated', data: {} }, { type: 'ThingBuilt', data: { job: 1 } });
    yard.served.add('lab');
    await yard.create('destroy');
    await yard.look();
    expect(await yard.report({ result: { answer: 1 } })).toMatchObject({
      [HOST]: ['ThingDestroyed', 'ThingReleased'],
    });
  });

  it('and leaves the thing as it was, where it is a utility job', async () => {
    const yard = new JobFixture({ check: WORK });
    yard.log.put(thing, 'host1', { type: 'ThingLocated', data: {} }, { type: 'ThingBuilt', data: { job: 1 } });
    yard.served.add('lab');
    await yard.create('check');
    await yard.look();
    expect(await yard.report({ result: { answer: 1 } })).toMatchObject({ [HOST]: ['ThingReleased'] });
  });
});

describe('a job waits for its turn', () => {
  it('until the thing is located, where that is not done for it', async () => {
    const yard = new JobFixture({ create: WORK }, false);
    await yard.create();
    expect(await yard.look()).toEqual({});
    yard.log.put(thing, 'host1', { type: 'ThingLocated', data: {} });
    expect(await yard.look()).toEqual({ [JOB]: ['JobStarted', 'JobStepRequested'] });
  });

  it('and is not there for ids nobody knows', async () => {
    expect(await new JobFixture({}).look()).toEqual({});
  });
});

describe('a delay', () => {
  it('is over at its time, and not before', async () => {
    const yard = new JobFixture({ create: 'begin()\n  delay( seconds=10 )\nend\n' });
    await yard.create();
    expect(await yard.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobWaited'] });
    expect(await yard.job()).toMatchObject({
      stage: 'queued',
      message: 'Waiting for 10 more seconds',
      wakeAt: '2026-01-01T00:00:10.000Z',
    });
    yard.now += 9999;
    expect(await yard.look()).toEqual({});
    yard.now += 1;
    expect(await yard.look()).toMatchObject({ [JOB]: ['JobEnded'] });
  });

  it('is not cut short by a pause', async () => {
    const yard = new JobFixture({ create: 'begin()\n  delay( seconds=10 )\nend\n' });
    await yard.create();
    await yard.look();
    await yard.tell({ type: 'PauseJob', data: {} });
    yard.now += 5000;
    expect(await yard.look()).toEqual({});
    await yard.tell({ type: 'ResumeJob', data: {} });
    await yard.look();
    expect(await yard.job()).toMatchObject({ stage: 'queued', wakeAt: '2026-01-01T00:00:10.000Z' });
  });
});

describe('a lease that runs out', () => {
  it('has the task given out again with the same id and a fresh cookie, where it may be repeated', async () => {
    const yard = await dispatched(WORK);
    const before = await yard.job();
    yard.now += LEASE - 1;
    expect(await yard.look()).toEqual({});
    yard.now += 1;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobTaskDispatched'] });
    const after = await yard.job();
    expect(after.order).toEqual(before.order);
    expect(after.dispatch?.cookie).not.toBe(before.dispatch?.cookie);
    expect(after.dispatch?.deadline).toBe('2026-01-01T00:01:00.000Z');
    await expect(yard.report({ result: { answer: 1 } }, before.dispatch?.cookie)).rejects.toThrow('Bad Cookie');
    expect(await yard.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('leaves the task open, where nobody serves it any more', async () => {
    const yard = await dispatched(WORK);
    yard.served.clear();
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed'] });
    expect(await yard.job()).toMatchObject({ stage: 'queued', order: { task: '12-1' }, dispatch: undefined });
  });

  it('is put to the operator, where the task may not be repeated', async () => {
    const yard = await dispatched(BLAST);
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobFailed'] });
    expect(await yard.job()).toMatchObject({
      stage: 'error',
      message: 'Nobody knows what became of lab.blast (task 12-1): look, then reset the job to do it again',
    });
    expect(await yard.look()).toEqual({});

    await yard.reset();
    expect(await yard.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await yard.job()).order?.task).toBe('12-1');
  });
});

describe('a task that can be observed, whose agent was lost', () => {
  const WELD = 'begin()\n  done = lab.weld( name="door" )\nend\n';
  const WAITING = 'Waiting for an agent to tell what became of lab.weld (task 12-1)';
  const LOST = 'Nobody knows what became of lab.weld (task 12-1)';
  const observing = async () => {
    const yard = await dispatched(WELD);
    yard.now += LEASE;
    await yard.look();
    return yard;
  };

  it('is asked about by its id, with a fresh cookie', async () => {
    const yard = await dispatched(WELD);
    const before = await yard.job();
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobObservationRequested', 'JobTaskDispatched'] });
    const after = await yard.job();
    expect(after).toMatchObject({ stage: 'queued', observing: true, message: WAITING, order: before.order });
    expect(after.dispatch?.cookie).not.toBe(before.dispatch?.cookie);
    // The agent that was taken to be lost comes too late, whatever it says.
    await expect(yard.report({ result: { answer: 1 } }, before.dispatch?.cookie)).rejects.toThrow('Bad Cookie');
  });

  it('completes its step where it was done', async () => {
    const yard = await observing();
    const told = { result: { state: 'done', result: { answer: 'welded' } } };
    const cookie = await yard.cookie();
    expect(await yard.report(told, cookie)).toEqual({
      [JOB]: ['JobTaskObserved', 'JobStepCompleted', 'JobEnded'],
      [HOST]: ['ThingBuilt', 'ThingReleased'],
    });
    expect((await yard.job()).machine?.variables).toEqual({ done: 'welded' });
    expect(await yard.report(told, cookie)).toEqual({});
  });

  it('is done again where it was not done, and observed again when that agent is lost too', async () => {
    const yard = await observing();
    expect(await yard.report({ result: { state: 'not-done' } })).toEqual({
      [JOB]: ['JobTaskObserved', 'JobTaskDispatched'],
    });
    expect(await yard.job()).toMatchObject({ stage: 'queued', observing: false, order: { task: '12-1' } });
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobObservationRequested', 'JobTaskDispatched'] });
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
    const yard = await observing();
    expect(await yard.report(outcome)).toEqual({ [JOB]: ['JobTaskObserved', 'JobFailed'] });
    expect(await yard.job()).toMatchObject({
      stage: 'error',
      message: `${message} Look, then reset the job to do it again`,
    });
    await yard.reset();
    expect(await yard.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect(await yard.job()).toMatchObject({ observing: false, order: { task: '12-1' } });
  });

  it('is asked about again when the agent that was asked is lost', async () => {
    const yard = await observing();
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobTaskDispatched'] });
    expect(await yard.job()).toMatchObject({ observing: true, order: { task: '12-1' } });
  });

  it('waits for an agent to ask, where none is there', async () => {
    const yard = await dispatched(WELD);
    yard.served.clear();
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobObservationRequested'] });
    expect(await yard.look()).toEqual({});
    expect(await yard.job()).toMatchObject({ stage: 'queued', message: WAITING });
    yard.served.add('lab');
    expect(await yard.look()).toEqual({ [JOB]: ['JobTaskDispatched'] });
  });

  it('is told of while the job is paused, which stays so', async () => {
    const yard = await observing();
    await yard.tell({ type: 'PauseJob', data: {} });
    const told = { result: { state: 'done', result: { answer: 1 } } };
    expect(await yard.report(told)).toEqual({ [JOB]: ['JobTaskObserved', 'JobStepCompleted'] });
    expect(await yard.job()).toMatchObject({ stage: 'paused', ready: true });
  });

  it.each([
    ['is put to the operator, where only agents that poll are there', false, ['JobTaskLapsed', 'JobFailed']],
    [
      'is asked about where another agent can tell',
      true,
      ['JobTaskLapsed', 'JobObservationRequested', 'JobTaskDispatched'],
    ],
  ])('%s', async (_, served, events) => {
    const yard = new JobFixture({ create: WELD });
    await yard.create();
    await yard.look();
    const holder = { user: 'subcontractor', source: '10.0.0.1', session: 's' };
    const deadline = new Date(yard.now + LEASE).toISOString();
    await yard.tell({
      type: 'DispatchTask',
      data: { task: '12-1', cookie: 'polled', transport: 'poll', holder, deadline },
    });
    if (served) yard.served.add('lab');
    yard.now += LEASE;
    expect(await yard.look()).toEqual({ [JOB]: events });
  });
});

describe('a job that stands still', () => {
  it('takes a result while it is paused, and goes on when it is resumed', async () => {
    const yard = await dispatched(TWO);
    await yard.tell({ type: 'PauseJob', data: {} });
    expect(await yard.report({ result: { answer: 'first' } })).toEqual({ [JOB]: ['JobStepCompleted'] });
    expect(await yard.job()).toMatchObject({ stage: 'paused', message: 'worked' });
    expect(await yard.look()).toEqual({});
    await yard.tell({ type: 'ResumeJob', data: {} });
    expect(await yard.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await yard.job()).order?.parameters).toEqual({ name: 'first', rack: 'a' });
  });

  it('waits on for its task when it is resumed before that is done', async () => {
    const yard = await dispatched(WORK);
    await yard.tell({ type: 'PauseJob', data: {} });
    await yard.tell({ type: 'ResumeJob', data: {} });
    expect(await yard.look()).toEqual({});
    expect(await yard.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('orders its task anew when it is reset: the same one, with what holds now', async () => {
    const yard = await dispatched(WORK);
    const first = await yard.cookie();
    expect(await yard.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobStepFailed'] });
    expect(await yard.job()).toMatchObject({ stage: 'error', message: 'no disk' });
    yard.log.put(thing, 'host1', { type: 'ThingMoved', data: { rack: 'b' } });
    await yard.reset();
    expect(await yard.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    const { order, dispatch } = await yard.job();
    expect(order).toEqual({ task: '12-1', module: 'lab', function: 'work', parameters: { name: 'disk', rack: 'b' } });
    expect(dispatch?.cookie).not.toBe(first);
  });

  it('has its task sent again when the dispatch is cleared', async () => {
    const yard = await dispatched(WORK);
    const { machine, dispatch: before } = await yard.job();
    await yard.tell({ type: 'ClearDispatched', data: machine ? { machine: clearDispatched(machine) } : {} });
    expect(await yard.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    const { order, dispatch } = await yard.job();
    expect(order?.task).toBe('12-1');
    expect(dispatch?.cookie).not.toBe(before?.cookie);
  });

  it('waits for its turn again, where it was put into error before it had begun', async () => {
    const yard = new JobFixture({ create: WORK });
    await yard.create();
    await yard.tell({ type: 'FailJob', data: { message: 'a fault' } });
    expect(await yard.look()).toEqual({});
    await yard.reset();
    expect(await yard.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobStepRequested'] });
  });
});
