import { describe, expect, it } from '@jest/globals';
import { Streams } from '#testing';
import type { Decider, Message } from './decider.ts';
import { Refusal, refuse } from './refusal.ts';
import { UnitOfWork } from './unit-of-work.ts';

type Command = Message<'Add', { readonly n: number }>;
type Event = Message<'Added', { readonly n: number }>;

/** Adds up to ten; the state is changed in place. */
const tally: Decider<{ sum: number }, Command, Event> = {
  category: 'tally',
  initial: () => ({ sum: 0 }),
  decide: {
    Add: ({ n }, { sum }) => {
      if (sum + n > 10) return refuse('n', 'TOO_MUCH', `${sum} + ${n} is more than 10`);
      return n === 0 ? [] : Array.from({ length: n }, () => ({ type: 'Added', data: { n: 1 } }));
    },
  },
  evolve: {
    Added: ({ n }, state) => {
      state.sum += n;
      return state;
    },
  },
};

const add = (n: number): Command => ({ type: 'Add', data: { n } });
const added: Event = { type: 'Added', data: { n: 1 } };

function work(streams = new Streams()): UnitOfWork {
  return new UnitOfWork(streams);
}

async function thrown(task: () => unknown): Promise<unknown> {
  try {
    await task();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a unit of work', () => {
  it('shows what it has decided so far, and leaves the log as it was', async () => {
    const streams = new Streams();
    streams.put(tally, 'a', added);
    const mine = work(streams);
    expect(await mine.load(tally, 'a')).toEqual({ sum: 1 });
    await mine.decide(tally, 'a', add(2));
    await mine.decide(tally, 'a', add(3));
    expect(await mine.load(tally, 'a')).toEqual({ sum: 6 });
    expect(await streams.state(tally, 'a')).toEqual({ sum: 1 });
  });

  it('does not change the states its source hands out', async () => {
    const kept = { state: { sum: 1 }, revision: 0 };
    const mine = new UnitOfWork({ load: async () => kept as never });
    await mine.decide(tally, 'a', add(2));
    expect(await mine.load(tally, 'a')).toEqual({ sum: 3 });
    expect(kept.state).toEqual({ sum: 1 });
  });

  it('decides on what it has decided', async () => {
    const mine = work();
    expect(await mine.decide(tally, 'a', add(6))).toBe(true);
    expect(await mine.decide(tally, 'a', add(6))).toBe(false);
  });

  it('tells what it wrote, each stream with the revision it was read at, in the order of first touch', async () => {
    const streams = new Streams();
    streams.put(tally, 'old', added, added);
    const mine = work(streams);
    await mine.load(tally, 'seen');
    await mine.decide(tally, 'new', add(1));
    await mine.decide(tally, 'old', add(1));
    await mine.decide(tally, 'new', add(2));
    await mine.decide(tally, 'unchanged', add(0));
    expect(mine.written()).toEqual([
      { stream: 'tally-new', expected: -1, events: [added, added, added] },
      { stream: 'tally-old', expected: 1, events: [added] },
    ]);
    expect(mine.read()).toEqual([
      { stream: 'tally-seen', revision: -1 },
      { stream: 'tally-unchanged', revision: -1 },
    ]);
  });

  it('names all faults in one refusal', async () => {
    const mine = work();
    mine.throwIfFaulted();
    await mine.decide(tally, 'a', add(11));
    mine.fault('site', 'INVALID_VALUE', 'there is no such site');
    await mine.decide(tally, 'b', add(1));
    const error = await thrown(() => mine.throwIfFaulted());
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).faults.map(({ field, code }) => [field, code])).toEqual([
      ['n', 'TOO_MUCH'],
      ['site', 'INVALID_VALUE'],
    ]);
  });

  it('hands over the faults of a part, and is none the worse for them', async () => {
    const mine = work();
    mine.fault('before', 'A', 'one');
    const faults = await mine.faultsOf(async () => mine.fault('inside', 'B', 'two', 'a.0'));
    expect(faults).toEqual([{ field: 'inside', code: 'B', text: 'two', path: 'a.0' }]);
    expect(await thrown(() => mine.throwIfFaulted())).toMatchObject({ faults: [{ field: 'before', code: 'A' }] });
  });

  it('takes a refused attempt for an answer, not for a fault', async () => {
    const mine = work();
    expect(await mine.attempt(tally, 'a', add(11))).toBeInstanceOf(Refusal);
    expect(await mine.attempt(tally, 'a', add(1))).toBeUndefined();
    mine.throwIfFaulted();
    expect(mine.written()).toHaveLength(1);
  });

  it('reads a stream once, also where reads overlap', async () => {
    let reads = 0;
    const mine = new UnitOfWork({
      load: async () => {
        reads += 1;
        return { state: { sum: 10 * reads }, revision: reads } as never;
      },
    });
    const seen = await Promise.all([mine.load(tally, 'a'), mine.load(tally, 'a')]);
    expect(seen).toEqual([{ sum: 10 }, { sum: 10 }]);
    expect(await mine.load(tally, 'a')).toEqual({ sum: 10 });
    expect(mine.read()).toEqual([{ stream: 'tally-a', revision: 1 }]);
  });

  it('takes the number and the text of an id for the same stream', async () => {
    const mine = work();
    await mine.decide(tally, 7, add(1));
    expect(await mine.load(tally, '7')).toEqual({ sum: 1 });
  });

  it('does not know commands that its deciders do not know', async () => {
    await expect(work().decide(tally, 'a', { type: 'Subtract', data: {} } as never)).rejects.toThrow(
      'tally knows no command Subtract',
    );
  });

  describe('a fork', () => {
    it('sees what was decided, and is nothing until it is absorbed', async () => {
      const mine = work();
      await mine.decide(tally, 'a', add(1));
      const refused = mine.fork();
      expect(await refused.load(tally, 'a')).toEqual({ sum: 1 });
      await refused.decide(tally, 'a', add(2));
      await refused.decide(tally, 'a', add(99));
      expect(() => refused.throwIfFaulted()).toThrow(Refusal);
      const granted = mine.fork();
      await granted.decide(tally, 'a', add(3));
      await granted.decide(tally, 'b', add(4));
      expect(await granted.load(tally, 'a')).toEqual({ sum: 4 });
      expect(await mine.load(tally, 'a')).toEqual({ sum: 1 });
      mine.absorb(granted);
      mine.throwIfFaulted();
      expect(await mine.load(tally, 'a')).toEqual({ sum: 4 });
      expect(mine.written().map(({ stream, events }) => [stream, events.length])).toEqual([
        ['tally-a', 4],
        ['tally-b', 4],
      ]);
    });
  });
});
