import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { hostOf, namedAs, proxyAuthorization, proxyTunnel, secured } from './proxy-tunnel.ts';

/** A request of a program to a server; redirects are not followed. */
export interface HttpRequest {
  /** Any verb. */
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** URL of an HTTP proxy, perhaps with user and password; what the environment says of proxies does not count. */
  readonly proxy?: string | undefined;
  /** Whether the certificate of the server has to be good (it has). */
  readonly verifyTls?: boolean;
  /** File with the certificates (PEM) of those who may have signed that of the server; else those Node brings along. */
  readonly caFile?: string | undefined;
  /** How long all of it may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The longest answer that is read, in bytes. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Sends a request and reads the answer, whatever its status. @throws Error where none comes, or none in time */
export async function httpRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { timeoutMs, signal } = request;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => stop.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await answerOf(await openRequest(request, stop.signal));
  } catch (error) {
    throw stop.signal.aborted ? (stop.signal.reason as Error) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** A request whose answer is read by the caller. */
type OpenedRequest = Omit<HttpRequest, 'timeoutMs' | 'signal' | 'body'> & {
  /** What is read is sent as it comes; its length has to stand in the headers. */
  readonly body?: string | Readable;
};

/** Sends a request and waits for the head of its answer; the body is the caller's to read. @throws Error where none comes */
export async function openRequest(
  { method, url, headers = {}, body, proxy, verifyTls = true, caFile }: OpenedRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  // Read for every request: a renewed file needs no restart.
  const tls = {
    rejectUnauthorized: verifyTls,
    ...(secure && caFile !== undefined ? { ca: authoritiesIn(caFile) } : {}),
  };
  const all = {
    Host: target.host,
    ...(typeof body === 'string' ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}),
    ...headers,
  };
  const through = proxy === undefined ? undefined : new URL(proxy);
  if (through && secure) {
    const socket = await tunnel(through, target, tls, signal);
    const options = { method, headers: all, path: target.pathname + target.search, signal };
    return headOf(http.request({ ...options, createConnection: () => socket }), body);
  }
  if (through) {
    const options = {
      host: hostOf(through),
      port: through.port || 80,
      method,
      path: target.href,
      signal,
      agent: false,
    };
    return headOf(http.request({ ...options, headers: { ...all, ...proxyAuthorization(through) } }), body);
  }
  const options = { method, headers: all, signal, ...tls };
  return headOf((secure ? https : http).request(target, options), body);
}

function authoritiesIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the certificates in ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}

/** Why a request has failed whose connection was closed: Node tells it as no error where the answer was 101 (Switching Protocols). */
export const CLOSED_UNANSWERED = 'the connection was closed without an answer';

const headOf = (request: http.ClientRequest, body: string | Readable | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('close', () => reject(new Error(CLOSED_UNANSWERED)));
    request.on('response', resolve);
    // A server may answer before it has all, and hang up then.
    if (typeof body === 'object') pipeline(body, request, (error) => void (error && reject(error)));
    else request.end(body);
  });

/** Reads an answer to its end. @throws Error where it is too long, or cut off */
function answerOf(response: IncomingMessage): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('error', reject);
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else response.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
    });
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response;
      if (response.complete) resolve({ status, headers, text: Buffer.concat(chunks).toString() });
      else reject(new Error('the answer was cut off'));
    });
  });
}

/** A connection to a secure server through a proxy. */
async function tunnel(
  proxy: URL,
  target: URL,
  options: { readonly rejectUnauthorized: boolean; readonly ca?: string },
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await proxyTunnel({ proxy, host: hostOf(target), port: Number(target.port || 443), signal });
  return new Promise((resolve, reject) => {
    const secure = secured(socket, { ...options, ...namedAs(hostOf(target)) });
    const abort = () => secure.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    secure.once('close', () => signal.removeEventListener('abort', abort));
    secure.once('error', reject);
    secure.once('secureConnect', () => resolve(secure));
  });
}
