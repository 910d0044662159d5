import type { FeedSelection } from '#api';
import { toMoment, toPosition } from '#api';
import type { Position } from '#event-store';
import type { HttpRequest } from '#http';
import { malformed } from './problem.ts';

/** What the query asks for. @throws Problem */
export function selectionIn(query: URLSearchParams): FeedSelection {
  const [job, site] = [query.get('job'), query.get('site')];
  if (job !== null && site !== null) throw malformed('job and site are not given together.', 'site');
  if (job !== null && !/^[1-9]\d{0,14}$/.test(job)) throw malformed('job must be the id of a job.', 'job');
  if (job !== null) return { job: Number(job) };
  return site === null ? {} : { site };
}

/** Where to go on: what the client was told last, or what its address says. @throws Problem */
export function afterIn(request: HttpRequest, query: URLSearchParams): Position | undefined {
  const header = request.header('last-event-id');
  const text = header === undefined || header === '' ? query.get('after') : header;
  if (text === null) return undefined;
  const position = toPosition(text);
  if (position === undefined) throw malformed('after must be a position of the log.', 'after');
  return position;
}

/** The time to begin at, where the address names one instead of a position; a client that comes back goes on where it was. */
export function timeIn(request: HttpRequest, query: URLSearchParams): string | undefined {
  const text = query.get('after');
  if ((request.header('last-event-id') ?? '') !== '' || text === null || toPosition(text) !== undefined)
    return undefined;
  return toMoment(text);
}
