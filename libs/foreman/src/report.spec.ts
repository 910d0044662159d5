import { beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { clearDispatched } from '#tscript';
import { job } from './job.ts';
import { JobFixture, LEASE } from '../test/job-fixture.suite.ts';

const JOB = 'job-12';
const RESULT = { result: { answer: 1 } };

describe('a report', () => {
  let fixture: JobFixture;
  beforeEach(async () => {
    fixture = new JobFixture({ create: 'begin()\n  lab.work( name="one" )\n  lab.work( name="two" )\nend\n' });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
  });

  /** The code and text of the refusal; nothing may have changed. */
  async function refused(report: Promise<unknown>): Promise<unknown> {
    const before = fixture.log.of(job, 12).length;
    const error: unknown = await report.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(fixture.log.of(job, 12)).toHaveLength(before);
    const [{ code, text, exception } = {}] = (error as Refusal).faults;
    expect(exception).toBe('ForemanException');
    return [code, text];
  }

  it('completes the step, and the next one is part of it', async () => {
    expect(await fixture.report(RESULT)).toEqual({
      [JOB]: ['JobStepCompleted', 'JobStepRequested', 'JobTaskDispatched'],
    });
    expect((await fixture.job()).order?.task).toBe('12-2');
  });

  it('counts once, however often the same is said', async () => {
    const cookie = await fixture.cookie();
    await fixture.report(RESULT, cookie);
    expect(await fixture.report(RESULT, cookie)).toEqual({});
    await fixture.report(RESULT);
    expect((await fixture.job()).stage).toBe('ended');
    expect(await fixture.report(RESULT, cookie)).toEqual({});
  });

  it('does not count where it says something else than before', async () => {
    const cookie = await fixture.cookie();
    await fixture.report(RESULT, cookie);
    expect(await refused(fixture.report({ result: { answer: 2 } }, cookie))).toEqual([
      'INVALID_RESULT',
      'Error saving job results: "Bad Cookie"',
    ]);
    expect(await refused(fixture.report({ error: 'no' }, cookie))).toEqual([
      'BAD_COOKIE',
      'Error setting job to error: "Bad Cookie"',
    ]);
  });

  it('does not count with a cookie nobody has given out', async () => {
    expect(await refused(fixture.report(RESULT, 'guessed'))).toEqual([
      'INVALID_RESULT',
      'Error saving job results: "Bad Cookie"',
    ]);
  });

  it('does not count from a user who polls and whose task it is not, with its cookie either', async () => {
    const refusal = ['INVALID_RESULT', 'Error saving job results: "Bad Cookie"'];
    // The task is on the wire.
    expect(await refused(fixture.report(RESULT, undefined, 'agent-berlin'))).toEqual(refusal);
    fixture = new JobFixture({ create: 'begin()\n  lab.work( name="one" )\nend\n' });
    await fixture.create();
    await fixture.look();
    const holder = { user: 'agent-berlin', source: '10.0.0.1', session: 's1' };
    const { task = '' } = (await fixture.job()).order ?? {};
    const data = { task, cookie: 'c1', transport: 'poll', holder, deadline: '2026-01-01T00:00:00.000Z' } as const;
    await fixture.log.execute((work) => work.decide(job, 12, { type: 'DispatchTask', data }));
    expect(await refused(fixture.report(RESULT, 'c1', 'agent-paris'))).toEqual(refusal);
    await fixture.report(RESULT, 'c1', 'agent-berlin');
    expect((await fixture.job()).stage).toBe('ended');
  });

  const lapses = async (): Promise<void> => {
    fixture.now += LEASE;
    await fixture.look();
  };
  const isTakenBack = async (): Promise<void> => {
    await fixture.tell({ type: 'FailJob', data: { message: 'a fault' } });
    await fixture.reset();
    await fixture.look();
  };
  const isCleared = async (): Promise<void> => {
    await fixture.tell({ type: 'ClearDispatched', data: { machine: clearDispatched((await fixture.job()).machine!) } });
    await fixture.look();
  };
  it.each([
    ['lapses', lapses],
    ['is taken back by a reset', isTakenBack],
    ['is cleared', isCleared],
  ])('of a dispatch that %s is accepted, once another one has said the same, and changes nothing', async (_, goes) => {
    const cookies = [await fixture.cookie()];
    await goes();
    cookies.push(await fixture.cookie());
    await goes();
    expect(new Set([...cookies, await fixture.cookie()]).size).toBe(3);
    const refusal = ['INVALID_RESULT', 'Error saving job results: "Bad Cookie"'];
    for (const cookie of cookies) expect(await refused(fixture.report(RESULT, cookie))).toEqual(refusal);
    await fixture.report(RESULT);
    for (const cookie of cookies) {
      expect(await fixture.report(RESULT, cookie)).toEqual({});
      expect(await refused(fixture.report({ result: { answer: 2 } }, cookie))).toEqual(refusal);
    }
    // The next task is another one, whatever it comes to.
    await fixture.report({ result: { answer: 2 } });
    expect((await fixture.job()).stage).toBe('ended');
    for (const cookie of cookies) expect(await fixture.report(RESULT, cookie)).toEqual({});
  });

  it('of a dispatch that lapsed is held against what counts in the end', async () => {
    const cookie = await fixture.cookie();
    await lapses();
    await fixture.report({ error: 'no disk' });
    expect(await fixture.report({ error: 'no disk' }, cookie)).toEqual({});
    await fixture.reset();
    await fixture.look();
    await fixture.report(RESULT);
    expect(await fixture.report(RESULT, cookie)).toEqual({});
    await refused(fixture.report({ error: 'no disk' }, cookie));
  });

  it('does not count where no task is out', async () => {
    fixture = new JobFixture({ create: 'begin()\n  lab.work( name="one" )\nend\n' });
    await fixture.create();
    await fixture.look();
    expect(await refused(fixture.report(RESULT, ''))).toEqual([
      'INVALID_RESULT',
      'Error saving job results: "Bad Cookie"',
    ]);
  });

  it.each([
    ['that is over', 'ended'],
    ['that is not there', 'nowhere'],
  ])('is of a job %s', async (_, where) => {
    if (where === 'nowhere') fixture = new JobFixture({});
    else {
      await fixture.report(RESULT);
      await fixture.report(RESULT);
    }
    expect(await refused(fixture.report(RESULT, 'guessed'))).toEqual([
      'JOB_NOT_FOUND',
      'Error saving job results: "Job Not Found"',
    ]);
    expect(await refused(fixture.report({ error: 'no' }, 'guessed'))).toEqual([
      'JOB_NOT_FOUND',
      'Error setting job to error: "Job Not Found"',
    ]);
  });

  it.each([
    [{ nothing: 1 }, 'answer must be JSON, and is missing'],
    [{}, 'answer must be JSON, and is missing'],
  ])('whose result is not that of the contract (%j) is a fault of the task, once', async (result, fault) => {
    const cookie = await fixture.cookie();
    const message = `lab.work: the agent's result of work is not that of the contract: ${fault}`;
    expect(await fixture.report({ result }, cookie)).toEqual({ [JOB]: ['JobStepFailed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message, retry: '12-1', dispatch: undefined });
    expect(await fixture.report({ result }, cookie)).toEqual({});
    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order?.task).toBe('12-1');
    expect(await fixture.report(RESULT)).toMatchObject({ [JOB]: expect.arrayContaining(['JobStepCompleted']) });
  });

  it('of a failure puts the job into error, and counts once too', async () => {
    const cookie = await fixture.cookie();
    expect(await fixture.report({ error: 'no disk' }, cookie)).toEqual({ [JOB]: ['JobStepFailed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no disk', retry: '12-1' });
    expect(await fixture.report({ error: 'no disk' }, cookie)).toEqual({});
    expect(await refused(fixture.report(RESULT, cookie))).toEqual([
      'INVALID_RESULT',
      'Error saving job results: "Bad Cookie"',
    ]);
  });

  it('is taken of a job in error, which stays there', async () => {
    await fixture.tell({ type: 'FailJob', data: { message: 'a fault' } });
    expect(await fixture.report(RESULT)).toEqual({ [JOB]: ['JobStepCompleted'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'worked' });
  });
});
