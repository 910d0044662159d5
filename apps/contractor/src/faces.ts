import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { verbOf } from '#cinp';
import type { Metrics } from '#runtime';

/** Largest head of a request in bytes: a GET of a hundred objects has a long URI. */
const MAX_HEAD = 64 * 1024;

/** One way to speak to the server: which paths it answers, and how. */
export interface Face {
  readonly name: string;
  readonly paths: RegExp;
  readonly answer: (request: IncomingMessage, response: ServerResponse, verb: string) => Promise<void>;
}

/**
 * The HTTP server: requests go to the first face that answers their path, past the framework, which would lower-case
 * the headers of answers and read bodies by rules of its own; the rest is the framework's.
 */
export function facesServer(rest: RequestListener, faces: () => readonly Face[], metrics: Metrics): Server {
  return createServer({ maxHeaderSize: MAX_HEAD }, (request, response) => {
    const face = faces().find(({ paths }) => paths.test(request.url ?? ''));
    const verb = verbOf(request);
    const begun = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - begun) / 1000;
      metrics.request(face?.name ?? 'pages', verb, response.statusCode, seconds);
    });
    if (face) void face.answer(request, response, verb);
    else rest(request, response);
  });
}
