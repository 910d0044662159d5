import type { StateColor } from '../../model/states.ts';

const COLORS: Readonly<Record<string, StateColor>> = {
  waiting: 'blue',
  queued: 'teal',
  running: 'teal',
  dispatched: 'teal',
  done: 'green',
  failed: 'red',
  error: 'red',
  aborted: 'red',
  lost: 'red',
  unknown: 'red',
  lapsed: 'orange',
  paused: 'orange',
  'not-done': 'orange',
  canceled: 'orange',
};

/** The colour of the state of a task, of how an attempt ended, or of a phase of a job; what is withdrawn is grey. */
export const colorOfTask = (state: string): StateColor => COLORS[state] ?? 'grey';
