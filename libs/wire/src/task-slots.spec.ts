import { describe, expect, it } from '@jest/globals';
import { taskSlots } from './task-slots.ts';

const never = new AbortController().signal;

describe('slots of tasks', () => {
  it('are given by module, up to its limit, in the order they are asked for', async () => {
    const slots = taskSlots({ ipmi: 1, ssh: 2 });
    const begun: string[] = [];
    const take = async (module: string, name: string) => {
      const free = await slots.take(module, never);
      begun.push(name);
      return free;
    };
    const first = await take('ipmi', 'i1');
    const second = take('ipmi', 'i2');
    void take('ipmi', 'i3');
    await take('ssh', 's1');
    expect(begun).toEqual(['i1', 's1']);
    expect([slots.free('ipmi'), slots.free('ssh')]).toEqual([-2, 1]);
    first?.();
    first?.();
    await second;
    expect(begun).toEqual(['i1', 's1', 'i2']);
  });

  it('are given up to a limit in all', async () => {
    const slots = taskSlots({ ipmi: 5, ssh: 5 }, 2);
    const first = await slots.take('ipmi', never);
    await slots.take('ssh', never);
    expect(slots.freeInAll).toBe(0);
    let begun = false;
    const third = slots.take('ssh', never).then(() => (begun = true));
    expect([slots.freeInAll, begun]).toEqual([-1, false]);
    first?.();
    await third;
    expect(slots.freeInAll).toBe(0);
  });

  it('are not waited for any more when the signal aborts', async () => {
    const slots = taskSlots({ ipmi: 1 });
    const first = await slots.take('ipmi', never);
    const stop = new AbortController();
    const second = slots.take('ipmi', stop.signal);
    stop.abort();
    expect(await second).toBeUndefined();
    expect(await slots.take('ipmi', stop.signal)).toBeUndefined();
    first?.();
    expect(slots.free('ipmi')).toBe(1);
  });
});
