import type { HttpRequest } from '#http';
import { Problem } from './problem.ts';

/** The header without which nothing is changed by a cookie; a form cannot send it, and no page of another origin may. */
export const CSRF_HEADER = 'Contractor-Csrf';

/** Methods that change nothing. */
const READS: readonly string[] = ['GET', 'HEAD'];

/** Whether a request is from a page of this server, or from no page, as far as the browser says. */
export function isSameOrigin(request: HttpRequest): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.header('origin');
  if (origin === undefined) return true;
  const host = request.forwardedHost ?? request.header('host');
  if (!URL.canParse(origin) || host === undefined) return false;
  const { protocol } = new URL(origin);
  if (request.secure && protocol !== 'https:') return false;
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).origin === new URL(origin).origin;
}

/** Refuses what a page of another origin wants. @throws Problem */
export function demandSameOrigin(request: HttpRequest): void {
  if (isSameOrigin(request)) return;
  throw new Problem(
    'forbidden',
    'The session of a browser is for pages of this server alone, and this is another one.',
  );
}

/** Refuses what others have a browser do with the session in its cookie. @throws Problem */
export function demandOwnPage(request: HttpRequest): void {
  const reads = READS.includes(request.verb);
  // Who follows a link sees the answer themselves; the page it stood on does not.
  if (reads && request.header('sec-fetch-mode') === 'navigate') return;
  demandSameOrigin(request);
  if (reads || request.header(CSRF_HEADER.toLowerCase()) === '1') return;
  throw new Problem('forbidden', `With the session in a cookie this needs the header ${CSRF_HEADER}: 1.`);
}
