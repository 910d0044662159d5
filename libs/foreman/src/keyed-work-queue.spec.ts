import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { KeyedWorkQueue } from './keyed-work-queue.ts';

/** Lookouts whose looks last until they are told to end. */
function post(width: number) {
  const begun: number[] = [];
  const endings = new Map<number, () => void>();
  const saw = new Map<number, bigint>();
  const queue = new KeyedWorkQueue(width, async (key) => {
    begun.push(key);
    await new Promise<void>((resolve) => endings.set(key, resolve));
    endings.delete(key);
    return saw.get(key);
  });
  return {
    queue,
    begun,
    /** How far in the log a look at a key sees. */
    saw,
    atWork: () => new Set(endings.keys()),
    end: async (key: number) => {
      endings.get(key)?.();
      await turn();
    },
  };
}

describe('the work queue', () => {
  it('look at what they were rung for', () => {
    const { queue, begun } = post(8);
    for (const key of [1, 2, 3]) queue.add(key);
    expect(begun).toEqual([1, 2, 3]);
  });

  it('look at what can wait when nothing else does, and at what is rung for meanwhile at once', async () => {
    const { queue, begun, end } = post(1);
    for (const key of [1, 2, 3, 4]) queue.addLater(key);
    expect([begun, queue.size]).toEqual([[1], 4]);
    queue.add(9);
    queue.add(3);
    await end(1);
    await end(9);
    await end(3);
    expect(begun).toEqual([1, 9, 3, 2]);
    queue.forget(4);
    await end(2);
    expect([begun, queue.size]).toEqual([[1, 9, 3, 2], 0]);
  });

  it('look at no more than so many things at a time, in the order they were rung for', async () => {
    const { queue, begun, atWork, end } = post(2);
    for (const key of [1, 2, 3, 4]) queue.add(key);
    expect(atWork()).toEqual(new Set([1, 2]));
    await end(2);
    expect(atWork()).toEqual(new Set([1, 3]));
    await end(1);
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('look once at what was rung for several times before they came to it', async () => {
    const { queue, begun, end } = post(1);
    for (const key of [1, 2, 2, 2]) queue.add(key);
    await end(1);
    await end(2);
    expect(begun).toEqual([1, 2]);
  });

  it('look once more at what was rung for during the look, and never twice at a time', async () => {
    const { queue, begun, end } = post(8);
    for (const key of [1, 1, 1]) queue.add(key);
    expect(begun).toEqual([1]);
    await end(1);
    expect(begun).toEqual([1, 1]);
    await end(1);
    expect(begun).toEqual([1, 1]);
  });

  it('stop when no look is under way, and take no more rings', async () => {
    const { queue, begun, end } = post(1);
    for (const key of [1, 1, 2]) queue.add(key);
    let stopped = false;
    const stopping = queue.stop().then(() => (stopped = true));
    queue.add(3);
    await turn();
    expect(stopped).toBe(false);
    await end(1);
    await stopping;
    expect(begun).toEqual([1]);
  });

  it('do not look again at what they have seen', async () => {
    const { queue, begun, saw, end } = post(8);
    saw.set(1, 12n);
    queue.add(1, 10n);
    // What the look itself has decided is heard of before it is over, and after.
    queue.add(1, 12n);
    await end(1);
    queue.add(1, 11n);
    expect(begun).toEqual([1]);
    queue.add(1, 13n);
    await end(1);
    queue.add(1);
    expect(begun).toEqual([1, 1, 1]);
  });

  it('do not look at what others are at work on, nor afterwards at what those have seen', async () => {
    const { queue, begun, end } = post(8);
    const release = [queue.hold(1), queue.hold(1)];
    queue.add(1, 5n);
    queue.add(2, 5n);
    release[0]?.();
    expect(begun).toEqual([2]);
    queue.seen(1, 5n);
    release[1]?.();
    expect(begun).toEqual([2]);
    queue.add(1, 6n);
    expect(begun).toEqual([2, 1]);
    await end(1);
  });

  it('tell when a key is not looked at', async () => {
    const { queue, end } = post(8);
    await queue.unlooked(1);
    queue.add(1);
    const release = queue.hold(1);
    let isOver = false;
    const over = queue.unlooked(1).then(() => (isOver = true));
    queue.add(1);
    await queue.unlooked(2);
    expect(isOver).toBe(false);
    await end(1);
    await over;
    release();
    await end(1);
  });

  it('know of nothing any more that is forgotten', async () => {
    const { queue, end } = post(1);
    for (let key = 0; key < 100; key += 1) {
      queue.add(key, BigInt(key));
      await end(key);
    }
    expect(queue.size).toBe(100);
    for (let key = 0; key < 100; key += 1) queue.forget(key);
    expect(queue.size).toBe(0);
    queue.add(1, 1n);
    queue.forget(1);
    await end(1);
    expect(queue.size).toBe(0);
  });

  it('stop at once where nothing is under way', async () => {
    await post(1).queue.stop();
  });
});
