/** A part of a list. */
export interface Span {
  readonly from: number;
  readonly count: number;
}

/** The first part is small, so that it is there at once; the others are as large as the server gives them. */
const FIRST = 50;
const REST = 1000;

/** The part of a list in front of a position, behind so many others that were read from its end; undefined: there is none. */
export function nextSpan(before: number, pages: number | undefined): Span | undefined {
  const count = Math.min(before, pages === undefined ? FIRST : REST);
  return count === 0 ? undefined : { from: before - count, count };
}
