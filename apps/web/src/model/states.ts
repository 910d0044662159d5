/** The colours of PatternFly's labels that states have. */
export type StateColor = 'grey' | 'blue' | 'green' | 'orange' | 'red' | 'teal';

const COLORS: Readonly<Record<string, StateColor>> = {
  planned: 'grey',
  located: 'blue',
  built: 'green',
  queued: 'grey',
  waiting: 'blue',
  done: 'green',
  paused: 'orange',
  aborted: 'orange',
  error: 'red',
};

/** The colour of a state; that of what is not known is grey. */
export const colorOf = (state: string): StateColor => COLORS[state] ?? 'grey';
