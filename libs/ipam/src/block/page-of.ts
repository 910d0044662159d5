import { parameter } from '#api';
import { refuse } from '#kernel';

/** A part of a long answer about addresses in use. */
export interface Page {
  /** How many of them are passed over. */
  readonly position: number;
  /** How many are told, 1 and more. */
  readonly count: number;
}

/** How callers ask for a part. @param most the largest part, which is also what they get where they do not say */
export const pageParameters = (most: number) =>
  ({
    position: parameter.integer({ default: 0, doc: 'How many used addresses are passed over.' }),
    count: parameter.integer({ default: most, doc: `How many used addresses are looked at, 1 to ${most}.` }),
  }) as const;

/** The part that is asked for. @throws Refusal where it is out of range */
export function pageOf(asked: { readonly [N in keyof Page]: number | null }, most: number): Page {
  const { position, count } = asked;
  if (position === null || position < 0) throw refuse('position', 'RANGE', 'must be at least 0');
  if (count === null || count < 1 || count > most) throw refuse('count', 'RANGE', `must be between 1 and ${most}`);
  return { position, count };
}
