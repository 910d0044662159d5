import { describe, expect, it } from '@jest/globals';
import { thing } from '../test/example-target.ts';
import { JobFixture } from '../test/job-fixture.suite.ts';

const JOB = 'job-12';
const HOST = 'thing-host1';

async function begun(script: string): Promise<JobFixture> {
  const fixture = new JobFixture({ create: script });
  await fixture.create();
  await fixture.look();
  return fixture;
}

describe('a pass over a script', () => {
  it.each([
    ['paused where it pauses', 'pause( msg="look at it" )', 'paused', 'look at it'],
    ['in error where it raises one', 'error( msg="no disk" )', 'error', 'no disk'],
    ['aborted where it is over', 'fatal_error( msg="no hope" )', 'aborted', 'no hope'],
    ['aborted where it wants what is not there', 'lab.nothing()', 'aborted', 'Not Defined "lab" of "nothing" line 2'],
    ['queued where it only says something', 'message( msg="hello" )', 'queued', 'hello'],
  ])('leaves the job %s', async (_, line, stage, message) => {
    const fixture = await begun(`begin()\n  ${line}\nend\n`);
    expect(await fixture.job()).toMatchObject({ stage, message });
  });

  it('goes on behind a pause when the job is resumed', async () => {
    const fixture = await begun('begin()\n  pause( msg="look at it" )\nend\n');
    await fixture.tell({ type: 'ResumeJob', data: {} });
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobEnded'] });
  });

  it('goes on behind an error when the job is reset', async () => {
    const fixture = await begun('begin()\n  error( msg="no disk" )\nend\n');
    await fixture.reset();
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobEnded'] });
  });

  it('goes on behind what it said at the next look', async () => {
    const fixture = await begun('begin()\n  message( msg="hello" )\nend\n');
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobEnded'] });
  });

  it('ends where its share is used up, and goes on from there', async () => {
    const fixture = await begun('begin()\n  count = 0\n  while ( count < 60000 ) do count = ( count + 1 )\nend\n');
    expect(await fixture.job()).toMatchObject({ stage: 'queued', message: 'running at line 3' });
    let looks = 0;
    while ((await fixture.job()).stage === 'queued') {
      await fixture.look();
      looks += 1;
      expect(looks).toBeLessThan(20);
    }
    expect(await fixture.job()).toMatchObject({ stage: 'ended', machine: { variables: { count: 60_000 } } });
  });

  it('leaves an aborted job with its target', async () => {
    const fixture = await begun('begin()\n  fatal_error( msg="no hope" )\nend\n');
    expect(await fixture.look()).toEqual({});
    expect(await fixture.log.state(thing, 'host1')).toMatchObject({ built: false, job: 12 });
  });

  it('sees its target', async () => {
    const fixture = await begun('begin()\n  pause( msg=( "in rack " . thing.rack ) )\nend\n');
    expect((await fixture.job()).message).toBe('in rack a');
  });

  it('runs the program the job began with, whatever becomes of the script', async () => {
    const fixture = await begun('begin()\n  pause( msg="one" )\n  pause( msg="two" )\nend\n');
    fixture.log.put({ category: 'script' }, 'create', { type: 'ScriptRewritten', data: { text: 'begin()\nend\n' } });
    await fixture.tell({ type: 'ResumeJob', data: {} });
    await fixture.look();
    expect((await fixture.job()).message).toBe('two');
  });
});

describe('a fault of a platform', () => {
  const mended = { type: 'ThingMoved', data: { rack: 'b' } } as const;

  it.each(['setup', 'task', 'receive'])('in %s is the error of the job, and a reset goes on there', async (stage) => {
    const fixture = new JobFixture({ create: `begin()\n  answer = lab.fragile( stage="${stage}" )\nend\n` });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    if (stage === 'receive') await fixture.report({ result: { answer: 1 } });
    const message = `lab.fragile: no idea in ${stage}`;
    expect(await fixture.job()).toMatchObject({ stage: 'error', message, order: undefined, dispatch: undefined });
    expect(await fixture.look()).toEqual({});

    // As long as the fault is there it is told again, once for each reset.
    await fixture.reset();
    await fixture.look();
    if (stage === 'receive') await fixture.report({ result: { answer: 1 } });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message });

    fixture.log.put(thing, 'host1', mended);
    await fixture.reset();
    await fixture.look();
    expect((await fixture.job()).order?.task).toBe('12-1');
    expect(await fixture.report({ result: { answer: 2 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
    expect((await fixture.job()).machine?.variables).toEqual({ answer: 2 });
  });
});

describe('what a script does to its target', () => {
  const FULL = { stage: 'error', message: 'rack: there is no room in it' };

  it('comes to nothing where it is refused: the job is in error, and a reset does it again', async () => {
    const fixture = await begun('begin()\n  thing.rack = "b"\n  thing.rack = "full"\nend\n');
    expect(await fixture.job()).toMatchObject(FULL);
    expect(await fixture.log.state(thing, 'host1')).toMatchObject({ rack: 'a', job: 12 });
    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobFailed'] });
    expect(await fixture.job()).toMatchObject(FULL);
  });

  it('is refused after a task whose result counts nevertheless', async () => {
    const fixture = new JobFixture({
      create: 'begin()\n  rack = lab.work( name="one" )\n  thing.rack = rack\nend\n',
    });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    expect(await fixture.report({ result: { answer: 'full' } })).toEqual({ [JOB]: ['JobStepCompleted', 'JobFailed'] });
    expect(await fixture.job()).toMatchObject({ ...FULL, dispatch: undefined });
  });
});

describe('the end of a job', () => {
  it('comes to nothing where its effect is refused: the job is in error, and a reset tries it again', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  delay( seconds=1 )\nend\n' });
    await fixture.create();
    await fixture.look();
    fixture.now += 1000;
    // The thing has come into other hands.
    fixture.log.put(thing, 'host1', { type: 'ThingTaken', data: { job: 99 } });
    expect(await fixture.look()).toEqual({ [JOB]: ['JobFailed'] });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'target has an existing job' });

    fixture.log.put(thing, 'host1', { type: 'ThingTaken', data: { job: 12 } });
    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobEnded'], [HOST]: ['ThingBuilt', 'ThingReleased'] });
  });
});
