import type { Principal } from '#kernel';
import { nodeListener } from '#http';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';
import { positionAt } from '#event-store';
import { PostgresIdempotencyStore } from '#read-store';
import type { TestDatabase } from '#testing';
import { startExample } from '#testing';
import { exampleHandlers } from './example-commands.ts';
import { MODELS, NAMESPACES } from './example-models.ts';
import { network, site } from './example-things.ts';
import { restAdapter } from '../src/rest-adapter.ts';

/** A reply as it came over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as JSON; undefined where there is none. */
  readonly body: unknown;
  readonly text: string;
}

/** What is sent: text and bytes as they are, everything else as JSON. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Root unless said otherwise. */
  readonly as?: keyof typeof PEOPLE | 'nobody';
}

/** The adapter over a small API, on a loopback port of its own. */
export interface ExampleServer {
  readonly port: number;
  /** What was written to the log of errors. */
  readonly errors: unknown[];
  /** Whether the read models are taken to be up to date. */
  late: boolean;
  ask(method: string, path: string, sent?: Sent): Promise<Reply>;
  stop(): Promise<void>;
}

const principal = (name: string, ...permissions: string[]): Principal => ({
  name,
  superuser: name === 'root',
  permissions: new Set(permissions),
  session: name,
});

const PEOPLE = {
  root: principal('root'),
  reader: principal('reader', 'Site.view_site'),
  writer: principal('writer', 'Site.change_site'),
} as const satisfies Readonly<Record<string, Principal>>;

/** Starts it over a database; the token of each person is `token-of-<name>`. */
export async function exampleServer(database: TestDatabase): Promise<ExampleServer> {
  const errors: unknown[] = [];
  const modules = await startExample(
    {
      models: MODELS,
      namespaces: NAMESPACES,
      deciders: [site.decider, network.decider],
      readModels: [site.rows, network.rows],
      providers: exampleHandlers,
    },
    { database },
  );
  const kept = new PostgresIdempotencyStore(database.pool);
  await kept.start();
  const adapter = restAdapter({
    api: modules.api('rest'),
    identify: async (id, token) =>
      token === `token-of-${id}` && id in PEOPLE ? PEOPLE[id as keyof typeof PEOPLE] : undefined,
    positionAt: (time) => positionAt(modules.store, time),
    kept,
    mark: (text) => text,
    log: { error: (...line) => errors.push(line) },
    maxBody: 10_000,
  });
  const answer = nodeListener(adapter);
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const example: ExampleServer = {
    port,
    errors,
    get late() {
      return modules.late;
    },
    set late(late) {
      modules.late = late;
    },
    ask: (method, path, sent) => ask(port, method, path, sent),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await modules.stop();
    },
  };
  return example;
}

function ask(
  port: number,
  method: string,
  path: string,
  { headers = {}, body, as = 'root' }: Sent = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const plain = body === undefined || Buffer.isBuffer(body);
    // As bytes: with text, Node would send the head in its encoding too.
    const payload = plain ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const session = as === 'nobody' ? {} : { Authorization: `Bearer ${as}:token-of-${as}` };
    const length = payload === undefined ? {} : { 'Content-Length': payload.length };
    const outgoing = open(
      { port, method, path, headers: { ...session, ...length, ...headers }, agent: false },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: text === '' ? undefined : (JSON.parse(text) as unknown),
            text,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}
