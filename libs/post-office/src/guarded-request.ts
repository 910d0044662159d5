import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { isIP } from 'node:net';
import { CLOSED_UNANSWERED } from '#runtime/http-request';
import { hostOf, namedAs, proxyAuthorization, proxyTunnel, secured } from '#runtime/proxy-tunnel';
import type { AddressRules } from './address-rules.ts';
import { forbiddenAddress } from './address-rules.ts';

/** A request to a place that somebody else has named. */
export interface GuardedRequest {
  /** Any verb. */
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** URL of an HTTP proxy; what the environment says of proxies does not count. */
  readonly proxy?: string | undefined;
  readonly signal: AbortSignal;
}

/** No request may go where this one was to go. */
export class ForbiddenTarget extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ForbiddenTarget';
  }
}

/** How much of an answer is read, in bytes; what comes behind that is cut off, and the connection with it. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Sends requests to addresses that are allowed and to no others: the address a connection is made to is the one that was
 * looked at, whatever its name resolves to later. Redirects are not followed. Connections are kept.
 */
export class GuardedRequests {
  readonly #rules: AddressRules;
  readonly #timeoutMs: number;
  readonly #http: http.Agent;
  readonly #https: https.Agent;

  constructor(rules: AddressRules, timeoutMs: number) {
    this.#rules = rules;
    this.#timeoutMs = timeoutMs;
    this.#http = new http.Agent({ keepAlive: true, lookup: this.#lookup });
    this.#https = new https.Agent({ keepAlive: true, lookup: this.#lookup });
  }

  /** @returns the status of the answer @throws ForbiddenTarget; Error where no answer comes, or none in time */
  async send({ signal, ...request }: GuardedRequest): Promise<number> {
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(
      () => stop.abort(new Error(`no answer within ${this.#timeoutMs / 1000} s`)),
      this.#timeoutMs,
    );
    try {
      return await this.#answerOf(request, stop.signal);
    } catch (error) {
      throw stop.signal.aborted ? (stop.signal.reason as Error) : error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #answerOf(request: Omit<GuardedRequest, 'signal'>, signal: AbortSignal): Promise<number> {
    const { method, body, proxy } = request;
    const target = new URL(request.url);
    const headers = {
      Host: target.host,
      'Content-Length': String(Buffer.byteLength(body)),
      ...request.headers,
    };
    const options = { method, headers, signal, path: target.pathname + target.search };
    const secure = target.protocol === 'https:';
    this.#checkLiteral(hostOf(target));
    if (proxy === undefined) {
      const to = { ...options, host: hostOf(target), port: target.port || undefined };
      return statusOf(
        () =>
          secure
            ? https.request({ ...to, ...namedAs(hostOf(target)), agent: this.#https })
            : http.request({ ...to, agent: this.#http }),
        body,
      );
    }
    const through = new URL(proxy);
    // The proxy resolves the name again; whoever is trusted to configure it is trusted with that.
    await this.#addressOf(hostOf(target));
    this.#checkLiteral(hostOf(through));
    if (!secure) {
      const to = { host: hostOf(through), port: through.port || 80, agent: this.#http };
      const all = { ...headers, ...proxyAuthorization(through) };
      return statusOf(() => http.request({ ...options, ...to, headers: all, path: target.href }), body);
    }
    const address = await this.#addressOf(hostOf(through));
    through.hostname = address.includes(':') ? `[${address}]` : address;
    const port = Number(target.port || 443);
    const socket = await proxyTunnel({ proxy: through, host: hostOf(target), port, signal });
    const encrypted = await encryptedOn(socket, hostOf(target), signal);
    return statusOf(() => http.request({ ...options, createConnection: () => encrypted }), body);
  }

  /** Node looks up no address that is given as such. */
  #checkLiteral(host: string): void {
    const why = isIP(host) === 0 ? undefined : forbiddenAddress(host, this.#rules);
    if (why !== undefined) throw new ForbiddenTarget(why);
  }

  /** An address of a host to which requests may go. */
  #addressOf(host: string): Promise<string> {
    this.#checkLiteral(host);
    if (isIP(host) > 0) return Promise.resolve(host);
    return new Promise((found, refuse) => {
      this.#lookup(host, { all: false }, (error, address) => (error ? refuse(error) : found(address as string)));
    });
  }

  /** Resolves a name to those of its addresses to which requests may go. */
  readonly #lookup: LookupFunction = (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const allowed = found.filter(({ address }) => forbiddenAddress(address, this.#rules) === undefined);
      const [first] = allowed;
      if (!first) {
        const why = forbiddenAddress(found[0]?.address ?? '', this.#rules);
        return done(new ForbiddenTarget(`${host} resolves to where no request may go: ${why}`), '');
      }
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}

/**
 * Sends a request, and reads its answer as far as the connection can be kept; once more where a kept connection was closed
 * meanwhile.
 * @returns the status
 */
async function statusOf(begin: () => http.ClientRequest, body: string): Promise<number> {
  const request = begin();
  try {
    return await answerOf(request, body);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!request.reusedSocket || code !== 'ECONNRESET') throw error;
    return answerOf(begin(), body);
  }
}

const answerOf = (request: http.ClientRequest, body: string): Promise<number> =>
  new Promise((resolved, reject) => {
    request.on('error', reject);
    request.on('close', () => reject(new Error(CLOSED_UNANSWERED)));
    request.on('response', (response) => {
      let size = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_ANSWER_BYTES) return;
        resolved(response.statusCode ?? 0);
        response.destroy();
      });
      response.on('end', () => resolved(response.statusCode ?? 0));
      response.on('close', () => reject(new Error('the answer was cut off')));
    });
    request.end(body);
  });

const encryptedOn = (socket: Socket, host: string, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolved, reject) => {
    const secure = secured(socket, namedAs(host));
    const abort = () => secure.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    secure.once('close', () => signal.removeEventListener('abort', abort));
    secure.once('error', reject);
    secure.once('secureConnect', () => resolved(secure));
  });
