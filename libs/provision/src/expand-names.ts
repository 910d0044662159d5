import { refuse } from '#kernel';

/** The largest number of machines of one command. */
export const MAX_MACHINES = 1000;

/** How the rule is told where a pattern is none. */
export const PATTERN_RULE =
  'a name, or a pattern as the shell has it: web{01..12} is web01 to web12, with the digits that are written; with a count, web{01..} begins at 01, and web is numbered from 1';

/** A numbered part of a name: `{01..12}`, or `{01..}`, which goes on as far as is asked for. */
const RANGE = /\{(\d{1,9})\.\.(\d{1,9})?\}/;

const wrong = (value: string, rule: string) =>
  refuse('names', 'INVALID_VALUE', `"${value}": ${rule}`, `"${value}" must be ${PATTERN_RULE}`);
const tooMany = (count: number | bigint) =>
  refuse('names', 'TOO_MANY', `${count} machines are more than the ${MAX_MACHINES} that one command may be about`);

/** One that leaves its end open. */
const OPEN_RANGE = /\{(\d{1,9})\.\.\}/;

/** How many digits a range writes its numbers with, as the shell does it: those of the longer end, where one has a zero first. */
const widthOf = (from: string, to: string): number =>
  [from, to].some((text) => text.length > 1 && text.startsWith('0')) ? Math.max(from.length, to.length) : 0;

/** The names one pattern stands for, those of its first range changing last. @throws Refusal */
function expand(pattern: string): readonly string[] {
  const found = RANGE.exec(pattern);
  if (!found) {
    if (/[{}]/.test(pattern)) throw wrong(pattern, 'it has braces and no range such as {01..12} in them');
    return [pattern];
  }
  const [range, from = '', to] = found;
  if (to === undefined) throw wrong(pattern, 'its range has no end, and there is no count');
  const count = Number(to) - Number(from) + 1;
  if (count < 1) throw wrong(pattern, `its range ends before it begins`);
  if (count > MAX_MACHINES) throw tooMany(count);
  const before = pattern.slice(0, found.index);
  const behind = expand(pattern.slice(found.index + range.length));
  if (count * behind.length > MAX_MACHINES) throw tooMany(count * behind.length);
  const width = widthOf(from, to);
  return Array.from({ length: count }, (_, n) => before + String(Number(from) + n).padStart(width, '0')).flatMap(
    (one) => behind.map((rest) => one + rest),
  );
}

/** A pattern that leaves its end open, with the end that a count gives it. */
function closed(pattern: string, count: number): string {
  if (!/[{}]/.test(pattern)) return `${pattern}{${'1'.padStart(String(count).length, '0')}..${count}}`;
  return pattern.replace(
    OPEN_RANGE,
    (_, from: string) => `{${from}..${String(Number(from) + count - 1).padStart(from.length, '0')}}`,
  );
}

/**
 * The names that patterns stand for, in their order, each once.
 * @param count how many there have to be; with one pattern that leaves it open, so many are made
 * @throws Refusal naming the pattern and the rule
 */
export function expandNames(patterns: readonly string[], count: number | null = null): readonly string[] {
  if (patterns.length === 0) throw refuse('names', 'REQUIRED', 'say what the machines are called');
  if (patterns.length > MAX_MACHINES) throw tooMany(patterns.length);
  if (count !== null && (!Number.isSafeInteger(count) || count < 1 || count > MAX_MACHINES)) {
    throw refuse('count', 'RANGE', `${count} must be from 1 to ${MAX_MACHINES}`);
  }
  const open = count !== null && patterns.length === 1 ? [closed(patterns[0] ?? '', count)] : patterns;
  const names = open.flatMap(expand);
  if (names.length > MAX_MACHINES) throw tooMany(names.length);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw refuse('names', 'TWICE', `"${twice}" is named twice`);
  if (count !== null && names.length !== count) {
    throw refuse('count', 'RANGE', `${count} is another number than that of the names, which are ${names.length}`);
  }
  return names;
}
