/** A line that is in one text and not in the other: `-` of the first, `+` of the second, with its number there, from 1. */
export interface LineChange {
  readonly op: '-' | '+';
  readonly line: number;
  readonly text: string;
}

/** How many cells the table of the exact comparison may have; beyond, lines are compared by what they say alone. */
const MAX_CELLS = 4_000_000;

/** Which lines of one text another one does not have, and the other way round, in the order of the texts. */
export function lineChanges(before: string, after: string): LineChange[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let same = 0;
  while (same < Math.min(old.length, now.length) - start && old.at(-1 - same) === now.at(-1 - same)) same += 1;
  const [left, right] = [old.slice(start, old.length - same), now.slice(start, now.length - same)];
  const [removed, added] = left.length * right.length <= MAX_CELLS ? inOrder(left, right) : bySaying(left, right);
  const changes = [
    ...removed.map((n): LineChange => ({ op: '-', line: start + n + 1, text: left[n] ?? '' })),
    ...added.map((n): LineChange => ({ op: '+', line: start + n + 1, text: right[n] ?? '' })),
  ];
  return changes.toSorted((one, other) => one.line - other.line || (one.op === '-' ? -1 : 1));
}

type Lines = readonly string[];
/** Numbers of the lines that are only in the first text, and of those only in the second. */
type Apart = readonly [number[], number[]];

/** The fewest lines that have to go and to come, by the longest common subsequence. */
function inOrder(left: Lines, right: Lines): Apart {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (n: number, m: number): number => lengths[n * width + m] ?? 0;
  for (let n = left.length - 1; n >= 0; n -= 1) {
    for (let m = right.length - 1; m >= 0; m -= 1) {
      lengths[n * width + m] = left[n] === right[m] ? at(n + 1, m + 1) + 1 : Math.max(at(n + 1, m), at(n, m + 1));
    }
  }
  const apart: Apart = [[], []];
  let [n, m] = [0, 0];
  while (n < left.length || m < right.length) {
    if (n < left.length && m < right.length && left[n] === right[m]) [n, m] = [n + 1, m + 1];
    else if (m >= right.length || (n < left.length && at(n + 1, m) >= at(n, m + 1))) apart[0].push(n++);
    else apart[1].push(m++);
  }
  return apart;
}

/** Lines that the other text has not, or not as often, wherever they stand: for large texts. */
function bySaying(left: Lines, right: Lines): Apart {
  const only = (these: Lines, those: Lines): number[] => {
    const left = new Map<string, number>();
    for (const line of those) left.set(line, (left.get(line) ?? 0) + 1);
    return these.flatMap((line, n) => {
      const there = left.get(line) ?? 0;
      left.set(line, there - 1);
      return there > 0 ? [] : [n];
    });
  };
  return [only(left, right), only(right, left)];
}
