import type { Range } from './subnet.ts';

/**
 * A set of offsets as sorted runs that never touch: the n-th begins at `firsts[n]` and ends at `lasts[n]`. A block of
 * any size costs what is used of it, and what is used in one piece costs nothing. Changed in place.
 */
export interface OffsetSet {
  readonly firsts: bigint[];
  readonly lasts: bigint[];
}

/** No offset. */
export const noOffsets = (): OffsetSet => ({ firsts: [], lasts: [] });

/** The number of runs that begin at an offset or before it. */
function runsUpTo({ firsts }: OffsetSet, offset: bigint): number {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (firsts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an offset is in the set. */
export function hasOffset(set: OffsetSet, offset: bigint): boolean {
  const run = runsUpTo(set, offset) - 1;
  return run >= 0 && set.lasts[run]! >= offset;
}

/** Puts an offset into the set. */
export function addOffset(set: OffsetSet, offset: bigint): void {
  const { firsts, lasts } = set;
  const next = runsUpTo(set, offset);
  if (next > 0 && lasts[next - 1]! >= offset) return;
  const joinsBefore = next > 0 && lasts[next - 1] === offset - 1n;
  const joinsAfter = next < firsts.length && firsts[next] === offset + 1n;
  if (joinsBefore && joinsAfter) {
    lasts[next - 1] = lasts[next]!;
    firsts.splice(next, 1);
    lasts.splice(next, 1);
  } else if (joinsBefore) {
    lasts[next - 1] = offset;
  } else if (joinsAfter) {
    firsts[next] = offset;
  } else {
    firsts.splice(next, 0, offset);
    lasts.splice(next, 0, offset);
  }
}

/** Takes an offset out of the set. */
export function removeOffset(set: OffsetSet, offset: bigint): void {
  const { firsts, lasts } = set;
  const run = runsUpTo(set, offset) - 1;
  if (run < 0 || lasts[run]! < offset) return;
  const first = firsts[run]!;
  const last = lasts[run]!;
  if (first === last) {
    firsts.splice(run, 1);
    lasts.splice(run, 1);
  } else if (first === offset) {
    firsts[run] = offset + 1n;
  } else if (last === offset) {
    lasts[run] = offset - 1n;
  } else {
    firsts.splice(run + 1, 0, offset + 1n);
    lasts.splice(run, 1, offset - 1n, last);
  }
}

/**
 * The lowest offset in a range that is not in the set.
 * @param without one more that does not count, such as the gateway
 * @returns undefined where there is none
 */
export function lowestFree(set: OffsetSet, { first, last }: Range, without?: bigint): bigint | undefined {
  let offset = first;
  for (;;) {
    const run = runsUpTo(set, offset) - 1;
    if (run >= 0 && set.lasts[run]! >= offset) offset = set.lasts[run]! + 1n;
    else if (offset === without) offset += 1n;
    else return offset > last ? undefined : offset;
  }
}

/** The offsets of the set outside a range: the first few, and how many there are. */
export function outside(
  set: OffsetSet,
  range: Range,
  most: number,
): { readonly some: bigint[]; readonly count: bigint } {
  const some: bigint[] = [];
  let count = 0n;
  const note = (first: bigint, last: bigint): void => {
    if (first > last) return;
    count += last - first + 1n;
    for (let offset = first; offset <= last && some.length < most; offset += 1n) some.push(offset);
  };
  for (const [n, first] of set.firsts.entries()) {
    const last = set.lasts[n]!;
    note(first, last < range.first ? last : range.first - 1n);
    note(first > range.last ? first : range.last + 1n, last);
  }
  return { some, count };
}

/** How many offsets are in the set. */
export const countOf = ({ firsts, lasts }: OffsetSet): bigint =>
  firsts.reduce((sum, first, n) => sum + lasts[n]! - first + 1n, 0n);
