import { beforeEach, describe, expect, it } from '@jest/globals';
import { PollingAgents } from './polling-agents.ts';

const LEASE = 600_000;
const START = 1_000_000;
const agent = (session: string, source = '10.0.0.1') => ({ user: 'subcontractor', source, session });

describe('an agent that polls', () => {
  let polls: PollingAgents;
  beforeEach(() => {
    polls = new PollingAgents(LEASE);
    polls.start(START);
  });

  it.each([
    ['as long as the dispatch said, where that is longer', undefined, START + 2 * LEASE, START + 2 * LEASE],
    ['from the start of the server, before it was heard', undefined, 0, START + LEASE],
    ['from when it was heard last', START + 5000, 0, START + 5000 + LEASE],
  ])('keeps its task %s', (_, heard, granted, deadline) => {
    if (heard !== undefined) polls.heard(agent('s1'), heard);
    expect(polls.deadlineOf(agent('s1'), granted)).toBe(deadline);
  });

  it('is heard of for the first time once in the life of the server, with every session', () => {
    expect([polls.heard(agent('s1'), START), polls.heard(agent('s1'), START + 1)]).toEqual([true, false]);
    expect(polls.heard(agent('s2'), START + 2)).toBe(true);
  });

  it('has lost its task when it has logged in anew', () => {
    polls.heard(agent('s1'), START);
    expect(polls.startedAgain(agent('s1'))).toBe(false);
    polls.heard(agent('s2'), START + 1);
    expect(polls.startedAgain(agent('s1'))).toBe(true);
    expect(polls.deadlineOf(agent('s1'), START + LEASE)).toBe(0);
    expect(polls.startedAgain(agent('s2'))).toBe(false);
  });

  it('is another one at another address', () => {
    polls.heard(agent('s1'), START);
    polls.heard(agent('s2', '10.0.0.2'), START + 1);
    expect(polls.startedAgain(agent('s1'))).toBe(false);
    expect(polls.deadlineOf(agent('s1'), 0)).toBe(START + LEASE);
  });

  it('has not started again where it was not heard since the start of the server', () => {
    expect(polls.startedAgain(agent('s1'))).toBe(false);
  });
});
