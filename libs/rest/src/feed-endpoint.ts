import type { HttpAnswer, HttpRequest } from '#http';
import type { Caller } from '#kernel';
import type { EndpointOptions, Reply } from './answer-request.ts';
import { answerRequest } from './answer-request.ts';

/** Nothing between server and client may keep what goes on, or hold it back. */
export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

/** Answers a request to follow something: what `answer` makes of a GET or HEAD, or the problem that is in the way. */
export const answerFeed = (
  request: HttpRequest,
  options: EndpointOptions,
  answer: (caller: Caller, reply: Reply) => Promise<HttpAnswer>,
): Promise<HttpAnswer | undefined> => answerRequest(request, { ...options, verbs: ['GET', 'HEAD'] }, answer);
