import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastPath } from '../src/custom-verbs.ts';
import { acceptCustomVerbs, verbOf } from '../src/custom-verbs.ts';

/** The text of a request. */
export const request = (line: string, fields: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: a', ...fields, '', body].join('\r\n');
export const sized = (line: string, body: string): string => request(line, [`Content-Length: ${body.length}`], body);
export const last = (line: string): string => request(line, ['Connection: close']);

const open: (() => unknown)[] = [];

/** What is to be done when a test is over. */
export const afterwards = (close: () => unknown): void => void open.push(close);

/** Ends what the test has begun. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

/** A promise and what fulfils it. */
export function settled<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request.setEncoding('latin1')) body += part;
  return body;
}

/** Answers with what it was asked: verb, method, target, body. */
export const echo: RequestListener = (request, response) => {
  void bodyOf(request).then(
    (body) => {
      const text = [verbOf(request), request.method, request.url, body].join(' ');
      response.writeHead(200, { 'Content-Length': text.length }).end(text);
    },
    () => response.destroy(),
  );
};

/** A server that accepts the verbs, listening on loopback. */
export async function started(
  listener: RequestListener = echo,
  options: ServerOptions = {},
  fastPath?: FastPath,
): Promise<Server & { port: number }> {
  const server = createServer({ maxHeaderSize: 65536, ...options }, listener);
  acceptCustomVerbs(server, { fastPath });
  return listening(server);
}

/** The same of a server made elsewhere. */
export async function listening<S extends Server>(server: S): Promise<S & { port: number }> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** A connection to it. */
export async function connected(server: { port: number }): Promise<Socket> {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  afterwards(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends the pieces, each as a read of its own, and answers what came back when the server has closed. */
export async function talk(server: { port: number }, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = await connected(server);
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await turn();
  }
  if (!socket.closed) await once(socket, 'close');
  return text;
}

/** Status and body of each answer in a text. */
export function answersIn(text: string): string[] {
  const answers: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n\r\n', at) + 4;
    const head = text.slice(at, end);
    at = end + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    answers.push(`${head.slice(9, 12)} ${text.slice(end, at)}`.trim());
  }
  return answers;
}
