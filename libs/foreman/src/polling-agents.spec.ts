import { beforeEach, describe, expect, it } from '@jest/globals';
import { ASSUMED_INTERVAL_MS, MAX_SESSIONS, PollingAgents } from './polling-agents.ts';

const LEASE = 600_000;
const START = 1_000_000;
const agent = (session: string, source = '10.0.0.1') => ({ user: 'subcontractor', source, session });

describe('an agent that polls', () => {
  let polls: PollingAgents;
  beforeEach(() => {
    polls = new PollingAgents(LEASE);
    polls.start(START);
  });

  /** Polls as often as told, this far apart. @returns when it did so last */
  const pollEvery = (session: string, interval: number, times: number, from = START): number => {
    for (let n = 0; n < times; n += 1) polls.polled(agent(session), from + n * interval);
    return from + (times - 1) * interval;
  };

  it.each([
    ['as long as the dispatch said, where that is longer', undefined, START + 2 * LEASE, START + 2 * LEASE],
    ['from the start of the server, before it was heard', undefined, 0, START + LEASE],
    ['from when it was heard last', START + 5000, 0, START + 5000 + LEASE],
  ])('keeps its task %s', (_, heard, granted, deadline) => {
    if (heard !== undefined) polls.polled(agent('s1'), heard);
    expect(polls.deadlineOf(agent('s1'), granted)).toBe(deadline);
  });

  it('is heard of for the first time once in the life of the server, with every session', () => {
    expect([polls.polled(agent('s1'), START), polls.polled(agent('s1'), START + 1)]).toEqual([true, false]);
    expect(polls.polled(agent('s2'), START + 2)).toBe(true);
  });

  it('shares its name and address with another one, and each keeps its own', () => {
    const last = pollEvery('s1', 1000, 5);
    for (let n = 0; n < 50; n += 1) {
      polls.polled(agent('s2'), last + 1000 * n + 500);
      polls.polled(agent('s1'), last + 1000 * (n + 1));
    }
    const end = last + 50_000;
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(end + LEASE);
    expect(polls.deadlineOf(agent('s2'), 0)).toBe(end - 500 + LEASE);
  });

  it.each([
    ['three of its own intervals after its last poll', 1000, 5, 3000],
    ['three of the longest of its latest intervals', 7000, 2, 21_000],
    ['after three seconds, where it polls more often than every second', 20, 5, 3000],
    ['three times 20 s, where it polled once', 0, 1, 3 * ASSUMED_INTERVAL_MS],
  ])('that logs in anew has lost its task %s', (_, interval, times, silence) => {
    const last = pollEvery('s1', interval, times);
    polls.polled(agent('s2'), last + 10);
    expect(polls.deadlineOf(agent('s1'), last + LEASE)).toBe(last + silence);
    expect(polls.deadlineOf(agent('s2'), 0)).toBe(last + 10 + LEASE);
  });

  it('is not silent for longer because the clock was set ahead, before it was heard of and after', () => {
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(START + LEASE);
    polls.shift(3_600_000);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(START + 3_600_000 + LEASE);
    const last = pollEvery('s1', 1000, 5, START + 3_600_000);
    polls.polled(agent('s2'), last + 10);
    polls.shift(60_000);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(last + 60_000 + 3000);
    polls.polled(agent('s2'), last + 60_500);
    expect(polls.deadlineOf(agent('s2'), 0)).toBe(last + 60_500 + LEASE);
  });

  it('that is heard of after the login of another one has lost nothing, by a poll or by a report', () => {
    const last = pollEvery('s1', 1000, 5);
    polls.polled(agent('s2'), last + 10);
    polls.heard(agent('s1'), last + 20);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(last + 20 + LEASE);
    polls.polled(agent('s3'), last + 30);
    polls.polled(agent('s1'), last + 40);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(last + 40 + LEASE);
  });

  it('is doubted by when it was heard of, not by when that is told', () => {
    const last = pollEvery('s1', 1000, 5);
    polls.polled(agent('s2'), last + 100);
    polls.heard(agent('s1'), last + 50);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(last + 50 + 3000);
    polls.heard(agent('s1'), last + 200);
    polls.heard(agent('s3'), last + 150);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(last + 200 + LEASE);
  });

  it('is another one at another address, and with another name', () => {
    const last = pollEvery('s1', 1000, 5);
    polls.polled(agent('s2', '10.0.0.2'), last + 1);
    polls.polled({ ...agent('s3'), user: 'other' }, last + 1);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(last + LEASE);
  });

  it('that was not heard since the start of the server is over when one of its name and address is there, not before', () => {
    expect(polls.deadlineOf(agent('s1'), START + LEASE)).toBe(START + LEASE);
    polls.polled(agent('s2'), START + 5);
    expect(polls.deadlineOf(agent('s1'), START + LEASE)).toBe(START + 3 * ASSUMED_INTERVAL_MS);
  });

  it('is forgotten when its lease has run out, and when there are too many', () => {
    for (let n = 0; n < 100; n += 1) polls.polled(agent(`old${n}`), START);
    polls.polled(agent('s1'), START + LEASE);
    expect(polls.size).toBe(1);
    for (let n = 0; n < 2 * MAX_SESSIONS; n += 1)
      polls.polled(agent(`s${n}`, `10.0.${n >> 8}.${n & 255}`), START + LEASE);
    expect(polls.size).toBe(MAX_SESSIONS);
  });
});
