import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { bodyStream } from './body-stream.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from './http-exchange.ts';
import { ClientGone, UnusableBody } from './json-body.ts';

/** How long the body of a request may take to come, in milliseconds, where it is not read as it comes. */
const BODY_MS = 300_000;
/** How long a client may take nothing of a file, or send nothing of a body that is read as it comes, in milliseconds. */
const STALLED_MS = 60_000;
/** How long a body that is read as it comes may take, in milliseconds. */
export const MAX_BODY_MS = 12 * 3600_000;

/** A request of Node's HTTP server; `verb` is what the client sent, where the server has changed it. */
export function nodeRequest(message: IncomingMessage, verb: string, source: string): HttpRequest {
  const late = hasBody(message) ? setTimeout(() => message.destroy(), BODY_MS).unref() : undefined;
  if (late) message.once('close', () => clearTimeout(late));
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
    chunks: () => chunksOf(message, () => clearTimeout(late)),
  };
}

/** Puts an answer on the wire, its length known; in chunks only where its body goes on. */
export function sendAnswer(
  response: ServerResponse,
  { status, headers, cookies, text, bytes, stream, source }: HttpAnswer,
): void {
  if (cookies) response.setHeader('Set-Cookie', [...cookies]);
  if (stream) {
    response.writeHead(status, headers);
    response.flushHeaders();
    stream(bodyStream(response));
    return;
  }
  if (source) {
    response.writeHead(status, headers);
    response.setTimeout(STALLED_MS, () => response.destroy());
    // A client that goes away, or a file that cannot be read to its end: what was promised does not come.
    pipeline(source, response, (error) => void (error && response.destroy()));
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

/** @param begun told once somebody reads it: what nobody reads has less time */
async function* chunksOf(request: IncomingMessage, begun: () => void): AsyncGenerator<Buffer> {
  begun();
  const stalled = setTimeout(() => request.destroy(), STALLED_MS).unref();
  try {
    // Whoever stops reading early still has an answer to give.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      yield chunk;
      stalled.refresh();
    }
    if (!request.complete) throw new ClientGone();
  } catch (error) {
    throw request.destroyed && !request.complete ? new ClientGone() : error;
  } finally {
    clearTimeout(stalled);
    request.resume();
  }
}
