import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from './event-store.ts';
import { RecentEvents, storedBehind } from './recent-events.ts';

/** Events behind a position, one of ten bytes each. */
const events = (base: bigint, count: number): StoredEvent[] => {
  const one = { id: 'id', type: 'Grown', data: '01234', meta: '56789' };
  return storedBehind(base, [
    { stream: 'pear-1', expected: Number(base) - 1, events: Array.from({ length: count }, () => one) },
  ]);
};

const positionsOf = (found: { readonly events: readonly StoredEvent[] } | undefined) =>
  found?.events.map(({ position }) => Number(position));

describe('the recent events', () => {
  it('stand behind each other as the log has them', () => {
    const one = { id: 'id', type: 'Grown', data: '{}', meta: '{}' };
    const writes = [
      { stream: 'pear-1', expected: 3, events: [one, one] },
      { stream: 'plum-2', expected: -1, events: [one] },
    ];
    expect(storedBehind(7n, writes)).toEqual([
      { ...one, stream: 'pear-1', revision: 4, position: 8n },
      { ...one, stream: 'pear-1', revision: 5, position: 9n },
      { ...one, stream: 'plum-2', revision: 0, position: 10n },
    ]);
  });

  it('tell what follows a position, in pages, and nothing about what lies outside', () => {
    const recent = new RecentEvents();
    expect(recent.after(0n, 10)).toBeUndefined();
    recent.add(4n, events(4n, 2));
    recent.add(6n, events(6n, 2));
    expect(positionsOf(recent.after(4n, 10))).toEqual([5, 6, 7, 8]);
    expect(recent.after(4n, 10)).toMatchObject({ end: 8n, more: false });
    expect(recent.after(4n, 3)).toMatchObject({ end: 7n, more: true });
    expect(positionsOf(recent.after(7n, 3))).toEqual([8]);
    expect(recent.after(3n, 10)).toBeUndefined();
    expect(recent.after(8n, 10)).toBeUndefined();
    expect([4n, 5n, 8n, 9n].map((position) => recent.holds(position))).toEqual([false, true, true, false]);
  });

  it('begin anew where somebody else has appended in between', () => {
    const recent = new RecentEvents();
    recent.add(0n, events(0n, 2));
    recent.add(5n, events(5n, 1));
    expect(recent.after(1n, 10)).toBeUndefined();
    expect(recent.holds(2n)).toBe(false);
    expect(positionsOf(recent.after(5n, 10))).toEqual([6]);
  });

  it('say that there is more where others have appended behind them', () => {
    const recent = new RecentEvents();
    recent.add(0n, events(0n, 2));
    recent.heard(2n);
    expect(recent.after(0n, 10)).toMatchObject({ end: 2n, more: false });
    recent.heard(5n);
    expect(recent.after(0n, 10)).toMatchObject({ end: 2n, more: true });
    recent.add(5n, events(5n, 1));
    expect(recent.after(5n, 10)).toMatchObject({ end: 6n, more: false });
  });

  it('go over the gaps of appends that failed', () => {
    const recent = new RecentEvents();
    recent.add(0n, [...events(0n, 1), ...events(4n, 1)]);
    expect(positionsOf(recent.after(1n, 10))).toEqual([5]);
    expect(positionsOf(recent.after(3n, 10))).toEqual([5]);
  });

  it('forget the older half when there are too many', () => {
    const recent = new RecentEvents(40);
    recent.add(0n, events(0n, 4));
    expect(positionsOf(recent.after(0n, 10))).toEqual([1, 2, 3, 4]);
    recent.add(4n, events(4n, 1));
    expect(recent.after(2n, 10)).toBeUndefined();
    expect(positionsOf(recent.after(3n, 10))).toEqual([4, 5]);
    recent.add(5n, events(5n, 1));
    expect(positionsOf(recent.after(3n, 10))).toEqual([4, 5, 6]);
  });
});
