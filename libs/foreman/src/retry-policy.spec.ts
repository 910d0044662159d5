import { describe, expect, it } from '@jest/globals';
import { NO_RETRY } from '#platform';
import { JobFixture } from '../test/job-fixture.suite.ts';
import { MAX_PAUSE_S, MAX_TIMES, policyIn } from './retry-policy.ts';

const JOB = 'job-12';
const WORK = 'begin()\n  done = lab.work( name="disk" )\nend\n';
const TWICE = { times: 2, firstMs: 1000, maxMs: 1500 };

async function dispatched(script = WORK, config: Readonly<Record<string, unknown>> = {}): Promise<JobFixture> {
  const fixture = new JobFixture({ create: script }, true, config);
  fixture.retry = TWICE;
  fixture.served.add('lab');
  await fixture.create();
  await fixture.look();
  return fixture;
}

describe('a task that fails', () => {
  it('is done once more after each pause, with its id and a fresh cookie, and then is an error of its job', async () => {
    const fixture = await dispatched();
    const cookies = [await fixture.cookie()];
    for (const [retry, pause] of [
      [1, 1000],
      [2, 1500],
    ] as const) {
      expect(await fixture.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobRetryScheduled'] });
      const at = new Date(fixture.now + pause).toISOString();
      expect(await fixture.job()).toMatchObject({
        stage: 'queued',
        message: `no disk (${retry} of 2 retries at ${at})`,
        wakeAt: at,
        order: undefined,
      });
      fixture.now += pause - 1;
      expect(await fixture.look()).toEqual({});
      fixture.now += 1;
      expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
      expect((await fixture.job()).order).toMatchObject({ task: '12-1', function: 'work' });
      cookies.push(await fixture.cookie());
    }
    expect(new Set(cookies).size).toBe(3);
    expect(await fixture.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobStepFailed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no disk' });
    // Reset, it has all of them again.
    await fixture.reset();
    await fixture.look();
    expect(await fixture.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobRetryScheduled'] });
  });

  it('is done as often again with each task', async () => {
    const fixture = await dispatched('begin()\n  one = lab.work( name="a" )\n  two = lab.work( name="b" )\nend\n');
    for (const _ of ['one', 'two']) {
      await fixture.report({ error: 'no disk' });
      fixture.now += 1000;
      await fixture.look();
      await fixture.report({ result: { answer: 1 } });
    }
    expect((await fixture.job()).stage).toBe('ended');
  });

  it('is an error at once where its job is paused, and where what it has answered is no result', async () => {
    const fixture = await dispatched();
    await fixture.tell({ type: 'PauseJob', data: {} });
    expect(await fixture.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobStepFailed'] });
    const wrong = await dispatched();
    expect(await wrong.report({ result: {} })).toEqual({ [JOB]: ['JobStepFailed'] });
  });

  it('is reported twice and counts once', async () => {
    const fixture = await dispatched();
    const cookie = await fixture.cookie();
    await fixture.report({ error: 'no disk' }, cookie);
    expect(await fixture.report({ error: 'no disk' }, cookie)).toEqual({});
  });

  it('waits no longer than its block may take', async () => {
    const fixture = await dispatched("begin( max_time=0:10 )\n  lab.work( name='disk' )\nend\n");
    fixture.retry = { times: 1, firstMs: 60_000, maxMs: 60_000 };
    await fixture.report({ error: 'no disk' });
    fixture.now += 10_001;
    expect(await fixture.look()).toEqual({ [JOB]: ['JobPaused'] });
  });

  it('is done as often as the configuration of its target says, whatever the contract has', async () => {
    const never = await dispatched(WORK, { task_retry: { 'lab.work': { times: 0 } } });
    expect(await never.report({ error: 'no disk' })).toEqual({ [JOB]: ['JobStepFailed'] });
    const soon = await dispatched(WORK, { task_retry: { lab: { times: 1, first: 0.5 } } });
    await soon.report({ error: 'no disk' });
    expect((await soon.job()).wakeAt).toBe(new Date(soon.now + 500).toISOString());
    const odd = await dispatched(WORK, { task_retry: { lab: { times: 'often' } } });
    await odd.report({ error: 'no disk' });
    expect((await odd.job()).message).toBe(
      'no disk (not done once more: times of lab in task_retry is no number from 0 to 100)',
    );
  });
});

describe('what a configuration says of retries', () => {
  const order = { task: '12-1', module: 'lab', function: 'work', parameters: {} };

  it.each([
    [undefined, NO_RETRY, NO_RETRY],
    [null, TWICE, TWICE],
    [{ other: { times: 9 } }, TWICE, TWICE],
    [{ lab: { times: 9 } }, TWICE, { ...TWICE, times: 9 }],
    [{ lab: { times: 9 }, 'lab.work': { times: 1 } }, TWICE, { ...TWICE, times: 1 }],
    [{ lab: { times: 3 } }, NO_RETRY, { times: 3, firstMs: 5000, maxMs: 300_000 }],
    [{ lab: { times: 3, first: 600 } }, NO_RETRY, { times: 3, firstMs: 600_000, maxMs: 600_000 }],
    [{ lab: { first: 2, max: 4 } }, TWICE, { times: 2, firstMs: 2000, maxMs: 4000 }],
    ['often', TWICE, { fault: 'task_retry is no map' }],
    [{ lab: 3 }, TWICE, { fault: 'lab in task_retry is no map' }],
    [{ lab: { times: MAX_TIMES + 1 } }, TWICE, { fault: 'times of lab in task_retry is no number from 0 to 100' }],
    [{ lab: { times: 1.5 } }, TWICE, { fault: 'times of lab in task_retry is no number from 0 to 100' }],
    [
      { lab: { times: 1, first: MAX_PAUSE_S + 1 } },
      TWICE,
      { fault: 'a pause of lab in task_retry is no number of seconds from 0 to 86400' },
    ],
  ])('%j beside %j is %j', (value, declared, found) => {
    expect(policyIn(value, order, declared)).toEqual(found);
  });
});
