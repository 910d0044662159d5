import { createHash } from 'node:crypto';
import { writeJson } from '#kernel';
import type { Position } from '#event-store';
import { malformed } from './problem.ts';

/**
 * The tag of an object: since which position of the log its row is as it is, and a hash of what is shown, because some
 * fields are worked out from other rows or from the time of day. Readers compare all of it; writers are held to the
 * position, since nobody but the server writes the rest.
 */
export const etagOf = (since: Position, shown: unknown): string =>
  `"${since}-${createHash('sha256').update(writeJson(shown)).digest('base64url').slice(0, 16)}"`;

const LIST = /^\s*(?:W\/)?"[^"]*"\s*(?:,\s*(?:W\/)?"[^"]*"\s*)*$/;

/** The tags in a header If-Match or If-None-Match, as they were written; `*` for any. @throws Problem */
function tagsIn(name: string, header: string): readonly string[] | '*' {
  if (header.trim() === '*') return '*';
  if (!LIST.test(header)) throw malformed(`${name} must be * or a list of entity tags`, name);
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** Whether a reader who holds what If-None-Match says has this already. @throws Problem */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = tagsIn('If-None-Match', header);
  return tags === '*' || tags.some((tag) => tag.replace(/^W\//, '') === etag);
}

/**
 * Since which positions an object must be as it is for If-Match to hold; undefined where any will do. Tags that are
 * weak or not of this server hold for nothing. @throws Problem
 */
export function positionsIn(header: string | undefined): readonly Position[] | undefined {
  if (header === undefined) return undefined;
  const tags = tagsIn('If-Match', header);
  if (tags === '*') return undefined;
  return tags.flatMap((tag) => {
    const position = /^"(\d+)-/.exec(tag)?.[1];
    return position === undefined ? [] : [BigInt(position)];
  });
}
