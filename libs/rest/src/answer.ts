import { writeJson } from '#kernel';
import type { HttpAnswer } from '#http';
import type { Problem } from './problem.ts';
import { PROBLEMS } from './problem.ts';
import { problemPath } from './paths.ts';

/** A reply before it is put on the wire. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
  /** The body where it is written already, JSON. */
  readonly bytes?: Buffer;
}

/** The answer that tells of a problem; `asked` is the path and the id of the request. */
export function problemAnswer(
  { problem, message, errors, headers }: Problem,
  asked: { readonly path: string; readonly id: string },
): Answer {
  const { status, title } = PROBLEMS[problem];
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
    body: {
      type: problemPath(problem),
      title,
      status,
      detail: message,
      instance: asked.path,
      request: asked.id,
      ...(errors.length > 0 ? { errors } : {}),
    },
  };
}

/** An answer as it goes over the wire. */
export function onTheWire({ status, headers, body, bytes }: Answer): HttpAnswer {
  const text = body === undefined ? undefined : writeJson(body);
  return {
    status,
    headers: {
      'Cache-Control': 'private, no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...(text === undefined && !bytes ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(bytes ? { bytes } : { text }),
  };
}
