import { expect, it } from '@jest/globals';
import { wavePartsOf } from './wave-parts.ts';

it('a wave is what is over of it, what is under way, and what waits', () => {
  expect(wavePartsOf({ total: 8, done: 2, failed: 1, running: 1, waiting: 4, skipped: 0 })).toEqual([
    { name: 'done', count: 2, percent: 25 },
    { name: 'failed', count: 1, percent: 12.5 },
    { name: 'running', count: 1, percent: 12.5 },
    { name: 'waiting', count: 4, percent: 50 },
  ]);
  expect(wavePartsOf({ total: 0 })).toEqual([]);
});
