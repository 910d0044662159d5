import { describe, expect, it } from '@jest/globals';
import { JobFixture } from '../test/job-fixture.suite.ts';
import { signalCookie } from './signaling-module.ts';

const JOB = 'job-12';
const BOOT = `begin()
  signaling.reset( pxe_name="disk-wipe" )
  before = signaling.complete
  signaling.wait_for_completion()
  after = signaling.complete
  signaling.reset( pxe_name="linux-installer" )
  signaling.wait_for_completion()
end
`;
const WELD = 'begin()\n  done = lab.weld( name="seam" )\nend\n';

async function begun(script: string): Promise<JobFixture> {
  const fixture = new JobFixture({ create: script });
  fixture.served.add('lab');
  await fixture.create();
  await fixture.look();
  return fixture;
}

describe('a script that waits for a machine it has booted', () => {
  it('goes on when that says so, once for each time it was booted', async () => {
    const fixture = await begun(BOOT);
    expect(await fixture.job()).toMatchObject({
      stage: 'queued',
      message: 'Waiting for Complete Signal',
      signal: { pxe: 'disk-wipe', complete: false },
    });
    expect(await fixture.look()).toEqual({});

    expect(await fixture.tell({ type: 'SignalComplete', data: {} })).toEqual({ [JOB]: ['JobSignalReceived'] });
    expect(await fixture.tell({ type: 'SignalComplete', data: {} })).toEqual({});
    expect(await fixture.look()).toEqual({ [JOB]: ['JobSignalAwaited', 'JobWaited'] });
    expect((await fixture.job()).machine?.variables).toEqual({ before: false, after: true });
    expect(await fixture.look()).toEqual({});

    await fixture.tell({ type: 'SignalComplete', data: {} });
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobEnded'] });
  });

  it('loses no signal that comes before it waits', async () => {
    const fixture = new JobFixture({ create: 'signaling.wait_for_completion()\n' });
    await fixture.create();
    await fixture.tell({ type: 'SignalComplete', data: {} });
    expect(await fixture.look()).toMatchObject({ [JOB]: ['JobStarted', 'JobEnded'] });
  });

  it('loses none while it is paused or in error', async () => {
    const fixture = await begun(BOOT);
    await fixture.tell({ type: 'PauseJob', data: {} });
    await fixture.tell({ type: 'SignalAlert', data: { message: 'no disk' } });
    await fixture.tell({ type: 'SignalComplete', data: {} });
    expect(await fixture.look()).toEqual({});
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no disk' });
    await fixture.reset();
    expect(await fixture.look()).toEqual({ [JOB]: ['JobSignalAwaited', 'JobWaited'] });
  });

  it('waits on where it was reset without one', async () => {
    const fixture = await begun(BOOT);
    await fixture.tell({ type: 'SignalAlert', data: { message: 'no disk' } });
    await fixture.reset();
    await fixture.look();
    expect(await fixture.job()).toMatchObject({ stage: 'queued', message: 'Waiting for Complete Signal' });
  });

  it.each([
    ['signaling.reset()', 'Paramater Error paramater "pxe_name": required'],
    ['signaling.reset( pxe_name="a", other=1 )', 'Paramater Error paramater "other": is not known'],
    ['signaling.wait_for_completion( seconds=1 )', 'Paramater Error paramater "seconds": is not known'],
    [
      'signaling.complete = true',
      'Paramater Error paramater "target" line 1: "signaling" of "complete" is not settable',
    ],
  ])('is told what %s lacks', async (script, message) => {
    const fixture = await begun(`${script}\n`);
    expect(await fixture.job()).toMatchObject({ stage: 'aborted', message });
  });

  it('is signalled by the number of the job and the PXE it has named', () => {
    expect(signalCookie(2, { pxe: 'disk' })).toBe('2(disk)');
    expect(signalCookie(2, { pxe: null })).toBe('2(None)');
  });
});

describe('a job that is rolled back', () => {
  it('undoes the call at which it stands, and makes it again, with tasks of their own', async () => {
    const fixture = await begun(WELD);
    await fixture.report({ error: 'no gas' });
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no gas' });
    const before = (await fixture.job()).machine?.cookie;

    expect(await fixture.rollBack()).toEqual({ [JOB]: ['JobRolledBack'] });
    expect(await fixture.job()).toMatchObject({ stage: 'queued', message: 'no gas' });
    expect((await fixture.job()).machine?.cookie).not.toBe(before);
    expect(await fixture.look()).toEqual({ [JOB]: ['JobStepRequested', 'JobTaskDispatched'] });
    expect((await fixture.job()).order).toMatchObject({
      task: '12-2',
      function: 'unweld',
      parameters: { name: 'seam' },
    });

    await fixture.report({ result: { undone: true } });
    expect((await fixture.job()).order).toMatchObject({ task: '12-3', function: 'weld' });
    expect(await fixture.report({ result: { answer: 1 } })).toMatchObject({ [JOB]: ['JobStepCompleted', 'JobEnded'] });
  });

  it('tries again to undo, where that has failed and it is reset', async () => {
    const fixture = await begun(WELD);
    await fixture.report({ error: 'no gas' });
    await fixture.rollBack();
    await fixture.look();
    await fixture.report({ error: 'still no gas' });
    await fixture.reset();
    await fixture.look();
    expect((await fixture.job()).order).toMatchObject({ task: '12-2', function: 'unweld' });
  });

  it.each([
    ['a built-in function that has stopped it', 'error( msg="stop" )\n', 'Rollback not possible'],
    ['a function that has nothing for it', 'lab.blast( name="wall" )\n', 'Rollback not possible'],
    ['a function that refuses', 'lab.weld( name="for ever" )\n', 'Rollback not possible'],
  ])('stays in error at %s', async (_, script, answer) => {
    const fixture = await begun(script);
    if ((await fixture.job()).dispatch) await fixture.report({ error: 'no' });
    await expect(fixture.rollBack()).rejects.toThrow(`Unable to rollback "${answer}"`);
    expect((await fixture.job()).stage).toBe('error');
  });

  it('stays in error where its script has not begun, and as it is where it is not in error', async () => {
    const fixture = new JobFixture({ create: WELD });
    await fixture.create();
    await expect(fixture.rollBack()).rejects.toThrow('Can only rollback a job if it is in error');
    await fixture.tell({ type: 'FailJob', data: { message: 'broken' } });
    await expect(fixture.rollBack()).rejects.toThrow('Unable to rollback "Script not Running"');
  });
});
