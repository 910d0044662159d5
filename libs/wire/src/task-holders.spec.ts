import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_HOLDERS, TaskHolders } from './task-holders.ts';

const BERLIN = { site: 'berlin', module: 'ipmi' };

describe('who holds a task', () => {
  let now: number;
  let holders: TaskHolders;
  beforeEach(() => {
    now = 0;
    holders = new TaskHolders({ silence: 1000, now: () => now });
  });
  /** An agent shows life, as the foreman's end hears it. */
  const beat = (agent: string | undefined, site = 'berlin'): boolean => {
    const origin = { site, ...(agent === undefined ? {} : { agent }) };
    const may = holders.mayHold('c1', origin);
    if (may) holders.hold('c1', origin);
    return may;
  };
  const objection = (agent: string | undefined, place = BERLIN) =>
    holders.objection('c1', { ...place, ...(agent === undefined ? {} : { agent }) });

  it('is whoever shows life first, and its report is taken', () => {
    holders.sent('c1', BERLIN);
    expect([beat('UA'), beat('UB'), beat('UA')]).toEqual([true, false, true]);
    expect(objection('UA')).toBeUndefined();
    expect(objection('UB')).toEqual({ reason: 'the agent UB reports a task that UA holds', undecided: true });
  });

  it('is another one when that one is silent', () => {
    holders.sent('c1', BERLIN);
    beat('UA');
    now = 999;
    expect(beat('UB')).toBe(false);
    now = 1000;
    expect(beat('UB')).toBe(true);
    expect(beat('UA')).toBe(false);
    expect(objection('UB')).toBeUndefined();
    expect(objection('UA')?.undecided).toBe(true);
    now = 2000;
    expect(objection('UA')).toBeUndefined();
  });

  it('is nobody of another site or module', () => {
    holders.sent('c1', BERLIN);
    expect(beat('UA', 'paris')).toBe(false);
    for (const place of [
      { site: 'paris', module: 'ipmi' },
      { site: 'berlin', module: 'ssh' },
    ]) {
      const reason = `an agent of ${place.site}/${place.module} reports a task of berlin/ipmi`;
      expect(objection('UA', place)).toEqual({ reason, undecided: false });
    }
    expect(objection('UA')).toBeUndefined();
  });

  it('is an agent of an earlier version as long as no other one shows life', () => {
    holders.sent('c1', BERLIN);
    expect(objection(undefined)).toBeUndefined();
    beat(undefined);
    expect(objection(undefined)).toBeUndefined();
    expect(objection('UA')?.reason).toBe('the agent UA reports a task that another one holds');
    now = 1000;
    beat('UA');
    expect(objection(undefined)?.reason).toBe('the agent without a name reports a task that UA holds');
  });

  it('is not known of what was not sent, or is over', () => {
    expect(objection('UA')).toBeUndefined();
    expect(holders.isPlaced('c1')).toBe(false);
    holders.sent('c1', BERLIN);
    expect(holders.isPlaced('c1')).toBe(true);
    holders.forget('c1');
    expect([holders.isPlaced('c1'), holders.size]).toEqual([false, 0]);
  });

  it('is remembered of so many tasks and no more', () => {
    for (let n = 0; n <= MAX_HOLDERS; n += 1) holders.sent(`c${n}`, BERLIN);
    expect(holders.size).toBe(MAX_HOLDERS);
    expect([holders.isPlaced('c0'), holders.isPlaced(`c${MAX_HOLDERS}`)]).toEqual([false, true]);
  });
});
