import { describe, expect, it } from '@jest/globals';
import type { Waiting } from './delivery-queue.ts';
import { DeliveryQueue } from './delivery-queue.ts';

const delivery = (n: number, object: string): Waiting => ({ n, object, id: `d${n}`, tries: 0 });

describe('the deliveries that wait for a receiver', () => {
  it('are made in their order about each object, one at a time', () => {
    const queue = new DeliveryQueue();
    for (const [n, object] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
    ] as const)
      queue.add(delivery(n, object));
    const [one, three, none] = [queue.take(0), queue.take(0), queue.take(0)];
    expect([one?.n, three?.n, none]).toEqual([1, 3, undefined]);
    queue.done(one!);
    expect([queue.take(0)?.n, queue.take(0), queue.size]).toEqual([2, undefined, 2]);
  });

  it('hold back those about the same object when they fail, and no others', () => {
    const queue = new DeliveryQueue();
    for (const [n, object] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
      [4, 'b'],
    ] as const)
      queue.add(delivery(n, object));
    const one = queue.take(0)!;
    queue.failed({ ...one, tries: 1 }, 100);
    const three = queue.take(0)!;
    queue.done(three);
    expect([three.n, queue.take(50)?.n, queue.take(50), queue.nextWake, queue.paused]).toEqual([
      3,
      4,
      undefined,
      100,
      1,
    ]);
    expect(queue.take(100)).toEqual({ ...one, tries: 1 });
  });

  it('go on at once where all pauses end', () => {
    const queue = new DeliveryQueue();
    queue.add(delivery(1, 'a'), 1000);
    expect(queue.take(0)).toBeUndefined();
    queue.wakeAll();
    expect([queue.take(0)?.n, queue.nextWake]).toEqual([1, undefined]);
  });

  it('come in the order of their numbers where one was put back, and none twice', () => {
    const queue = new DeliveryQueue();
    queue.add(delivery(5, 'a'));
    queue.add(delivery(6, 'a'));
    queue.add(delivery(2, 'a'));
    queue.add(delivery(6, 'a'));
    const made: number[] = [];
    for (let next = queue.take(0); next; next = queue.take(0)) {
      made.push(next.n);
      queue.done(next);
    }
    expect([made, queue.size]).toEqual([[2, 5, 6], 0]);
  });

  it('one that is under way stays first, whatever is put back', () => {
    const queue = new DeliveryQueue();
    queue.add(delivery(5, 'a'));
    const five = queue.take(0)!;
    queue.add(delivery(2, 'a'));
    queue.done(five);
    expect(queue.take(0)?.n).toBe(2);
  });
});
