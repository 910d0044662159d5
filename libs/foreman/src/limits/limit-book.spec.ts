import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Message } from '#kernel';
import { given, stateAfter } from '#testing';
import { dispatched } from '../../test/example-jobs.ts';
import type { Job } from '../job-messages.ts';
import { job } from '../job.ts';
import { ENDS_JOB, ENDS_TASK } from './counted-jobs.ts';
import { limit, limitId, limitSubject } from './limit.ts';

/** An example of every type of event of a job. */
const examples = Object.entries(
  JSON.parse(readFileSync('test/events/job.json', 'utf8')) as Record<string, readonly object[]>,
).map(([type, shapes]) => ({ type, data: shapes.at(-1)! }));

describe('what a limit counts', () => {
  /** A job whose task is at an agent, after one more event. */
  const after = (event: Message): Job | undefined => {
    const rule = (job.evolve as Readonly<Record<string, (data: object, state: Job | undefined) => Job | undefined>>)[
      event.type
    ]!;
    return rule(structuredClone(event.data) as object, structuredClone(stateAfter(job, ...dispatched)));
  };
  const others = examples.filter(({ type }) => type !== 'JobCreated' && type !== 'JobTaskDispatched');

  it.each(others)('a task no longer after $type where that has it at no agent', (event) => {
    expect(ENDS_TASK.has(event.type)).toBe(after(event)?.dispatch === undefined);
  });

  it.each(others)('a job no longer after $type where it does not go on after that', (event) => {
    expect(ENDS_JOB.has(event.type)).toBe(['ended', 'aborted'].includes(after(event)?.stage ?? 'ended'));
  });
});

describe('a limit', () => {
  const site = { site: 'lab', complex: null, module: null, maxJobs: 5 };
  const set = { type: 'LimitSet', data: site } as const;
  it('is set, changed and removed', () => {
    given(limit).when({ type: 'SetLimit', data: site }).yields(set);
    given(limit, set).when({ type: 'SetLimit', data: site }).yieldsNothing();
    const more = { ...site, maxJobs: 6 };
    given(limit, set).when({ type: 'SetLimit', data: more }).yields({ type: 'LimitSet', data: more });
    given(limit, set).when({ type: 'RemoveLimit', data: {} }).yields({ type: 'LimitRemoved', data: {} });
    given(limit).when({ type: 'RemoveLimit', data: {} }).refuses('', 'NOT_FOUND');
  });
  it('numbers those that begin under it, for ever', () => {
    const first = { type: 'LimitAdmitted', data: { job: 12, number: 1 } } as const;
    given(limit, set)
      .when({ type: 'AdmitJob', data: { job: 12 } })
      .yields(first);
    given(limit, set, first, { type: 'LimitRemoved', data: {} }, set)
      .when({ type: 'AdmitJob', data: { job: 13 } })
      .yields({ type: 'LimitAdmitted', data: { job: 13, number: 2 } });
    given(limit)
      .when({ type: 'AdmitJob', data: { job: 12 } })
      .refuses('', 'NOT_FOUND');
  });
  it.each([
    [{ site: 'lab', complex: null, module: null }, 'site:lab', 'site lab'],
    [{ site: null, complex: 'c', module: null }, 'complex:c', 'complex c'],
    [{ site: null, complex: null, module: 'ssh' }, 'module:ssh', 'module ssh'],
    [{ site: 'lab', complex: null, module: 'ssh' }, 'module:ssh@lab', 'module ssh at site lab'],
  ])('of %j is %s', (of, id, subject) => {
    expect([limitId(of), limitSubject({ ...of, maxJobs: 1 })]).toEqual([id, subject]);
  });
});
