import { describe, expect, it } from '@jest/globals';
import { job } from './job.ts';
import { JobFixture, LEASE } from '../test/job-fixture.suite.ts';

const JOB = 'job-12';
const HOST = 'thing-host1';

describe('a task that can be observed, whose agent was lost', () => {
  const WELD = 'begin()\n  done = lab.weld( name="door" )\nend\n';
  const WAITING = 'Waiting for an agent to tell what became of lab.weld (task 12-1)';
  const LOST = 'Nobody knows what became of lab.weld (task 12-1)';
  const observing = async () => {
    const fixture = await JobFixture.dispatched(WELD);
    fixture.now += LEASE;
    await fixture.look();
    return fixture;
  };

  it('is asked about by its id, with a fresh cookie', async () => {
    const fixture = await JobFixture.dispatched(WELD);
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

  it.each([
    ['done', { answer: 'welded' }, { result: { answer: 'welded' } }, { result: { answer: 'torn' } }],
    ['failed', undefined, { error: 'no gas' }, { result: { answer: 'welded' } }],
  ])('has its agents only repeat that it was %s', async (state, result, same, other) => {
    const fixture = await JobFixture.dispatched(WELD);
    const lost = await fixture.cookie();
    const look = async () => {
      fixture.now += LEASE;
      await fixture.look();
      return fixture.cookie();
    };
    const asked = await look();
    await look();
    const told = { result: { state, result: result ?? null, reason: 'no gas' } };
    await fixture.report(told);
    const before = fixture.log.of(job, 12).length;
    expect(await fixture.report(told, asked)).toEqual({});
    expect(await fixture.report(same, lost)).toEqual({});
    await expect(fixture.report(same, asked)).rejects.toThrow(/Bad Cookie|Job Not Found/);
    await expect(fixture.report(other, lost)).rejects.toThrow(/Bad Cookie|Job Not Found/);
    expect(fixture.log.of(job, 12)).toHaveLength(before);
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
    const fixture = await JobFixture.dispatched(WELD);
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
