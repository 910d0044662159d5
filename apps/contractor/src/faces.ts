import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { HttpAnswer, HttpHandler, HttpRequest } from '#api';
import { nodeRequest, plainAddress, sendAnswer, withoutHost } from '#api';
import { verbOf } from '#cinp';
import type { Metrics } from '#runtime';

/** Largest head of a request in bytes: a GET of a hundred objects has a long URI. */
const MAX_HEAD = 64 * 1024;

/** One way to speak to the server: which paths it answers, and how. */
export interface Face {
  readonly name: string;
  readonly paths: RegExp;
  readonly answer: HttpHandler;
}

/** Has a request answered by the face it is for; undefined where it is for none. */
export type Answering = (request: HttpRequest) => Promise<HttpAnswer | undefined> | undefined;

/**
 * The faces as one: each request goes to the first that answers its path, and is measured. They get targets without
 * scheme and host.
 * @param sourceOf where a request comes from, if it may have come through proxies
 */
export const answering =
  (faces: readonly Face[], metrics: Metrics, sourceOf: ((request: HttpRequest) => string) | undefined): Answering =>
  (sent) => {
    const request = sent.target.startsWith('/') ? sent : { ...sent, target: withoutHost(sent.target) };
    const face = faces.find(({ paths }) => paths.test(request.target));
    if (!face) return undefined;
    const begun = performance.now();
    const asked = sourceOf ? { ...request, source: sourceOf(request) } : request;
    return face.answer(asked).then((answer) => {
      const seconds = (performance.now() - begun) / 1000;
      if (answer) metrics.request(face.name, request.verb, answer.status, seconds);
      return answer;
    });
  };

/**
 * The HTTP server: what is for a face goes past the framework, which would lower-case the headers of answers and read
 * bodies by rules of its own; the rest is the framework's.
 */
export function facesServer(rest: RequestListener, answer: () => Answering, metrics: Metrics): Server {
  return createServer({ maxHeaderSize: MAX_HEAD }, (message, response) => {
    const verb = verbOf(message);
    const answered = answer()(nodeRequest(message, verb, plainAddress(message.socket.remoteAddress)));
    if (answered) {
      answered.then((given) => given && sendAnswer(response, given)).catch((error: Error) => message.destroy(error));
      return;
    }
    const begun = performance.now();
    response.once('finish', () => {
      metrics.request('pages', verb, response.statusCode, (performance.now() - begun) / 1000);
    });
    message.url = withoutHost(message.url ?? '');
    rest(message, response);
  });
}
