import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { acceptCustomVerbs } from './custom-verbs.ts';
import type { HttpDispatcher } from './dispatcher.ts';
import { MAX_HEAD } from './dispatcher.ts';
import { nodeRequest, plainAddress, sendAnswer } from './node-http.ts';
import { verbOf } from './custom-verbs.ts';

/** How a plain server beside an HTTPS server answers. */
export interface RedirectOptions {
  /** What is answered here all the same: what has to be reached without TLS. */
  readonly dispatcher: () => HttpDispatcher;
  /** Address of the HTTPS server where a request does not say under which name it asks; and its port. */
  readonly port: () => number;
}

/** A server without TLS that sends everybody to the HTTPS server on the same machine, but for what may be had without. */
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
