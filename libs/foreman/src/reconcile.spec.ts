import { describe, expect, it } from '@jest/globals';
import { thing } from '../test/example-target.ts';
import { clearDispatched } from '#tscript';
import { LEASE, JobFixture } from '../test/job-fixture.suite.ts';

const WORK = 'begin()\n  done = lab.work( name="disk" )\nend\n';
const BLAST = 'begin()\n  lab.blast( name="wall" )\nend\n';
const TWO = 'begin()\n  one = lab.work( name="one" )\n  two = lab.work( name=one )\nend\n';

const JOB = 'job-12';
const HOST = 'thing-host1';

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
    const fixture = await JobFixture.dispatched(TWO);
    const written = await fixture.report({ result: { answer: 'first' } });
    expect(written).toEqual({ [JOB]: ['JobStepCompleted', 'JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order).toMatchObject({ task: '12-2', parameters: { name: 'first' } });
  });

  it('and stores the machine of its script once for each step', async () => {
    const fixture = await JobFixture.dispatched(TWO);
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
    const fixture = await JobFixture.dispatched(WORK);
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
    const fixture = await JobFixture.dispatched(WORK);
    fixture.served.clear();
    fixture.now += LEASE;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'queued', order: { task: '12-1' }, dispatch: undefined });
  });

  it('is put to the operator, where the task may not be repeated', async () => {
    const fixture = await JobFixture.dispatched(BLAST);
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

describe('a job that stands still', () => {
  it('takes a result while it is paused, and goes on when it is resumed', async () => {
    const fixture = await JobFixture.dispatched(TWO);
    await fixture.tell({ type: 'PauseJob', data: {} });
    expect(await fixture.report({ result: { answer: 'first' } })).toEqual({ [JOB]: ['JobStepCompleted'] });
    expect(await fixture.job()).toMatchObject({ stage: 'paused', message: 'worked' });
    expect(await fixture.look()).toEqual({});
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order?.parameters).toEqual({ name: 'first', rack: 'a' });
  });

  it('waits on for its task when it is resumed before that is done', async () => {
    const fixture = await JobFixture.dispatched(WORK);
    await fixture.tell({ type: 'PauseJob', data: {} });
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toEqual({});
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('orders its task anew when it is reset: the same one, with what holds now', async () => {
    const fixture = await JobFixture.dispatched(WORK);
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
    const fixture = await JobFixture.dispatched(WORK);
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
