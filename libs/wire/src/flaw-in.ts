/** How deep an outcome may be nested. */
export const MAX_OUTCOME_DEPTH = 100;

/** What no text of the log can hold. */
const NUL = '\0';

/** Why a value from outside cannot be taken: it is nested too deep to be worked on, or cannot be kept; undefined where it can. */
export function flawIn(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_OUTCOME_DEPTH) return `it is nested deeper than ${MAX_OUTCOME_DEPTH} levels`;
    if (level.some(hasNul)) return 'it has text with a NUL character';
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return undefined;
}

const hasNul = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.includes(NUL)
    : typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.includes(NUL));
