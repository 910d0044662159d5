import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyStream } from './body-stream.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from './http-exchange.ts';
import { ClientGone, UnusableBody } from './json-body.ts';

/** A request of Node's HTTP server; `verb` is what the client sent, where the server has changed it. */
export function nodeRequest(message: IncomingMessage, verb: string, source: string): HttpRequest {
  return {
    verb,
    target: message.url ?? '',
    source,
    hasBody: hasBody(message),
    header: (name) => {
      const value = message.headers[name];
      return typeof value === 'object' ? value[0] : value;
    },
    body: (limit) => readBytes(message, limit),
  };
}

/** Puts an answer on the wire, its length known; in chunks only where its body goes on. */
export function sendAnswer(
  response: ServerResponse,
  { status, headers, cookies, text, bytes, stream }: HttpAnswer,
): void {
  if (cookies) response.setHeader('Set-Cookie', [...cookies]);
  if (stream) {
    response.writeHead(status, headers);
    response.flushHeaders();
    stream(bodyStream(response));
    return;
  }
  const body = bytes ?? text;
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}

/** A handler as a listener of Node's HTTP server. The promise never rejects. */
export const nodeListener =
  (handle: HttpHandler) =>
  async (message: IncomingMessage, response: ServerResponse, verb = message.method ?? ''): Promise<void> => {
    const answer = await handle(nodeRequest(message, verb, plainAddress(message.socket.remoteAddress)));
    if (answer) sendAnswer(response, answer);
  };

/** An address as people write it: one of IPv4 without the prefix that sockets of IPv6 give it. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(UnusableBody.tooLarge(limit));
    });
    const gone = (): void => {
      if (!request.complete) reject(new ClientGone());
    };
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', gone);
    request.once('close', gone);
  });
}
