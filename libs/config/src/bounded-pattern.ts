import { createContext, Script } from 'node:vm';

/** The longest text that is held against a pattern, in characters. */
const MAX_TEXT = 10_000;

/** How a text and a pattern go together; too long: that is not known at the deadline, or the pattern is too large. */
export type PatternMatch = 'yes' | 'no' | 'too-long';

/** Where patterns run that are stopped when their time is up: a regular expression cannot be stopped in any other way. */
const matching = createContext(Object.assign(Object.create(null) as object, { pattern: '', text: '' }));
const matches = new Script('new RegExp(pattern).test(text)');

/**
 * Whether a text begins with a match of a pattern, or is one as a whole. Texts of more than 10,000 characters match
 * nothing.
 * @param deadline of `performance.now()`
 */
export function matchPattern(
  pattern: string,
  text: string,
  { deadline, whole = false }: { readonly deadline: number; readonly whole?: boolean },
): PatternMatch {
  if (text.length > MAX_TEXT) return 'no';
  const timeout = Math.ceil(deadline - performance.now());
  if (timeout <= 0) return 'too-long';
  Object.assign(matching, { pattern: `^(?:${pattern})${whole ? '$' : ''}`, text });
  try {
    return matches.runInContext(matching, { timeout }) === true ? 'yes' : 'no';
  } catch {
    // It ran out of time, or of what regular expressions may take of the memory.
    return 'too-long';
  } finally {
    Object.assign(matching, { pattern: '', text: '' });
  }
}

/** What is wrong with a text as a pattern; undefined: it is a regular expression. */
export function patternFlaw(pattern: string): string | undefined {
  try {
    RegExp(pattern);
    return undefined;
  } catch {
    return `is no regular expression: "${pattern}"`;
  }
}
