import { describe, expect, it } from '@jest/globals';
import { thing } from '../test/example-target.ts';
import { JobFixture, LEASE } from '../test/job-fixture.suite.ts';

const WORK = 'begin()\n  lab.work( name="disk" )\nend\n';
const JOB = 'job-12';
const HOST = 'thing-host1';

interface Standing {
  readonly script?: string;
  /** Whether the thing is there as soon as a job wants it. */
  readonly byItself?: boolean;
  /** Whether an agent takes its tasks. */
  readonly served?: boolean;
  readonly prepared?: (fixture: JobFixture) => Promise<unknown>;
}

const STANDINGS: readonly (readonly [string, Standing])[] = [
  ['waiting', { byItself: false }],
  ['queued, with a task that nobody has taken', {}],
  ['queued, in a delay', { script: 'begin()\n  delay( seconds=10 )\nend\n' }],
  ['at an agent', { served: true }],
  ['paused', { served: true, prepared: (fixture) => fixture.tell({ type: 'PauseJob', data: {} }) }],
  ['in error', { served: true, prepared: (fixture) => fixture.report({ error: 'no disk' }) }],
  ['aborted', { script: 'begin()\n  lab.wrok( name="disk" )\nend\n' }],
];

async function standing({ script = WORK, byItself = true, served = false, prepared }: Standing): Promise<JobFixture> {
  const fixture = new JobFixture({ create: script }, byItself);
  if (served) fixture.served.add('lab');
  await fixture.create();
  await fixture.look();
  await prepared?.(fixture);
  return fixture;
}

describe('a job is cancelled', () => {
  it.each(STANDINGS)('where it is %s: its target is free, and stays as it was', async (_, where) => {
    const fixture = await standing(where);
    const before = await fixture.log.state(thing, 'host1');
    expect(await fixture.cancel()).toEqual({ [JOB]: ['JobCanceled'], [HOST]: ['ThingReleased'] });
    expect(await fixture.log.state(thing, 'host1')).toEqual({ ...before, job: undefined });
    expect(await fixture.job()).toMatchObject({ stage: 'ended', order: undefined, dispatch: undefined });
    // Nothing goes on of it, however long one waits.
    fixture.now += 10 * LEASE;
    expect(await fixture.look()).toEqual({});
    await expect(fixture.cancel()).rejects.toThrow('Job Not Found');
  });

  it('and what an agent says of its task counts no more', async () => {
    const fixture = await standing({ served: true });
    const cookie = await fixture.cookie();
    await fixture.cancel();
    await expect(fixture.report({ result: { answer: 1 } }, cookie)).rejects.toThrow('Job Not Found');
  });

  it('and another one may be made at once', async () => {
    const fixture = await standing({ served: true });
    await fixture.cancel();
    expect(await fixture.create('create', 'host1', 13)).toMatchObject({ 'job-13': ['JobCreated'] });
  });

  it('only where it is there', async () => {
    await expect(new JobFixture({}).cancel()).rejects.toThrow('Job Not Found');
  });
});
