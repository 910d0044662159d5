import * as http from 'node:http';
import * as https from 'node:https';

/** A request to the API of a platform. */
export interface HttpOrder {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal: AbortSignal;
  /** How long nothing may come, in milliseconds; 30 seconds unless said. */
  readonly silenceMs?: number;
}

export interface HttpReply {
  readonly status: number;
  /** What stands beside the status, where some APIs say what is wrong. */
  readonly reason: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** How long a platform may be silent, in milliseconds. */
export const SILENCE_MS = 30_000;
/** The largest answer that is read, in bytes. */
export const MAX_REPLY_BYTES = 64 * 2 ** 20;

/** Where the API of a host is: `host`, `host:port`, or an IPv6 address. */
export function endpoint(host: string, protocol: 'http' | 'https', port: number): URL {
  const isBareV6 = host.split(':').length > 2 && !host.startsWith('[');
  const name = isBareV6 ? `[${host}]` : host;
  const hasPort = /(?:^[^:]+|\]):\d+$/.test(name);
  return new URL(`${protocol}://${name}${hasPort ? '' : `:${port}`}/`);
}

/**
 * Asks the API of a platform. Certificates are not verified: platforms come with ones of their own making.
 * @throws Error where nobody answers; the reason of the signal
 */
export const exchange = ({ method, url, headers = {}, body, signal, silenceMs = SILENCE_MS }: HttpOrder) =>
  new Promise<HttpReply>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, signal, agent: false, timeout: silenceMs };
    const failed = (error: NodeJS.ErrnoException): void => {
      if (signal.aborted) reject(signal.reason as Error);
      else reject(new Error(`${url.host} can not be reached: ${error.message || error.code}`, { cause: error }));
    };
    const received = (reply: http.IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let size = 0;
      reply.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_REPLY_BYTES) request.destroy(new Error(`the answer is larger than ${MAX_REPLY_BYTES} bytes`));
        else chunks.push(chunk);
      });
      reply.on('error', failed);
      reply.on('end', () => {
        const { statusCode: status = 0, statusMessage: reason = '', headers: its } = reply;
        resolve({ status, reason, headers: its, text: Buffer.concat(chunks).toString() });
      });
    };
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, rejectUnauthorized: false }, received)
        : http.request(url, options, received);
    request.on('error', failed);
    request.on('timeout', () => request.destroy(new Error(`it was silent for ${silenceMs / 1000} seconds`)));
    request.end(body);
  });
