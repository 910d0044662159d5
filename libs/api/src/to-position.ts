import type { Position } from '#event-store';

/** The position of the log a header or parameter names, a whole number; undefined where it is none. */
export const toPosition = (text: string): Position | undefined =>
  /^\d{1,18}$/.test(text.trim()) ? BigInt(text) : undefined;
