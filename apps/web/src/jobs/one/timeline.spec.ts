import { describe, expect, it } from '@jest/globals';
import type { Course, CourseTask } from './course.ts';
import type { TrailEvent } from './job-trail.ts';
import { phasesOf, timelineOf } from './timeline.ts';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const event = (seconds: number, state: string): TrailEvent => ({ state, at: at(seconds) }) as TrailEvent;
const EVENTS = [event(0, 'waiting'), event(10, 'queued'), event(20, 'queued'), event(40, 'error'), event(50, 'queued')];

describe('the phases of a job', () => {
  it('are told by its events, and go on until now', () => {
    expect(phasesOf(EVENTS, 100_000).map(({ kind, from, to }) => [kind, from / 1000, to / 1000])).toEqual([
      ['waiting', 0, 10],
      ['queued', 10, 40],
      ['error', 40, 50],
      ['queued', 50, 100],
    ]);
  });

  it('end with the job', () => {
    const phases = phasesOf([...EVENTS, event(60, 'done')], 100_000);
    expect(phases.at(-1)).toMatchObject({ kind: 'queued', to: 60_000 });
    expect(phasesOf([], 5)).toEqual([]);
  });
});

describe('the timeline of a job', () => {
  const task: Partial<CourseTask> = {
    task: '1-1',
    module: 'test',
    function: 'act',
    requested: at(10),
    ended: null,
    attempts: [
      { dispatched: at(20), ended: at(30), outcome: 'lapsed', agent: 'a1' },
      { dispatched: at(40), ended: null, outcome: 'running', agent: null },
    ] as unknown as CourseTask['attempts'],
  };
  const course = { created: at(0), ended: null, tasks: [task] } as unknown as Course;

  it('is a line for the job, and one for each task with its attempts', () => {
    const { rows, took } = timelineOf(course, EVENTS, 100_000);
    expect(took).toBe(100_000);
    expect(rows.map(({ label, took: ms }) => [label, ms])).toEqual([
      ['Job', 100_000],
      ['test.act', 80_000],
    ]);
    expect(rows[1]?.bars).toEqual([
      { kind: 'waiting', left: 10, width: 10, took: 10_000, title: 'waiting for an agent' },
      { kind: 'lapsed', left: 20, width: 10, took: 10_000, title: 'attempt 1 at a1: lapsed' },
      { kind: 'running', left: 40, width: 60, took: 60_000, title: 'attempt 2: running' },
    ]);
  });

  it('shows what took no time, within the picture', () => {
    const [row] = timelineOf(course, [event(100, 'error')], 100_000).rows;
    expect(row?.bars[0]).toMatchObject({ width: 0.4, left: 99.6, took: 0 });
  });

  it('shows a task that nobody has taken', () => {
    const open = { ...course, tasks: [{ ...task, attempts: [] }] } as unknown as Course;
    expect(timelineOf(open, [], 100_000).rows[1]?.bars).toMatchObject([{ kind: 'waiting', left: 10, width: 90 }]);
  });
});
