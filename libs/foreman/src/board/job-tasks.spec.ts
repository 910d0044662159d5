import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '#event-store';
import { moment } from '#testing';
import { dispatch, order, was } from '../../test/example-jobs.ts';
import type { JobEvent } from '../job-messages.ts';
import { tasksOf } from './job-tasks.ts';

/** The tasks of a job that these events have happened to, a second apart. */
const after = (...events: readonly JobEvent[]) =>
  tasksOf(events.map((event, n) => ({ ...event, at: moment(n) }) as unknown as Recorded));
const told = (...events: readonly JobEvent[]) =>
  after(...events).map(({ state, attempts }) => [
    state,
    attempts.map(({ outcome, asked }) => (asked ? `asked: ${outcome}` : outcome)),
  ]);
const begun = [was.created, was.started, was.ordered];

describe('the tasks of a job', () => {
  it('are told with what was wanted, and where in the script', () => {
    const secret = { ...order, parameters: { password: { $secret: 's1' }, n: 1 } };
    const wanted = { type: 'JobStepRequested', data: { ...was.ordered.data, order: secret } } as const;
    expect(after(was.created, was.started, wanted, was.dispatched, was.completed)).toEqual([
      {
        task: '12-1',
        module: 'lab',
        function: 'work',
        parameters: { password: '********', n: 1 },
        line: 0,
        state: 'done',
        requested: moment(2),
        ended: moment(4),
        message: '',
        attempts: [
          {
            transport: 'wire',
            agent: null,
            asked: false,
            dispatched: moment(3),
            deadline: dispatch.deadline,
            ended: moment(4),
            outcome: 'done',
            message: '',
          },
        ],
      },
    ]);
  });

  it('name the agent that has polled', () => {
    const holder = { user: 'agent1', source: '10.0.0.1', session: 's' };
    const polled = { type: 'JobTaskDispatched', data: { ...was.dispatched.data, transport: 'poll', holder } } as const;
    expect(after(...begun, polled)[0]?.attempts[0]?.agent).toBe('agent1 at 10.0.0.1');
  });

  it.each<[string, readonly JobEvent[], unknown]>([
    ['waits', [], ['waiting', []]],
    ['is at an agent', [was.dispatched], ['dispatched', ['running']]],
    ['has failed', [was.dispatched, was.stepFailed], ['failed', ['failed']]],
    [
      'is tried again after its agent fell silent',
      [was.dispatched, was.lapsed, was.dispatched],
      ['dispatched', ['lapsed', 'running']],
    ],
    [
      'is asked for',
      [was.dispatched, was.lapsed, was.asked, was.dispatched],
      ['dispatched', ['lapsed', 'asked: running']],
    ],
    [
      'was not done, as an agent says',
      [was.dispatched, was.lapsed, was.asked, was.dispatched, was.told],
      ['waiting', ['lapsed', 'asked: not-done']],
    ],
    [
      'is done once more by itself',
      [was.dispatched, was.retried, was.ordered, was.dispatched],
      ['dispatched', ['failed', 'running']],
    ],
    ['is lost', [was.dispatched, was.lapsed, was.lost], ['lost', ['lapsed']]],
    ['was settled', [was.dispatched, was.lapsed, was.lost, was.settled], ['done', ['lapsed']]],
    ['was given up with its job', [was.dispatched, was.canceled], ['dropped', ['withdrawn']]],
    ['is ordered once more after a reset', [was.dispatched, was.cleared, was.ordered], ['waiting', ['withdrawn']]],
  ])('one %s', (_, events, wanted) => {
    expect(told(...begun, ...events)).toEqual([wanted]);
  });

  it('keep what is over when their job ends', () => {
    expect(told(...begun, was.dispatched, was.completed, was.ended)).toEqual([['done', ['done']]]);
  });
});
