/** The parts of a version that are compared: numbers, and words. */
const partsOf = (version: string): readonly (number | string)[] =>
  (version.toLowerCase().match(/\d+|[a-z]+/g) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part));

/**
 * Which of two versions is the later one: below zero where the first is earlier, above where it is later. Numbers go by their
 * value, words by the alphabet and before numbers, and what has more parts is later: `2.10.1` is later than `2.9`.
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  for (let n = 0; n < Math.max(left.length, right.length); n += 1) {
    const [a, b] = [left[n], right[n]];
    if (a === b) continue;
    if (a === undefined) return -1;
    if (b === undefined) return 1;
    if (typeof a === typeof b) return a < b ? -1 : 1;
    return typeof a === 'string' ? -1 : 1;
  }
  return 0;
}

/** Whether a version is as wanted: `2.5.0` exactly, `>=2.5` that or a later one. One that is not told is not. */
export function isAsWanted(version: string | null, wanted: string): boolean {
  const [, least] = /^>=\s*(.+)$/.exec(wanted) ?? [];
  if (version === null) return false;
  return least === undefined ? version === wanted : compareVersions(version, least) >= 0;
}
