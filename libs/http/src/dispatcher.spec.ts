import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acceptCustomVerbs } from './custom-verbs.ts';
import type { HttpHandler, HttpRequest } from './http-exchange.ts';
import type { ProtocolAdapter } from './dispatcher.ts';
import { httpDispatcher, createDispatchingServer } from './dispatcher.ts';

const named =
  (name: string): HttpHandler =>
  async ({ verb, target, source }) => ({
    status: 200,
    headers: { 'Content-Type': 'text/plain' },
    text: `${name}: ${verb} ${target} of ${source}`,
  });

const ADAPTERS: readonly ProtocolAdapter[] = [
  { name: 'rest', paths: /^\/+api\/rest\//, handle: named('rest') },
  { name: 'cinp', paths: /^\/+api\//, handle: named('cinp') },
];
const metrics = { request: () => undefined };

const asked = (target: string): HttpRequest => ({
  verb: 'GET',
  target,
  source: '192.0.2.1',
  hasBody: false,
  header: () => undefined,
  body: async () => Buffer.alloc(0),
});

describe('a request', () => {
  it.each([
    ['/api/rest/Site/Site?count=1', 'rest: GET /api/rest/Site/Site?count=1 of 192.0.2.1'],
    ['//api/v1/', 'cinp: GET //api/v1/ of 192.0.2.1'],
    ['http://host:8080/api/v1/?x', 'cinp: GET /api/v1/?x of 192.0.2.1'],
    ['HTTPS://host/api/rest/Site/Site', 'rest: GET /api/rest/Site/Site of 192.0.2.1'],
    ['/', undefined],
    ['*', undefined],
    ['http://host', undefined],
    ['/http://host/api/v1/', undefined],
    ['ftp://host/api/v1/', undefined],
    ['http://host/x?/api/v1/', undefined],
  ])('for %s goes to the adapter whose path it is', async (target, text) => {
    expect((await httpDispatcher(ADAPTERS, metrics, undefined)(asked(target)))?.text).toBe(text);
  });

  it('is handed on as it is where nothing has to be taken off', async () => {
    const seen: HttpRequest[] = [];
    const handle: HttpHandler = async (request) => void seen.push(request);
    const given = asked('/api/v1/');
    await httpDispatcher([{ name: 'cinp', paths: /^\/api\//, handle }], metrics, undefined)(given);
    expect(seen[0]).toBe(given);
  });

  it('has the source that is found out', async () => {
    const answer = await httpDispatcher(ADAPTERS, metrics, () => ({ source: '192.0.2.7' }))(
      asked('http://host/api/v1/'),
    );
    expect(answer?.text).toBe('cinp: GET /api/v1/ of 192.0.2.7');
  });
});

describe('the server', () => {
  const answer = httpDispatcher(ADAPTERS, metrics, undefined);
  const server = createDispatchingServer(
    ({ url }, response) => response.end(`pages: ${url}`),
    () => answer,
    metrics,
  );
  beforeAll(async () => {
    acceptCustomVerbs(server, { fastPath: answer });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  const lines = async (...targets: readonly string[]): Promise<string[]> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const said = text(socket);
    for (const [index, target] of targets.entries()) {
      const close = index === targets.length - 1 ? 'Connection: close\r\n' : '';
      socket.write(`DESCRIBE ${target} HTTP/1.1\r\nHost: host\r\n${close}\r\n`);
    }
    return (await said).split(/\r\n|(?=HTTP\/)/).filter((line) => /^(cinp|rest|pages): /.test(line));
  };

  it('takes targets in absolute form', async () => {
    expect(await lines('http://host/api/v1/', '/api/v1/', 'http://host/api/rest/x', 'http://host/health')).toEqual([
      'cinp: DESCRIBE /api/v1/ of 127.0.0.1',
      'cinp: DESCRIBE /api/v1/ of 127.0.0.1',
      'rest: DESCRIBE /api/rest/x of 127.0.0.1',
      'pages: /health',
    ]);
  });
});
