import { LanguageFault } from './signals.ts';

/** The largest integer the language works with: 2^53. */
export const largestInteger = 2 ** 53;

/** How long a text may become, in UTF-16 units. */
export const longestText = 256 * 1024;

/** How much of a value is shown as text in a message. */
export const longestShown = 64 * 1024;

/** How deep arrays and maps may be nested in each other. */
export const deepestValue = 400;

/** How many elements an array or a map may have. */
export const largestArray = 100_000;

/** How large all that a script holds may be, roughly in characters. */
export const largestStored = 8 * 1024 * 1024;

/** How many elements one copy, comparison or text form may visit before the script is stopped. */
export const largestWalk = 250_000;

/** Counts what a walk through nested values visits, and stops it at the limits. */
export interface Walk {
  visited: number;
}

/** Notes a visit at a depth; throws when the value is too deep or too large. */
export function visit(walk: Walk, depth: number): void {
  walk.visited += 1;
  if (depth > deepestValue) throw new LanguageFault(`a value is nested deeper than ${deepestValue} levels`);
  if (walk.visited > largestWalk) throw new LanguageFault(`a value holds more than ${largestWalk} elements`);
}

/** Throws when a text is too long to go on with. */
export function boundedText(length: number, most = longestText): void {
  if (length > most) throw new LanguageFault(`a text is longer than ${most} characters`);
}

/** Throws when an array or a map is so large that nothing can be added. */
export function boundedSize(size: number): void {
  if (size >= largestArray) throw new LanguageFault(`an array or a map has more than ${largestArray} elements`);
}
