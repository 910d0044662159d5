import { describe, expect, it } from '@jest/globals';
import { JobFixture } from '../test/job-fixture.suite.ts';

const WORK = 'begin()\n  done = lab.work( name="disk" )\nend\n';
const JOB = 'job-12';
const HOST = 'thing-host1';

describe('a job begins with the append that makes it', () => {
  it('as far as its first task, which is handed out where somebody serves it', async () => {
    const fixture = new JobFixture({ create: WORK });
    fixture.served.add('lab');
    expect(await fixture.createAndBegin()).toMatchObject({
      [HOST]: ['ThingTaken', 'ThingLocated'],
      [JOB]: ['JobCreated', 'JobStarted', 'JobStepRequested', 'JobTaskDispatched'],
    });
    const { state, ...begun } = fixture.begun ?? {};
    expect(begun).toEqual({ id: 12, revision: 3 });
    expect(state).toEqual(await fixture.job());
    expect(await fixture.look()).toEqual({});
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('or to the time it waits for', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  delay( seconds=30 )\nend\n' });
    expect(await fixture.createAndBegin()).toMatchObject({ [JOB]: ['JobCreated', 'JobStarted', 'JobWaited'] });
    expect(fixture.begun?.state.wakeAt).toBeDefined();
  });

  it.each([
    ['its target is not ready', WORK, false],
    ['its script has nothing to do', '# nothing\n', true],
    ['its script fails', 'begin()\n  done = lab.fragile( stage="setup" )\nend\n', true],
    ['its script wants an operator', 'begin()\n  pause( msg="look" )\nend\n', true],
  ])('not where %s: it waits for a look', async (_, create, ready) => {
    const fixture = new JobFixture({ create }, ready);
    expect(await fixture.createAndBegin()).toMatchObject({ [HOST]: ['ThingTaken'], [JOB]: ['JobCreated'] });
    expect(fixture.begun).toBeUndefined();
    expect((await fixture.job()).stage).toBe('waiting');
  });
});
