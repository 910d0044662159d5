import { describe, expect, it } from '@jest/globals';
import { atOnce, inSlices } from './in-slices.ts';

/** Work of so many steps, each of some milliseconds. */
function* work(steps: number, milliseconds: number): Generator<void, string> {
  for (let step = 0; step < steps; step += 1) {
    for (const end = performance.now() + milliseconds; performance.now() < end;);
    yield;
  }
  return 'done';
}

describe('work in slices', () => {
  it('lets others have their turn', async () => {
    const turns: string[] = [];
    const others = (): void => {
      if (turns.push('others') < 3) setImmediate(others);
    };
    setImmediate(others);
    expect(await inSlices(work(8, 15))).toBe('done');
    expect(turns.length).toBe(3);
  });

  it('ends in what it throws', async () => {
    const failing = function* (): Generator<void, string> {
      yield;
      throw new Error('no');
    };
    await expect(inSlices(failing())).rejects.toThrow('no');
    expect(() => atOnce(failing())).toThrow('no');
  });

  it('comes to the same without a pause', () => {
    expect(atOnce(work(3, 0))).toBe('done');
  });
});
