import { describe, expect, it } from '@jest/globals';
import { finishedDispatches } from './finished-dispatches.ts';

const cookies = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('the dispatches that an agent has finished', () => {
  it('are remembered, the latest thousand', () => {
    const finished = finishedDispatches();
    for (const cookie of cookies('c', 1001)) finished.add(cookie);
    expect(['c0', 'c1', 'c1000', 'other'].map(finished.has)).toEqual([false, true, true, false]);
  });

  it('are remembered beside all whose reports were kept, however many those are', () => {
    const finished = finishedDispatches(cookies('kept', 5000));
    for (const cookie of cookies('c', 1000)) finished.add(cookie);
    expect(['kept0', 'kept4999', 'c0', 'c999'].map(finished.has)).toEqual([true, true, true, true]);
    finished.add('next');
    expect(['kept0', 'kept1', 'next'].map(finished.has)).toEqual([false, true, true]);
  });
});
