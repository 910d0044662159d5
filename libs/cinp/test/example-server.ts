import type { Principal } from '#kernel';
import { acceptCustomVerbs, nodeListener, verbOf } from '#http';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';
import { malformedRequest } from '../src/answer.ts';
import type { CinpAdapterOptions } from '../src/cinp-adapter.ts';
import { cinpAdapter } from '../src/cinp-adapter.ts';
import { exampleApi } from './example-api.ts';

/** A reply as it came over the wire. */
export interface Reply {
  readonly status: number;
  /** Names as they were sent. */
  readonly names: readonly string[];
  /** Values by names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON; undefined where there is none. */
  readonly body: unknown;
}

/** What is sent: a string or bytes as they are, everything else as JSON. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly as?: 'root' | 'reader' | 'writer';
}

/** The adapter over a small API, on a loopback port of its own. */
export interface ExampleServer {
  readonly url: string;
  readonly errors: unknown[];
  ask(verb: string, path: string, sent?: Sent): Promise<Reply>;
  stop(): Promise<void>;
}

const PEOPLE: Readonly<Record<string, Principal>> = {
  root: { name: 'root', superuser: true, permissions: new Set(), session: 'r' },
  reader: {
    name: 'reader',
    superuser: false,
    permissions: new Set(['Site.view_site', 'Utilities.view_network']),
    session: 'v',
  },
  writer: { name: 'writer', superuser: false, permissions: new Set(['Site.change_site']), session: 'w' },
};

/** Starts it over a database of its own; the token of each person is `token-of-<name>`. `late`: the read models never catch up. */
export async function exampleServer(
  options: Partial<CinpAdapterOptions> & { readonly late?: boolean } = {},
): Promise<ExampleServer> {
  const errors: unknown[] = [];
  const example = await exampleApi();
  example.late = options.late ?? false;
  const adapter = cinpAdapter({
    api: example.api('cinp'),
    identify: async (id, token) => (token === `token-of-${id}` ? PEOPLE[id] : undefined),
    log: { error: (...line) => errors.push(line) },
    ...options,
  });
  const answer = nodeListener(adapter);
  const server = createServer({ maxHeaderSize: 65_536 }, (req, res) => void answer(req, res, verbOf(req)));
  acceptCustomVerbs(server, { malformed: malformedRequest });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    errors,
    ask: (method, path, { headers = {}, body, as } = {}) =>
      new Promise((resolve, reject) => {
        const payload =
          body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
        const session = as ? { 'Auth-Id': as, 'Auth-Token': `token-of-${as}` } : {};
        const versioned = Object.keys(headers).some((name) => name.toLowerCase() === 'cinp-version');
        const sent = { ...(versioned ? {} : { 'CInP-Version': '1.0' }), ...session, ...headers };
        const length = payload === undefined ? {} : { 'Content-Length': Buffer.byteLength(payload) };
        const outgoing = open({ port, method, path, headers: { ...sent, ...length }, agent: false }, (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('error', reject);
          res.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({
              status: res.statusCode ?? 0,
              names: res.rawHeaders.filter((_, n) => n % 2 === 0),
              headers: res.headers,
              text,
              body: text === '' ? undefined : (JSON.parse(text) as unknown),
            });
          });
        });
        outgoing.on('error', reject);
        outgoing.end(payload);
      }),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await example.stop();
    },
  };
}
