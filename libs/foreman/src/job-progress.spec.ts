import { describe, expect, it } from '@jest/globals';
import { begin, compile, emptyHost, run } from '#tscript';
import { created, dispatch, order } from '../test/example-jobs.ts';
import { MAX_TOLD_MESSAGE, progressOf, progressOfOver } from './job-progress.ts';
import type { JobRow } from './jobs.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const program = compile('begin()\n  pause( msg="x" )\n  lab.work()\n  lab.other()\nend\n');
const { machine } = run(begin(program), program, emptyHost, { now: NOW, newCookie: () => 'c' });
const row = (changes: Partial<JobRow> = {}): JobRow =>
  ({
    ...created,
    stage: 'queued',
    message: 'm',
    machine,
    order: null,
    dispatch: null,
    dispatchedAt: null,
    updated: '2026-01-01T00:00:00.000Z',
    ...changes,
  }) as JobRow;
const times = (usual: Readonly<Record<string, number>>) => ({
  program,
  now: NOW,
  usualMs: (name: string) => usual[name],
});

describe('the progress of a job', () => {
  it('is where its script stands', () => {
    expect(progressOf(12, row(), times({}))).toEqual({
      job: 12,
      site: 'site1',
      target: { kind: 'Foundation', id: 'host1' },
      name: 'host1',
      script: 'create',
      state: 'queued',
      percent: 0,
      line: 2,
      message: 'm',
      remaining: null,
    });
    expect(progressOf(12, row({ machine: null, stage: 'waiting' }), times({}))).toMatchObject({
      state: 'waiting',
      percent: 0,
      line: null,
      remaining: null,
    });
    expect(progressOf(12, row({ message: 'x'.repeat(5000) }), times({})).message).toHaveLength(MAX_TOLD_MESSAGE);
  });

  it.each<[string, Partial<JobRow>, Record<string, number>, number | null]>([
    ['nothing is known', { order }, {}, null],
    ['what is ahead', {}, { 'lab.work': 5000, 'lab.other': 2500 }, 8],
    ['what is ahead, as far as it is known', {}, { 'lab.other': 2500 }, 3],
    ['a step nobody has yet', { order: { ...order, function: 'now' } }, { 'lab.now': 30_000 }, 30],
    [
      'a step at an agent for 20 s',
      { order: { ...order, function: 'now' }, dispatch, dispatchedAt: '2026-01-01T00:00:40.000Z' },
      { 'lab.now': 30_000, 'lab.work': 1000 },
      11,
    ],
    [
      'a step that takes longer than it usually does',
      { order: { ...order, function: 'now' }, dispatch, dispatchedAt: '2026-01-01T00:00:00.000Z' },
      { 'lab.now': 30_000, 'lab.work': 1000 },
      1,
    ],
  ])('says how long what is left usually takes: %s', (_, changes, usual, remaining) => {
    expect(progressOf(12, row(changes), times(usual)).remaining).toBe(remaining);
  });

  it('is over', () => {
    expect(progressOfOver(12, row(), false)).toMatchObject({ state: 'done', percent: 100, line: null, remaining: 0 });
    expect(progressOfOver(12, row(), true)).toMatchObject({ state: 'canceled' });
  });
});
