import { describe, expect, it } from '@jest/globals';
import { SendWindow } from './send-window.ts';

describe('what is under way to a client', () => {
  it('is a block at a time, the last one shorter, perhaps empty', () => {
    const window = new SendWindow(1024, 512, 1);
    expect(window.last).toBe(3);
    expect(window.blocks).toEqual([1, 1]);
    expect([window.take(1), window.blocks]).toEqual(['send', [2, 2]]);
    // The same once more is nothing new, or each block would be sent twice from then on.
    expect([window.take(1), window.take(0), window.take(3), window.blocks]).toEqual([
      'nothing',
      'nothing',
      'nothing',
      [2, 2],
    ]);
    expect([window.take(2), window.blocks]).toEqual(['send', [3, 3]]);
    expect(window.take(3)).toBe('done');
    expect(new SendWindow(0, 512, 1).blocks).toEqual([1, 1]);
  });

  it('are several blocks, from where the client has found a gap', () => {
    const window = new SendWindow(10_000, 1000, 4);
    expect(window.blocks).toEqual([1, 4]);
    expect([window.take(2), window.blocks]).toEqual(['send', [3, 6]]);
    expect([window.take(2), window.take(2), window.blocks]).toEqual(['send', 'nothing', [3, 6]]);
    expect([window.take(7), window.blocks]).toEqual(['nothing', [3, 6]]);
    expect([window.take(6), window.take(10), window.blocks]).toEqual(['send', 'send', [11, 11]]);
    expect([window.take(11), window.acknowledged]).toEqual(['done', 11]);
  });

  it('goes on where the numbers of blocks begin anew', () => {
    const window = new SendWindow(70_000 * 8, 8, 16);
    for (let block = 16; block < 70_000; block += 16)
      expect([block, window.take(block & 0xffff)]).toEqual([block, 'send']);
    expect(window.blocks).toEqual([69_985, 70_000]);
    expect([window.take(70_000 & 0xffff), window.take(70_001 & 0xffff)]).toEqual(['send', 'done']);
  });
});
