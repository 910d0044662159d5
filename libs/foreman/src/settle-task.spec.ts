import { describe, expect, it } from '@jest/globals';
import { JobFixture, LEASE } from '../test/job-fixture.suite.ts';

const JOB = 'job-12';
const HOST = 'thing-host1';
const BLAST = 'begin()\n  done = lab.blast( name="wall" )\nend\n';

/** A job whose agent was lost with a task that nobody may do twice; and the cookie of that agent. */
async function lost(): Promise<readonly [JobFixture, string]> {
  const fixture = new JobFixture({ create: BLAST });
  fixture.served.add('lab');
  await fixture.create();
  await fixture.look();
  const cookie = await fixture.cookie();
  fixture.now += LEASE;
  expect(await fixture.look()).toEqual({ [JOB]: ['JobTaskLapsed', 'JobFailed'] });
  expect(await fixture.job()).toMatchObject({ stage: 'error', lost: { task: '12-1', cookie } });
  return [fixture, cookie];
}

describe('a task of which nobody knows what became of it', () => {
  it('was done, an operator says: the script goes on with the result', async () => {
    const [fixture] = await lost();
    expect(await fixture.settle({ answer: 'done', result: { answer: 'blasted' } })).toEqual({
      [JOB]: ['JobTaskSettled', 'JobStepCompleted', 'JobEnded'],
      [HOST]: ['ThingBuilt', 'ThingReleased'],
    });
    expect((await fixture.job()).machine?.variables).toEqual({ done: 'blasted' });
  });

  it('cannot have a result that is not that of its contract', async () => {
    const [fixture] = await lost();
    await expect(fixture.settle({ answer: 'done', result: {} })).rejects.toMatchObject({
      faults: [{ field: 'result', code: 'INVALID_RESULT', text: expect.stringContaining('answer must be JSON') }],
    });
    expect(await fixture.job()).toMatchObject({ stage: 'error', lost: { task: '12-1' } });
  });

  it('has failed, an operator says: the job stays in error, and a reset does it again with its id', async () => {
    const [fixture] = await lost();
    expect(await fixture.settle({ answer: 'failed', message: 'no powder' })).toEqual({
      [JOB]: ['JobTaskSettled', 'JobStepFailed'],
    });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no powder', lost: undefined });
    await expect(fixture.settle({ answer: 'again' })).rejects.toMatchObject({ faults: [{ code: 'NOT_LOST' }] });
    await fixture.reset();
    await fixture.look();
    expect(await fixture.job()).toMatchObject({ stage: 'queued', order: { task: '12-1' } });
  });

  it('is done again, an operator says: with its id and a fresh cookie, in the same append', async () => {
    const [fixture, cookie] = await lost();
    expect(await fixture.settle({ answer: 'again' })).toEqual({
      [JOB]: ['JobTaskSettled', 'JobReset', 'JobStepRequested', 'JobTaskDispatched'],
    });
    expect(await fixture.job()).toMatchObject({ stage: 'queued', order: { task: '12-1' }, lost: undefined });
    expect(await fixture.cookie()).not.toBe(cookie);
    // The agent that was lost comes too late.
    await expect(fixture.report({ result: { answer: 1 } }, cookie)).rejects.toThrow('Bad Cookie');
  });

  it('was done, its agent says after all: that settles it, and said again it is simply accepted', async () => {
    const [fixture, cookie] = await lost();
    const report = { result: { answer: 'late' } };
    expect(await fixture.report(report, cookie)).toEqual({
      [JOB]: ['JobTaskSettled', 'JobStepCompleted', 'JobEnded'],
      [HOST]: ['ThingBuilt', 'ThingReleased'],
    });
    expect(await fixture.report(report, cookie)).toEqual({});
  });

  it('was done, or has failed, an operator says: its agent can only repeat that', async () => {
    const [fixture, cookie] = await lost();
    await fixture.settle({ answer: 'done', result: { answer: 'blasted' } });
    expect(await fixture.report({ result: { answer: 'blasted' } }, cookie)).toEqual({});
    await expect(fixture.report({ result: { answer: 'late' } }, cookie)).rejects.toThrow('Job Not Found');
    const [other, itsCookie] = await lost();
    await other.settle({ answer: 'failed', message: 'no powder' });
    expect(await other.report({ error: 'no powder' }, itsCookie)).toEqual({});
    await expect(other.report({ result: { answer: 'late' } }, itsCookie)).rejects.toThrow('Bad Cookie');
  });

  it.each([
    ['that it has failed', { error: 'no powder' }, 'no powder'],
    ['what is no result', { result: {} }, expect.stringContaining('answer must be JSON')],
  ])('has failed where its agent says %s after all', async (_, outcome, message) => {
    const [fixture, cookie] = await lost();
    expect(await fixture.report(outcome as never, cookie)).toEqual({ [JOB]: ['JobTaskSettled', 'JobStepFailed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message, lost: undefined });
  });

  it('is settled by its own agent where another one could not tell', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  done = lab.weld( name="door" )\nend\n' });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    const cookie = await fixture.cookie();
    fixture.now += LEASE;
    await fixture.look();
    await fixture.report({ result: { state: 'unknown', reason: 'no trace' } });
    expect(await fixture.job()).toMatchObject({ stage: 'error', lost: { task: '12-1', cookie } });
    expect(await fixture.report({ result: { answer: 'late' } }, cookie)).toMatchObject({
      [JOB]: ['JobTaskSettled', 'JobStepCompleted', 'JobEnded'],
    });
  });

  it('is no question of a job that is at work', async () => {
    const fixture = new JobFixture({ create: BLAST });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    const done = { answer: 'done', result: { answer: 1 } } as const;
    await expect(fixture.settle(done)).rejects.toMatchObject({ faults: [{ code: 'NOT_LOST' }] });
  });
});
