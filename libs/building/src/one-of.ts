import { refuse } from '#kernel';

/** A state that is asked for. @throws Refusal where it is none of these */
export function oneOf<const S extends string>(states: readonly S[], wanted: string | null): S {
  const found = states.find((state) => state === wanted);
  if (found === undefined) {
    throw refuse('state', 'CHOICE', `Invalid Value "${wanted ?? ''}": must be one of ${states.join(', ')}`);
  }
  return found;
}
