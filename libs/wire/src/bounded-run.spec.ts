import { describe, expect, it } from '@jest/globals';
import { boundedRun, GRACE_MS, MAX_MAX_MS, maxMsOf, USUAL_MAX_MS } from './bounded-run.ts';
import type { Outcome } from './wire.ts';

const limits = { maxMs: 60_000, name: 'ipmi.power' };
const done: Outcome = { result: { power: 'on' } };
/** Ends when its signal aborts, in the given way. */
const untilAborted =
  (then: () => Outcome) =>
  (signal: AbortSignal): Promise<Outcome> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(then()), { once: true }));
const late = { error: 'ipmi.power was stopped: it took longer than 0.01 s' };

describe('a bounded run', () => {
  it('ends with the outcome of its function', async () => {
    expect(await boundedRun(async () => done, limits).ended).toEqual(done);
  });

  it('aborts its signal at its longest time, with the reason', async () => {
    const run = boundedRun(
      untilAborted(() => ({ error: 'aborted' })),
      { ...limits, maxMs: 10 },
    );
    expect(await run.ended).toEqual(late);
    expect(run.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'it took longer than 0.01 s' });
  });

  it('takes a result that is reached all the same', async () => {
    expect(
      await boundedRun(
        untilAborted(() => done),
        { ...limits, maxMs: 10 },
      ).ended,
    ).toEqual(done);
  });

  it('leaves behind what does not heed its signal', async () => {
    const run = boundedRun(() => new Promise(() => undefined), { ...limits, maxMs: 10, graceMs: 10 });
    expect(await run.ended).toEqual(late);
    expect(GRACE_MS).toBe(10_000);
  });

  it('has no outcome where it was given up, whatever its function does', async () => {
    const run = boundedRun(
      untilAborted(() => done),
      limits,
    );
    run.giveUp('the agent stops');
    expect(await run.ended).toBeUndefined();
    expect(run.signal.reason).toMatchObject({ name: 'AbortError', message: 'the agent stops' });
  });

  it.each([
    [undefined, USUAL_MAX_MS],
    [5000, 5000],
    [({ timeout }: Readonly<Record<string, unknown>>) => Number(timeout) * 1000, 7000],
    [() => Number.NaN, USUAL_MAX_MS],
    [Infinity, MAX_MAX_MS],
    [0, USUAL_MAX_MS],
  ])('its longest time where %p is said', (said, expected) => {
    expect(maxMsOf(said, { timeout: 7 })).toBe(expected);
  });
});
