import { describe, expect, it } from '@jest/globals';
import { thing } from '../test/example-target.ts';
import { job } from './job.ts';
import { JobFixture } from '../test/job-fixture.suite.ts';

const SCRIPT = 'begin()\nend\n';

describe('a job that is wanted', () => {
  it('takes its target, keeps the program, and waits', async () => {
    const fixture = new JobFixture({ create: SCRIPT });
    await fixture.create();
    expect(await fixture.job()).toMatchObject({
      site: 'site1',
      target: { kind: 'Thing', id: 'host1' },
      description: 'the thing host1',
      script: 'create',
      creator: 'root',
      stage: 'waiting',
    });
    expect(await fixture.log.state(thing, 'host1')).toMatchObject({ job: 12 });
  });

  it('says that there is nothing to run where its blueprint has no script for it, and nothing otherwise', async () => {
    const note = 'There is nothing to run: blueprint "base" has no create script';
    const nothing = new JobFixture({});
    await nothing.create();
    expect(await nothing.job()).toMatchObject({ note, message: note });
    await nothing.look();
    expect((await nothing.job()).stage).toBe('ended');
    const something = new JobFixture({ create: SCRIPT });
    await something.create();
    expect(await something.job()).toMatchObject({ message: '' });
    expect(await something.job()).not.toHaveProperty('note');
  });

  it.each([
    ['unknown', 'host1', [], 'INVALID_SCRIPT'],
    ['create', 'host1', [{ type: 'ThingTaken', data: { job: 7 } }], 'JOB_EXISTS'],
    ['create', 'host2', [], 'INVALID_TARGET'],
  ])('to %s %s, after %j, is refused: %s', async (script, target, events, code) => {
    const fixture = new JobFixture({ create: SCRIPT });
    fixture.log.put(thing, 'host1', ...events);
    await expect(fixture.create(script, target)).rejects.toMatchObject({
      faults: [{ code, exception: 'ForemanException' }],
    });
    expect(fixture.log.of(job, 12)).toHaveLength(0);
  });
});
