import { describe, expect, it } from '@jest/globals';
import { foundation } from '#building';
import { job } from './job.ts';
import { JobFixture } from '../test/job-fixture.suite.ts';

const SCRIPT = 'begin()\nend\n';
const BUILT = [
  { type: 'FoundationLocated', data: {} },
  { type: 'FoundationBuilt', data: { job: 1 } },
];

describe('a job for a foundation', () => {
  it('takes it, keeps the program, and waits', async () => {
    const yard = new JobFixture({ create: SCRIPT });
    await yard.create();
    expect(await yard.job()).toMatchObject({
      site: 'site1',
      target: { kind: 'Foundation', id: 'host1' },
      script: 'create',
      creator: 'root',
      stage: 'waiting',
    });
    expect(await yard.log.state(foundation, 'host1')).toMatchObject({ value: { job: { job: 12, script: 'create' } } });
  });

  it.each([
    ['create', [], 'made'],
    ['create', BUILT, 'ALLREADY_BUILT'],
    ['destroy', [], 'NOT_BUILT'],
    ['destroy', BUILT, 'made'],
    ['check', [], 'NOT_BUILT'],
    ['check', BUILT, 'made'],
    ['unknown', BUILT, 'INVALID_SCRIPT'],
    ['create', [{ type: 'FoundationTaken', data: { job: 7, script: 'create' } }], 'JOB_EXISTS'],
    ['create', [{ type: 'FoundationClosed', data: {} }], 'INVALID_TARGET'],
  ])('to %s it, after %j: %s', async (script, events, answer) => {
    const yard = new JobFixture({ create: SCRIPT, destroy: SCRIPT, check: SCRIPT });
    yard.log.put(foundation, 'host1', ...events);
    const wish = yard.create(script);
    if (answer === 'made') {
      await wish;
      expect(yard.log.of(job, 12)).toHaveLength(1);
    } else {
      await expect(wish).rejects.toMatchObject({ faults: [{ code: answer, exception: 'ForemanException' }] });
      expect(yard.log.of(job, 12)).toHaveLength(0);
    }
  });
});
