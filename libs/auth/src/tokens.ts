import { hash, randomInt } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new token of a session or a service: 32 characters of a-z and 0-9, beyond guessing. */
export const newToken = (): string => Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** What a token is known by. A plain hash will do: a token is random, so there is nothing to try out. */
export const hashOf = (token: string): string => hash('sha256', token);
