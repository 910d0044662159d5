import { hash, randomInt } from 'node:crypto';
import { refuse } from '#kernel';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new token of a session or a service: 32 characters of a-z and 0-9, beyond guessing. */
export const newToken = (): string => Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** What a token is known by. A plain hash will do: a token is random, so there is nothing to try out. */
export const hashOf = (token: string): string => hash('sha256', token);

/**
 * The token a command results in, whose hash is what its unit of work came to and may stand in the log.
 * @throws Refusal where the command was carried out before, with another token that nobody knows any more
 */
export function shownOnce(token: string, result: string): string {
  if (hashOf(token) !== result) throw refuse('', 'SHOWN_ONCE', 'The token was shown already; ask for a new one.');
  return token;
}
