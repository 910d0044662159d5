import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { isTraced, noteInSpan, traced } from '#kernel';
import type { Arrival } from './arrival.ts';
import { verbOf } from './custom-verbs.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from './http-exchange.ts';
import { withoutHost } from './http-exchange.ts';
import type { TlsCertificate } from './tls-certificate.ts';
import { MAX_BODY_MS, nodeRequest, plainAddress, sendAnswer } from './node-http.ts';

/** Largest head of a request in bytes: a GET of a hundred objects has a long URI. */
export const MAX_HEAD = 64 * 1024;

/** How long the head of a request may take to come, in milliseconds. */
const HEAD_MS = 60_000;

/** One protocol the server speaks: which paths it answers, and how. */
export interface ProtocolAdapter {
  /** As it stands in metrics. */
  readonly name: string;
  readonly paths: RegExp;
  readonly handle: HttpHandler;
  /** Whether some of its answers have a body that goes on, which the fast path cannot write. */
  readonly streams?: true;
  /** A path as it stands in traces; as it was asked for unless given. */
  readonly tracedPath?: (path: string) => string;
}

/** Where each answered request is counted. */
export interface RequestMetrics {
  /** @param adapter the protocol's name, `pages` for what no protocol answers */
  request(adapter: string, verb: string, status: number, seconds: number): void;
}

/**
 * Has a request answered by the protocol adapter of its path; undefined where there is none.
 * @param streams whether answers can have a body that goes on; where not, requests for such are not answered here
 */
export type HttpDispatcher = (request: HttpRequest, streams?: boolean) => Promise<HttpAnswer | undefined> | undefined;

/**
 * Protocol adapters as one: each request goes to the first that answers its path, and is measured. They get targets
 * without scheme and host.
 * @param arrivalOf how a request has come, if it may have come through proxies or over TLS
 */
export const httpDispatcher =
  (
    adapters: readonly ProtocolAdapter[],
    metrics: RequestMetrics,
    arrivalOf: ((request: HttpRequest) => Arrival) | undefined,
  ): HttpDispatcher =>
  (sent, streams = true) => {
    const request = sent.target.startsWith('/') ? sent : { ...sent, target: withoutHost(sent.target) };
    const adapter = adapters.find(({ paths }) => paths.test(request.target));
    if (!adapter || (adapter.streams && !streams)) return undefined;
    const begun = performance.now();
    const asked = arrivalOf ? { ...request, ...arrivalOf(request) } : request;
    const answering = isTraced() ? handledTraced(adapter, asked) : adapter.handle(asked);
    return answering.then((answer) => {
      const seconds = (performance.now() - begun) / 1000;
      if (answer) metrics.request(adapter.name, request.verb, answer.status, seconds);
      return answer;
    });
  };

/** Has a request answered as a span, of the trace of the client where that has one. */
function handledTraced(adapter: ProtocolAdapter, request: HttpRequest): Promise<HttpAnswer | undefined> {
  // What watches the server asks for its pages all the time.
  if (adapter.name === 'pages') return adapter.handle(request);
  const [path = ''] = request.target.split('?');
  const attributes = { 'http.request.method': request.verb, 'url.path': adapter.tracedPath?.(path) ?? path };
  const parent = request.header('traceparent');
  return traced(`${request.verb} ${adapter.name}`, { kind: 'server', root: true, parent, attributes }, async () => {
    const answer = await adapter.handle(request);
    if (answer) noteInSpan({ 'http.response.status_code': answer.status }, answer.status >= 500);
    return answer;
  });
}

/**
 * The HTTP server: what is for a protocol adapter goes past the framework, which would lower-case the headers of answers
 * and read bodies by rules of its own; the rest is the framework's. With a certificate it is an HTTPS server.
 */
export function createDispatchingServer(
  rest: RequestListener,
  dispatcher: () => HttpDispatcher,
  metrics: RequestMetrics,
  certificate?: TlsCertificate,
): Server {
  const listener: RequestListener = (message, response) => {
    const verb = verbOf(message);
    const answered = dispatcher()(nodeRequest(message, verb, plainAddress(message.socket.remoteAddress)));
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
  };
  // Bodies that are not read as they come have less time, which is theirs to keep.
  const limits = { maxHeaderSize: MAX_HEAD, headersTimeout: HEAD_MS, requestTimeout: MAX_BODY_MS };
  if (!certificate) return createServer(limits, listener);
  const { cert, key } = certificate.pair;
  const server = createSecureServer({ ...limits, cert, key, ALPNProtocols: ['http/1.1'] }, listener);
  certificate.serve(server);
  return server;
}
