import { median } from '../median.ts';

/** Prints one figure. */
export const print = (what: string, text: string): void => void process.stdout.write(`${what}: ${text}\n`);

/** Times, in milliseconds. */
export const milliseconds = (times: readonly number[]): string =>
  `median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`;
