import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { acceptCustomVerbs, verbOf } from './custom-verbs.ts';
import type { HttpDispatcher } from './dispatcher.ts';
import { MAX_HEAD } from './dispatcher.ts';
import { nodeRequest, plainAddress, sendAnswer } from './node-http.ts';

/** How a plain server beside an HTTPS server answers. */
export interface RedirectOptions {
  /** Answers what has to be reached without TLS; every other request is redirected. */
  readonly dispatcher: () => HttpDispatcher;
  /** Port of the HTTPS server. */
  readonly port: () => number;
}

/**
 * A server without TLS beside an HTTPS server: it redirects (308) every request that its dispatcher does not answer to the
 * same host name and path at the HTTPS server, and answers 400 where a request names no host.
 */
export function createRedirectServer({ dispatcher, port }: RedirectOptions): Server {
  const server = createServer({ maxHeaderSize: MAX_HEAD }, (message, response) => {
    const verb = verbOf(message);
    const answered = dispatcher()(nodeRequest(message, verb, plainAddress(message.socket.remoteAddress)));
    if (answered) {
      answered.then((given) => given && sendAnswer(response, given)).catch((error: Error) => message.destroy(error));
      return;
    }
    const host = hostIn(message.headers.host);
    if (host === undefined) {
      sendAnswer(response, { status: 400, headers: { 'Content-Type': 'text/plain' }, text: 'no Host' });
      return;
    }
    const at = port() === 443 ? host : `${host}:${port()}`;
    // 308 keeps the verb and the body, where a client follows it.
    const target = message.url?.startsWith('/') ? message.url : '/';
    sendAnswer(response, { status: 308, headers: { Location: `https://${at}${target}` } });
  });
  acceptCustomVerbs(server);
  return server;
}

/** The name in a Host field, without its port; undefined where it is none. */
const hostIn = (field = ''): string | undefined => /^([\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.exec(field)?.[1];
