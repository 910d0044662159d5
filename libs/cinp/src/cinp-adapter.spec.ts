import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ExampleObjects } from '../test/example-objects.ts';
import { exampleObjects, SITE } from '../test/example-objects.ts';
import type { Sent } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

let server: ExampleObjects;
const ask: ExampleObjects['ask'] = (...sent) => server.ask(...sent);
const root: ExampleObjects['root'] = (...sent) => server.root(...sent);

beforeAll(async () => {
  server = await exampleObjects();
});
afterAll(() => server.stop());

interface Recorded {
  readonly n: number;
  readonly section: string;
  readonly note: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly status: number;
  readonly response_headers: Record<string, string>;
  readonly response: unknown;
}

describe('the exchanges recorded of the first server', () => {
  const recorded = readFileSync('test/cases/exchanges.jsonl', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
    // Versions are accepted more freely here.
    .filter(({ section, note }) => section === 'protocol' && !note.startsWith('CInP-Version'));

  it.each(recorded.map((row) => [`${row.method} ${row.path} (${row.n})`, row] as const))('%s', async (_, row) => {
    const { method, path, headers, body } = row;
    const reply = await ask(method, path, {
      headers: { 'CInP-Version': '', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    expect(reply.status).toBe(row.status);
    if (row.status >= 400 && method !== 'HEAD') expect(reply.body).toEqual(row.response);
    for (const [name, value] of Object.entries(row.response_headers)) {
      expect(reply.names).toContain(name);
      if (name !== 'Content-Length') expect([name, reply.headers[name.toLowerCase()]]).toEqual([name, value]);
    }
  });
});

describe('versions', () => {
  it.each(['0.9', '1.0', '2.0'])('%s is accepted and echoed', async (version) => {
    const reply = await ask('DESCRIBE', '/api/v1/', { headers: { 'CInP-Version': version } });
    expect([reply.status, reply.headers['cinp-version']]).toEqual([200, version]);
  });

  it.each(['', '1', '1.1', '3.0', 'constructor'])('"%s" is refused', async (version) => {
    const reply = await ask('DESCRIBE', '/api/v1/', { headers: { 'CInP-Version': version } });
    expect([reply.status, reply.body]).toEqual([400, { message: 'Invalid CInP Protocol Version' }]);
    expect(reply.headers['cinp-version']).toBe('1.0');
  });

  it.each([
    ['0.9', 'Required Paramater', 'Value to long'],
    ['1.0', 'Required Paramater', 'Value to long'],
    ['2.0', 'Required Parameter', 'Value too long'],
  ])('%s spells its texts as its clients know them', async (version, required, long) => {
    const headers = { 'CInP-Version': version };
    expect((await root('CALL', `${SITE}:a:(rename)`, {}, headers)).body).toEqual({ description: required });
    const tooLong = { description: 'x'.repeat(11) };
    expect((await root('CALL', `${SITE}:a:(rename)`, tooLong, headers)).body).toEqual({
      description: `Invalid Value "${long}"`,
    });
  });
});

describe('bodies', () => {
  it.each<[string, Sent]>([
    ['none', {}],
    ['none, said to be JSON', { headers: { 'Content-Type': 'application/json;charset=utf-8', 'Content-Length': '0' } }],
    ['none, said to be something else', { headers: { 'Content-Type': 'text/html', 'Content-Length': '0' } }],
    ['blanks', { body: ' \n' }],
    ['null', { body: 'null\n' }],
    ['an empty map', { body: {} }],
    ['a map of unknown type', { body: {}, headers: {} }],
    ['JSON', { body: {}, headers: { 'Content-Type': 'application/json' } }],
    ['JSON in capitals', { body: {}, headers: { 'Content-Type': 'Application/JSON; Charset=UTF-8' } }],
    ['JSON that is called a form', { body: {}, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
    ['JSON with a mark of its byte order', { body: Buffer.from('\ufeff{}') }],
  ])('LIST and CALL take %s for no arguments', async (_, sent) => {
    expect((await ask('LIST', SITE, { ...sent, as: 'root' })).status).toBe(200);
    expect((await ask('CALL', '/api/v1/Auth/User(whoami)', sent)).body).toBe('AnonymousUser');
  });

  it.each(['GET', 'DELETE'])('%s with a type and nothing of it is well', async (verb) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '0' };
    expect((await root(verb, `${SITE}:nope:`, undefined, headers)).status).toBe(404);
  });

  it.each<[string, unknown, Record<string, string>, RegExp]>([
    ['an unknown type', '<p>', { 'Content-Type': 'text/html; charset=utf-8' }, /^Unknown Content-Type "text\/html"$/],
    [
      'a form',
      'a=b&c=d',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      /^Error Parsing JSON Request data: ".+"$/,
    ],
    ['half a map', '{"a":', {}, /^Error Parsing JSON Request data: ".+"$/],
    [
      'bytes that are no text',
      Buffer.from([0x22, 0xff, 0x22]),
      {},
      /^Error Parsing JSON Request data: "not valid UTF-8"$/,
    ],
    [
      'text no store can hold',
      '{"a\\u0000":["b"]}',
      {},
      /^Error Parsing JSON Request data: "text with a NUL character"$/,
    ],
    ['lists in lists', '['.repeat(200) + ']'.repeat(200), {}, /^Error Parsing JSON Request data: "nested too deeply"$/],
    [
      'a number that would be kept as another',
      '{"a": [12345678901234567890]}',
      {},
      /^Error Parsing JSON Request data: "a.0: a number too large to be exact: send it as text"$/,
    ],
    ['more than fits', JSON.stringify('x'.repeat(524_288)), {}, /^Request body is larger than 524288 bytes$/],
  ])('%s is refused', async (_, body, headers, message) => {
    const reply = await root('CALL', '/api/v1/Auth/User(whoami)', body, headers);
    expect([reply.status, reply.body]).toEqual([400, { message: expect.stringMatching(message) }]);
  });

  it('a body that is too large leaves the connection usable', async () => {
    const size = 2_000_000;
    const head = (length: number) =>
      `CALL /api/v1/Auth/User(whoami) HTTP/1.1\r\nHost: x\r\nCInP-Version: 1.0\r\nContent-Length: ${length}\r\n\r\n`;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(head(size) + 'x'.repeat(size) + head(2) + '{}');
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.endsWith('"AnonymousUser"')) break;
    }
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
  });

  it('a request that cannot be read is answered in the shape of the protocol', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('FOO /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n');
    const lines = (await text(socket)).split('\r\n');
    expect(lines).toContain('Cinp-Version: 1.0');
    expect([lines[0], lines.at(-1)]).toEqual([
      'HTTP/1.1 400 Bad Request',
      '{"message": "Invalid Verb (HTTP Method) \\"FOO\\""}',
    ]);
  });

  it('a client that goes away is no error', async () => {
    const before = server.errors.length;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.end('CALL /api/v1/Auth/User(whoami) HTTP/1.1\r\nHost: x\r\nCInP-Version: 1.0\r\nContent-Length: 9\r\n\r\n{');
    await new Promise((resolve) => socket.on('data', () => undefined).on('close', resolve));
    expect(server.errors.length).toBe(before);
  });
});

describe('answers', () => {
  it('carry their header names as clients compare them, their length, and the id of the request', async () => {
    const reply = await root('LIST', SITE);
    expect(reply.names).toEqual(
      expect.arrayContaining([
        'Verb',
        'Cache-Control',
        'Count',
        'Position',
        'Total',
        'Id-Only',
        'Cinp-Version',
        'Contractor-Request',
        'Content-Type',
        'Content-Length',
      ]),
    );
    expect(reply.names).not.toContain('Transfer-Encoding');
    expect(reply.headers).toMatchObject({
      verb: 'LIST',
      'cache-control': 'no-cache',
      'content-type': 'application/json;charset=utf-8',
      'content-length': String(reply.text.length),
      'contractor-request': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('have each an id of their own', async () => {
    const ids = await Promise.all([1, 2].map(async () => (await ask('GET', '/x')).headers['contractor-request']));
    expect(new Set(ids).size).toBe(2);
  });

  it('tell a bug by its id, and nothing of it but to the log', async () => {
    const before = server.errors.length;
    const reply = await root('CALL', `${SITE}:a:(rename)`, { description: 'bug' });
    const id = reply.headers['contractor-request'];
    expect([reply.status, reply.body]).toEqual([500, { message: `Exception. Reference Id: ${String(id)}` }]);
    expect(server.errors.slice(before)).toEqual([
      ['a request failed', new Error('the reason'), { request: id, verb: 'CALL', path: `${SITE}:a:(rename)` }],
    ]);
  });

  it('that cannot be written are a bug as well', async () => {
    const reply = await root('CALL', `${SITE}:a:(count)`);
    expect([reply.status, reply.headers['content-type']]).toEqual([500, 'application/json;charset=utf-8']);
  });

  it('say that the read models are late', async () => {
    const late = await exampleServer({ late: true });
    const created = await late.ask('CREATE', SITE, { as: 'root', body: { name: 'x', description: 'y' } });
    expect([created.status, created.headers['contractor-pending']]).toEqual([201, '1']);
    expect(created.body).toMatchObject({ name: 'x', created: null });
    const called = await late.ask('CALL', `${SITE}:x:(rename)`, { as: 'root', body: { description: 'z' } });
    expect([called.status, called.headers['contractor-pending']]).toEqual([200, '2']);
    await late.stop();
    expect((await root('GET', `${SITE}:a:`)).names).not.toContain('Contractor-Pending');
  });
});
