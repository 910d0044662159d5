/** How long the database may take over a statement, in milliseconds. */
export const ANSWER_MS = 30_000;
/** So many characters of what is written give it a millisecond more. */
const PER_MS = 100;

/**
 * A statement that fails where it is not answered in time. A connection that has died unheard, as its other end has lost
 * power or a router has forgotten it, never answers; what was asked of it may have been done.
 * @param characters how many it writes: each takes its time
 * @param ms how long it may take beside that
 */
export const inTime = <Query extends object>(
  query: Query,
  characters = 0,
  ms = ANSWER_MS,
): Query & { readonly query_timeout: number } => ({ ...query, query_timeout: ms + characters / PER_MS });
