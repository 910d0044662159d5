import { describe, expect, it } from '@jest/globals';
import { JobFixture, LEASE } from '../test/job-fixture.suite.ts';

const JOB = 'job-12';

describe('a block with a maximum time', () => {
  const SHORT = "begin( max_time=0:10 )\n  one = lab.work( name='one' )\n  two = lab.work( name='two' )\nend\n";
  const over = async () => {
    const fixture = await JobFixture.dispatched(SHORT);
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
