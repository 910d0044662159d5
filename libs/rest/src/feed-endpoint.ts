import { ClientGone, newRequestId } from '#http';
import type { HttpAnswer, HttpRequest } from '#http';
import type { Caller } from '#kernel';
import type { Answer } from './answer.ts';
import { onTheWire, problemAnswer } from './answer.ts';
import type { Identify } from './headers.ts';
import { callerOf } from './headers.ts';
import { pathOf } from './paths.ts';
import { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Nothing between server and client may keep what goes on, or hold it back. */
export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

const ALLOW = { Allow: 'GET, HEAD, OPTIONS' };

export interface FeedEndpointOptions {
  readonly identify: Identify;
  readonly log: { error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void };
}

/** Makes what goes onto the wire of an answer. */
export type Reply = (answer: Answer) => HttpAnswer;

/** Answers a request to follow something: what `answer` makes of a GET or HEAD, or the problem that is in the way. */
export async function answerFeed(
  request: HttpRequest,
  { identify, log }: FeedEndpointOptions,
  answer: (caller: Caller, reply: Reply) => Promise<HttpAnswer>,
): Promise<HttpAnswer | undefined> {
  const visit = { path: pathOf(request.target), id: newRequestId() };
  const reply: Reply = ({ headers, ...rest }) =>
    onTheWire({ ...rest, headers: { ...headers, 'Contractor-Request': visit.id } });
  let caller: Caller | undefined;
  try {
    if (request.verb === 'OPTIONS') return reply({ status: 204, headers: ALLOW });
    if (request.verb !== 'GET' && request.verb !== 'HEAD') {
      throw new Problem('method-not-allowed', `${request.verb} is not answered here.`, { headers: ALLOW });
    }
    caller = await callerOf(request, identify);
    return await answer(caller, reply);
  } catch (error) {
    if (error instanceof ClientGone) return undefined;
    const known = problemOf(error, caller);
    if (!known) log.error('a request failed', error, { request: visit.id, path: visit.path });
    return reply(
      problemAnswer(known ?? new Problem('internal', `Something went wrong. Reference: ${visit.id}.`), visit),
    );
  }
}
