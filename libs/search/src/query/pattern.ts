import { refuse } from '#kernel';
import { RE2JS, RE2JSException } from 're2js';

/** The longest pattern, in characters. */
export const MAX_PATTERN = 200;
/** The longest text that is held against a pattern, in characters; longer ones match none. */
export const MAX_MATCHED_TEXT = 10_000;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** Whether a pattern is found in a text. */
export type Pattern = (text: string) => boolean;

/**
 * Reads a pattern of the syntax of RE2, which knows no look-around and no back-references: matching takes time in
 * proportion to the text, whatever the pattern.
 * @param options letters `i` (any case), `m` (`^` and `$` at each line), `s` (`.` is any character)
 * @throws Refusal
 */
export function readPattern(pattern: string, options: string): Pattern {
  if (pattern.length > MAX_PATTERN)
    throw refuse('query', 'TOO_LONG', `a pattern has at most ${MAX_PATTERN} characters`);
  const flags = Array.from(options).reduce((all, letter) => {
    const flag = FLAGS[letter];
    if (flag === undefined) throw refuse('query', 'INVALID', `$options takes the letters i, m and s, not "${letter}"`);
    return all | flag;
  }, 0);
  try {
    const compiled = RE2JS.compile(pattern, flags);
    return (text) => text.length <= MAX_MATCHED_TEXT && compiled.test(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw refuse('query', 'PATTERN', `"${pattern}" is no pattern that can be used: ${error.message}`);
  }
}
