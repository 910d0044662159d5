/** How deep an outcome may be nested. */
export const MAX_OUTCOME_DEPTH = 100;

/** Why a value from outside cannot be taken: it is nested too deep to be worked on; undefined where it can. */
export function flawIn(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_OUTCOME_DEPTH) return `it is nested deeper than ${MAX_OUTCOME_DEPTH} levels`;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return undefined;
}
