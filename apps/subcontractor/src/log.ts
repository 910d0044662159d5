import { createHash } from 'node:crypto';
import { Secret } from '#kernel';
import type { WireLog } from '#wire';

/** Keys whose texts are secrets; the same three words by which the server leaves values out of its search. */
const SECRET = /password|token|secret/;

/** A copy in which every secret, and every text under a key that speaks of one, is a hash: the same for the same text and salt. */
export function masked(value: unknown, salt: string): unknown {
  if (value instanceof Secret) return hashed(value.reveal(), salt);
  if (Array.isArray(value)) return value.map((one) => masked(one, salt));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && SECRET.test(key) ? hashed(inner, salt) : masked(inner, salt),
    ]),
  );
}

const hashed = (text: string, salt: string) =>
  `${salt}:${createHash('sha256').update(`${salt}:${text}`).digest('hex')}`;

/** A log of one JSON object a line, secrets masked. */
export const jsonLog =
  (write: (line: string) => void, salt: string): WireLog =>
  (level, message, details = {}) =>
    write(
      JSON.stringify({ time: new Date().toISOString(), level, message, ...(masked(details, salt) as object) }) + '\n',
    );
