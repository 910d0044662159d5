import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExampleServer, Reply, Sent } from './example-server.ts';
import { exampleServer } from './example-server.ts';

let server: ExampleServer;
const ask = (verb: string, path: string, sent?: Sent): Promise<Reply> => server.ask(verb, path, sent);
const root = (verb: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(verb, path, { as: 'root', headers, ...(body === undefined ? {} : { body }) });

const SITE = '/api/v1/Site/Site';
const FOUNDATION = '/api/v1/Manual/ManualFoundation';
const NETWORK = '/api/v1/Utilities/Network';

beforeAll(async () => {
  server = await exampleServer();
  for (const name of ['a', 'b', 'c']) await root('CREATE', SITE, { name, description: `site ${name}` });
  await root('CREATE', SITE, { name: 'child', description: 'inside', parent: `${SITE}:a:` });
  await root('CREATE', FOUNDATION, { locator: 'web1', site: `${SITE}:a:`, id_map: { mac: null } });
  await root('CREATE', FOUNDATION, { locator: 'busy', site: `${SITE}:b:` });
  for (const mtu of [7, 9, 10, 100]) await root('CREATE', NETWORK, { name: `n${mtu}`, site: `${SITE}:c:`, mtu });
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

describe('the checks of a request', () => {
  const MANY = `${SITE}:${'x:'.repeat(101)}`;
  const NOBODY = { headers: { 'Auth-Id': 'root', 'Auth-Token': 'wrong' } };
  const UNVERSIONED = { headers: { 'CInP-Version': '3.0' } };

  it.each<[string, string, string, Sent, number, unknown]>([
    [
      'an unknown verb before an unreadable path',
      'PUT',
      '/nope',
      {},
      400,
      { message: 'Invalid Verb (HTTP Method) "PUT"' },
    ],
    ['an unreadable path before the version', 'GET', '/nope', UNVERSIONED, 400, { message: 'Unable to Parse "/nope"' }],
    ['too many ids', 'GET', MANY, UNVERSIONED, 400, { message: 'id_list longer than supported length of "100"' }],
    [
      'an unknown path before the version',
      'GET',
      '/api/v1/X/Y',
      UNVERSIONED,
      404,
      { message: 'path not found "/api/v1/X/Y"' },
    ],
    ['an unknown action', 'CALL', `${SITE}(toString)`, {}, 404, { message: `path not found "${SITE}(toString)"` }],
    ['the version before the shape', 'GET', SITE, UNVERSIONED, 400, { message: 'Invalid CInP Protocol Version' }],
    [
      'the shape before the verbs of the model',
      'GET',
      '/api/v1/Auth/User',
      {},
      400,
      { message: 'Verb "GET" requires id' },
    ],
    [
      'data where none may be',
      'GET',
      `${SITE}:a:`,
      { body: {} },
      400,
      { message: 'Invalid verb "GET" for request with data' },
    ],
    [
      'data on DELETE',
      'DELETE',
      `${SITE}:a:`,
      { body: { x: 1 } },
      400,
      { message: 'Invalid verb "DELETE" for request with data' },
    ],
    [
      'data on DESCRIBE',
      'DESCRIBE',
      SITE,
      { body: [] },
      400,
      { message: 'Invalid verb "DESCRIBE" for request with data' },
    ],
    ['no data on UPDATE', 'UPDATE', `${SITE}:a:`, {}, 400, { message: 'Verb "UPDATE" requires data' }],
    ['no data on CREATE', 'CREATE', SITE, { body: null }, 400, { message: 'Verb "CREATE" requires data' }],
    [
      'ids on DESCRIBE of an action',
      'DESCRIBE',
      `${SITE}:a:(getConfig)`,
      {},
      400,
      { message: 'Invalid Verb "DESCRIBE" for request with id' },
    ],
    ['ids of a namespace', 'GET', '/api/v1/Site/:a:', {}, 400, { message: 'Verb "GET" requires model' }],
    ['a list as data of LIST', 'LIST', SITE, { body: [] }, 400, { message: 'LIST data must be a dict or None' }],
    [
      'a list as data of CALL',
      'CALL',
      `${SITE}:a:(getConfig)`,
      { body: [1] },
      400,
      { message: 'CALL data must be a dict or None' },
    ],
    ['text as data of CREATE', 'CREATE', SITE, { body: '"x"' }, 400, { message: 'CREATE data must be a dict' }],
    [
      'a verb the model does without, whoever asks',
      'CREATE',
      '/api/v1/Building/Foundation',
      { body: {}, as: 'root' },
      403,
      { message: 'Not Authorized' },
    ],
    [
      'reading of a model that is not read',
      'GET',
      '/api/v1/Foreman/BaseJob:7:',
      { as: 'root' },
      403,
      { message: 'Not Authorized' },
    ],
    [
      'a verb the model does without before the session',
      'LIST',
      '/api/v1/Foreman/BaseJob',
      NOBODY,
      403,
      { message: 'Not Authorized' },
    ],
    [
      'several ids where one is wanted, before the session',
      'GET',
      `${SITE}:a:b:`,
      { headers: { ...NOBODY.headers, 'Multi-Object': 'false' } },
      400,
      { message: 'requested non multi-object, however multiple ids where sent' },
    ],
    ['a bad session before permissions', 'GET', `${SITE}:a:`, NOBODY, 401, { message: 'Invalid Session' }],
    ['a bad session, though anybody may', 'DESCRIBE', SITE, NOBODY, 401, { message: 'Invalid Session' }],
    [
      'nobody, where half a session is sent',
      'GET',
      `${SITE}:a:`,
      { headers: { 'Auth-Id': 'root' } },
      403,
      { message: 'Not Authorized' },
    ],
    ['permission before the object', 'GET', `${SITE}:nope:`, {}, 403, { message: 'Not Authorized' }],
    [
      'permission before the fields',
      'CREATE',
      SITE,
      { body: { bogus: 1 }, as: 'reader' },
      403,
      { message: 'Not Authorized' },
    ],
    [
      'permission before the arguments',
      'CALL',
      `${SITE}:a:(rename)`,
      { as: 'reader' },
      403,
      { message: 'Not Authorized' },
    ],
    [
      'a static action with ids',
      'CALL',
      '/api/v1/Auth/User:x:(whoami)',
      {},
      400,
      { message: 'Static Actions should not be passed ids' },
    ],
    [
      'an action of objects without ids',
      'CALL',
      `${SITE}(getConfig)`,
      { as: 'root' },
      400,
      { message: 'Non-Static Actions should be passed ids' },
    ],
    [
      'an object that is not there',
      'GET',
      `${SITE}:nope:`,
      { as: 'root' },
      404,
      { model_path: SITE, object_id: 'nope' },
    ],
    ['an empty id', 'GET', `${SITE}:`, { as: 'root' }, 404, { model_path: SITE, object_id: '' }],
    [
      'an id of another kind',
      'GET',
      `${NETWORK}:seven:`,
      { as: 'root' },
      404,
      { model_path: NETWORK, object_id: 'seven' },
    ],
    [
      'an id written another way',
      'GET',
      `${NETWORK}:007:`,
      { as: 'root' },
      404,
      { model_path: NETWORK, object_id: '007' },
    ],
    [
      'one missing of several',
      'GET',
      `${SITE}:a:nope:b:`,
      { as: 'root' },
      404,
      { model_path: SITE, object_id: 'nope' },
    ],
    [
      'an object of a sibling model',
      'GET',
      '/api/v1/Blade/BladeFoundation:web1:',
      { as: 'root' },
      404,
      { model_path: '/api/v1/Blade/BladeFoundation', object_id: 'web1' },
    ],
    [
      'calling on an object that is not there',
      'CALL',
      `${SITE}:nope:(getConfig)`,
      { as: 'root' },
      404,
      { model_path: SITE, object_id: 'nope' },
    ],
    [
      'deleting an object that is not there',
      'DELETE',
      `${SITE}:nope:`,
      { as: 'root' },
      404,
      { model_path: SITE, object_id: 'nope' },
    ],
  ])('%s', async (_, verb, path, sent, status, body) => {
    const reply = await ask(verb, path, sent);
    expect([reply.status, reply.body]).toEqual([status, body]);
  });

  it('reads paths with a slash too many at the front, with percent signs, and as proxies send them', async () => {
    for (const path of [`/${SITE}:a:`, '/api/v1/Site/Site%3Aa%3A', `${server.url}${SITE}:a:?x=1`]) {
      expect((await root('GET', path)).body).toMatchObject({ name: 'a' });
    }
  });

  it('knows header names in any case', async () => {
    const session = { 'cINP-vERSION': '1.0', 'auth-ID': 'root', 'AUTH-TOKEN': 'token-of-root' };
    const reply = await ask('LIST', SITE, { headers: { ...session, position: '1', COUNT: '1' } });
    expect(reply.body).toEqual([`${SITE}:b:`]);
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

describe('GET', () => {
  it('answers one object as it is', async () => {
    const reply = await root('GET', `${FOUNDATION}:web1:`);
    expect([reply.status, reply.headers['verb'], reply.headers['multi-object']]).toEqual([200, 'GET', 'False']);
    expect(reply.body).toEqual({
      locator: 'web1',
      site: `${SITE}:a:`,
      id_map: "{'mac': None}",
      located_at: null,
      type: 'Manual',
      class_list: "['VM', 'Metal']",
    });
  });

  it('shows the same object by its base', async () => {
    const { body } = await root('GET', '/api/v1/Building/Foundation:web1:');
    expect(body).toMatchObject({ locator: 'web1', structure: null });
  });

  it.each([
    [`${SITE}:a:b:`, {}, ['a', 'b']],
    [`${SITE}:a:b:`, { 'Multi-Object': 'True' }, ['a', 'b']],
    [`${SITE}:a:`, { 'Multi-Object': 'true' }, ['a']],
    [`${SITE}:a:a:`, {}, ['a']],
    [`${SITE}:b:a:b:`, {}, ['b', 'a']],
  ])('answers several by their URIs: %s %j', async (path, headers, names) => {
    const reply = await root('GET', path, undefined, headers);
    expect(reply.headers['multi-object']).toBe('True');
    expect(Object.keys(reply.body as object)).toEqual(names.map((name) => `${SITE}:${name}:`));
  });

  it('takes a hundred ids', async () => {
    expect((await root('GET', `${SITE}:${'a:'.repeat(100)}`)).status).toBe(200);
  });
});

describe('LIST', () => {
  const list = async (headers: Record<string, string>, body?: unknown, path = NETWORK) => {
    const reply = await root('LIST', path, body, headers);
    const { count, position, total, 'id-only': idOnly } = reply.headers;
    return { status: reply.status, body: reply.body, page: [count, position, total, idOnly] };
  };
  const uris = (...ids: number[]) => ids.map((id) => `${NETWORK}:${id}:`);

  it.each<[Record<string, string>, unknown, string[]]>([
    [{}, uris(7, 9, 10, 100), ['4', '0', '4', 'False']],
    [{ Position: '1', Count: '2' }, uris(9, 10), ['2', '1', '4', 'False']],
    [{ Position: '3', Count: '1000000' }, uris(100), ['1', '3', '4', 'False']],
    [{ Position: '4' }, [], ['0', '4', '4', 'False']],
    [{ Count: '0' }, [], ['0', '0', '4', 'False']],
    [{ Count: ' +2 ' }, uris(7, 9), ['2', '0', '4', 'False']],
    [{ Count: '99999999999999999999' }, uris(7, 9, 10, 100), ['4', '0', '4', 'False']],
    [{ Count: '2', 'Id-Only': 'True' }, ['7', '9'], ['2', '0', '4', 'True']],
    [{ Count: '1', 'Id-Only': 'no' }, uris(7), ['1', '0', '4', 'False']],
    [{ Filter: '_query_' }, uris(7, 9, 10, 100), ['4', '0', '4', 'False']],
  ])('%j', async (headers, body, page) => {
    expect(await list(headers)).toEqual({ status: 200, body, page });
  });

  it.each<[Record<string, string>, unknown, unknown]>([
    [{ Count: 'x' }, undefined, { message: 'Count and Position must be integers if specified' }],
    [{ Position: '1.5' }, undefined, { message: 'Count and Position must be integers if specified' }],
    [{ Count: '' }, undefined, { message: 'Count and Position must be integers if specified' }],
    [{ Count: '-1' }, undefined, { message: 'Count and Position must not be negative' }],
    [{ Filter: 'x' }, undefined, { message: 'Invalid Filter Name "x"' }],
    [{ Filter: 'toString' }, undefined, { message: 'Invalid Filter Name "toString"' }],
    [{ Filter: 'parent' }, undefined, { parent: 'Required Paramater' }],
    [{ Filter: 'parent' }, { parent: 'a' }, { parent: 'Invalid Value "Unable to Parse "a""' }],
    [
      { Filter: '_query_' },
      { filter: { field: 'name', operation: '=', value: 'a' } },
      { filter: ['field "name" can not be queried'] },
    ],
    [{ Filter: '_query_' }, { sort: ['~name'] }, { sort: 'field "name" can not be sorted by' }],
  ])('refuses %j %j', async (headers, body, error) => {
    expect(await list(headers, body, SITE)).toMatchObject({ status: 400, body: error });
  });

  it('finds what a filter finds', async () => {
    expect(await list({ Filter: 'parent' }, { parent: `${SITE}:a:`, more: 1 }, SITE)).toMatchObject({
      body: [`${SITE}:child:`],
      page: ['1', '0', '1', 'False'],
    });
    expect(await list({ Filter: 'parent' }, { parent: null }, SITE)).toMatchObject({ status: 200, body: [] });
  });

  it('lists the objects of one kind by their own URIs', async () => {
    expect((await list({}, undefined, FOUNDATION)).body).toEqual([`${FOUNDATION}:busy:`, `${FOUNDATION}:web1:`]);
    expect((await list({}, undefined, '/api/v1/Blade/BladeFoundation')).body).toEqual([]);
  });
});

describe('CREATE', () => {
  it('answers 201 with the whole object and where it is', async () => {
    const reply = await root('CREATE', SITE, { name: 'new', description: 5, config_values: '', parent: '' });
    expect([reply.status, reply.headers['object-id'], reply.headers['verb']]).toEqual([201, `${SITE}:new:`, 'CREATE']);
    expect(reply.names).toContain('Object-Id');
    expect(reply.body).toEqual({
      name: 'new',
      description: '5',
      parent: null,
      config_values: {},
      message: null,
      updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
      created: expect.any(String),
    });
    expect((await root('GET', `${SITE}:new:`)).body).toEqual(reply.body);
  });

  it.each<[string, unknown, unknown]>([
    ['an unknown field', { bogus: 1 }, { message: 'no field named "bogus"' }],
    ['a field of all objects', JSON.parse('{"__proto__":1}'), { message: 'no field named "__proto__"' }],
    [
      'read-only fields',
      { name: 'x', updated: 'now', created: '' },
      { updated: 'Not Writeable', created: 'Not Writeable' },
    ],
    [
      'values that cannot be read',
      { name: 'x'.repeat(41), parent: SITE, config_values: [] },
      {
        name: 'Invalid Value "Value to long"',
        parent: `Invalid Value ""${SITE}" is not one object"`,
        config_values: 'Invalid Value "Map must be a dict"',
      },
    ],
    [
      'nothing where something must be',
      {},
      { name: ['This field cannot be null.'], description: ['This field cannot be null.'] },
    ],
    [
      'a reference to nothing',
      { name: 'x', description: 'y', parent: `${SITE}:z:` },
      { parent: `Invalid Value "Object "${SITE}:z:" for model "${SITE}" NotFound"` },
    ],
    [
      'several faults of a field',
      { name: '-', description: '' },
      { name: ['Invalid'], description: ['This field cannot be blank.'] },
    ],
    ['the whole object', { name: 'x', description: 'x' }, { message: 'name and description are the same' }],
    [
      'the whole object and a field',
      { name: '-x', description: '-x' },
      { __all__: ['name and description are the same'], name: ['Invalid'] },
    ],
    ['a field that is called message', { name: 'x', description: 'y', message: 'bad' }, { message: 'is bad' }],
    ['what is there already', { name: 'a', description: 'y' }, { name: ['site with this Name already exists.'] }],
    ['an id that no URI can hold', { name: 'a b', description: 'y' }, { name: ['Invalid'] }],
  ])('refuses %s', async (_, body, error) => {
    const reply = await root('CREATE', SITE, body);
    expect([reply.status, reply.body]).toEqual([400, error]);
  });

  it('passes over read-only fields that are null, as in an object that was never filled', async () => {
    const reply = await root('CREATE', SITE, { name: 'null-moments', description: 'y', updated: null });
    expect(reply.status).toBe(201);
  });

  it('takes the text of old clients for every type', async () => {
    const reply = await root('CREATE', NETWORK, {
      name: 12,
      site: `${SITE}:a:`,
      mtu: '512',
      is_primary: 'true',
      expires: '2026-11-20T13:04:26+01:00',
      neighbours: [`${NETWORK}:7:`],
    });
    expect(reply.headers['object-id']).toBe(`${NETWORK}:512:`);
    expect(reply.body).toEqual({
      name: '12',
      site: `${SITE}:a:`,
      mtu: 512,
      level: 'soft',
      neighbours: [`${NETWORK}:7:`],
      is_primary: true,
      expires: '2026-11-20T12:04:26.000000+00:00',
      size: '254',
      isIpV4: 'True',
      id: 512,
    });
  });

  it('accepts a choice that is none as a fault of the field', async () => {
    const reply = await root('CREATE', NETWORK, { name: 'x', site: `${SITE}:a:`, mtu: 1, level: 'odd' });
    expect([reply.status, reply.body]).toEqual([400, { level: ["Value 'odd' is not a valid choice."] }]);
  });
});

describe('UPDATE', () => {
  it('answers the changed object', async () => {
    const reply = await root('UPDATE', `${SITE}:c:`, { description: 'changed' });
    expect([reply.status, reply.headers['verb'], reply.headers['multi-object']]).toEqual([200, 'UPDATE', 'False']);
    expect(reply.body).toMatchObject({ name: 'c', description: 'changed' });
  });

  it('of nothing is an update', async () => {
    const before = (await root('GET', `${SITE}:c:`)).body as { updated: string };
    const after = (await root('UPDATE', `${SITE}:c:`, {})).body as { updated: string };
    expect(after.updated > before.updated).toBe(true);
  });

  it('takes a whole object back', async () => {
    const { body } = await root('GET', `${SITE}:child:`);
    expect((await root('UPDATE', `${SITE}:child:`, body)).status).toBe(200);
    const foundation = (await root('GET', `${FOUNDATION}:web1:`)).body;
    expect((await root('UPDATE', `${FOUNDATION}:web1:`, foundation)).body).toEqual(foundation);
  });

  it('takes what is repeated from those who may change but not read', async () => {
    const body = { name: 'c', description: 'by the writer' };
    expect((await ask('UPDATE', `${SITE}:c:`, { as: 'writer', body })).status).toBe(200);
  });

  it.each<[string, unknown, unknown]>([
    ['another id', { name: 'other', description: 'x' }, { name: 'Not Writeable' }],
    ['no id', { name: null }, { name: 'Not Writeable' }],
    [
      'an id that cannot be read',
      { name: [], parent: 1 },
      { name: 'Not Writeable', parent: 'Invalid Value "Unable to Parse "1""' },
    ],
    ['an unknown field', { bogus: 1 }, { message: 'no field named "bogus"' }],
    ['nothing where something must be', { description: null }, { description: ['This field cannot be null.'] }],
    [
      'a reference to nothing',
      { parent: `${SITE}:z:` },
      { parent: `Invalid Value "Object "${SITE}:z:" for model "${SITE}" NotFound"` },
    ],
  ])('refuses %s', async (_, body, error) => {
    const before = (await root('GET', `${SITE}:c:`)).body;
    const reply = await root('UPDATE', `${SITE}:c:`, body);
    expect([reply.status, reply.body]).toEqual([400, error]);
    expect((await root('GET', `${SITE}:c:`)).body).toEqual(before);
  });

  it('changes several objects, all or none', async () => {
    const reply = await root('UPDATE', `${SITE}:a:b:`, { message: 'hello' });
    expect(reply.headers['multi-object']).toBe('True');
    expect(reply.body).toMatchObject({ [`${SITE}:a:`]: { message: 'hello' }, [`${SITE}:b:`]: { message: 'hello' } });
    expect((await root('UPDATE', `${SITE}:a:b:`, { name: 'a', message: 'no' })).body).toEqual({
      name: 'Not Writeable',
    });
    expect((await root('UPDATE', `${SITE}:a:nope:`, { message: 'no' })).status).toBe(404);
    expect((await root('GET', `${SITE}:a:`)).body).toMatchObject({ message: 'hello' });
  });
});

describe('DELETE', () => {
  it('answers nothing', async () => {
    for (const name of ['d1', 'd2']) await root('CREATE', SITE, { name, description: 'x' });
    const reply = await root('DELETE', `${SITE}:d1:d2:`);
    expect([reply.status, reply.text, reply.headers['content-length']]).toEqual([200, '', '0']);
    expect((await root('GET', `${SITE}:d1:`)).status).toBe(404);
  });

  it('says who still uses an object', async () => {
    const reply = await root('DELETE', `${SITE}:a:`);
    expect([reply.status, reply.body]).toEqual([400, { message: 'Not Deletable: used by Foundation web1' }]);
  });
});

describe('CALL', () => {
  it.each<[string, string, unknown, Record<string, string>, unknown, string]>([
    ['a value', '/api/v1/Auth/User(whoami)', {}, {}, 'root', 'False'],
    ['nothing', '/api/v1/Auth/User(logout)', { token: 'unknown arguments are ignored' }, {}, undefined, 'False'],
    ['null as nothing', '/api/v1/Building/Foundation:web1:(getJob)', {}, {}, undefined, 'False'],
    ['a reference', '/api/v1/Building/Foundation:busy:(getJob)', {}, {}, `${NETWORK}:7:`, 'False'],
    ['a list', '/api/v1/Building/Foundation(getFoundationTypes)', {}, {}, ['Manual'], 'False'],
    ['a map', `${SITE}:a:(getConfig)`, null, {}, {}, 'False'],
    [
      'a plain value for a static action that is asked for several',
      '/api/v1/Auth/User(whoami)',
      {},
      { 'Multi-Object': 'true' },
      'root',
      'True',
    ],
    [
      'several values',
      '/api/v1/Building/Foundation:busy:web1:(getJob)',
      {},
      {},
      { '/api/v1/Building/Foundation:busy:': `${NETWORK}:7:`, '/api/v1/Building/Foundation:web1:': null },
      'True',
    ],
    [
      'one value as one of several',
      `${SITE}:a:(getConfig)`,
      {},
      { 'Multi-Object': 'True' },
      { [`${SITE}:a:`]: {} },
      'True',
    ],
    [
      'nothing, several times',
      `${SITE}:a:b:(rename)`,
      { description: 'same' },
      {},
      { [`${SITE}:a:`]: null, [`${SITE}:b:`]: null },
      'True',
    ],
    ['an action of a model that is not read', '/api/v1/Foreman/BaseJob:7:(pause)', {}, {}, undefined, 'False'],
    ['an action of a specialisation', `${FOUNDATION}:busy:(getJob)`, {}, {}, `${NETWORK}:7:`, 'False'],
  ])('gives %s', async (_, path, body, headers, value, multi) => {
    const reply = await root('CALL', path, body, headers);
    expect([reply.status, reply.body, reply.headers['multi-object']]).toEqual([200, value, multi]);
    expect(reply.headers).toMatchObject({ verb: 'CALL', 'content-length': String(reply.text.length) });
  });

  it.each<[string, string, unknown, unknown]>([
    ['a bad login', '/api/v1/Auth/User(login)', { username: 'root', password: 'x' }, { message: 'Invalid Login' }],
    ['missing arguments', '/api/v1/Auth/User(login)', { username: 'root' }, { password: 'Required Paramater' }],
    [
      'arguments that cannot be read',
      `${SITE}:a:(rename)`,
      { description: 'x', loud: 'perhaps' },
      { loud: 'Invalid Value "Unable to convert to boolean"' },
    ],
    [
      'what the domain refuses, on one object',
      `${SITE}:a:(rename)`,
      { description: 'job' },
      { exception: 'ForemanException', error: 'JOB_EXISTS', message: 'target has an existing job' },
    ],
    [
      'what the domain refuses, on several',
      `${SITE}:a:b:(rename)`,
      { description: 'job' },
      { exception: 'ForemanException', error: 'JOB_EXISTS', message: 'target has an existing job' },
    ],
    [
      'what others were faster at',
      `${SITE}:a:(rename)`,
      { description: 'taken' },
      { message: 'Changed by others meanwhile, try again' },
    ],
  ])('refuses %s', async (_, path, body, error) => {
    const reply = await root('CALL', path, body);
    expect([reply.status, reply.body]).toEqual([400, error]);
  });

  it('uses the default of what is left out', async () => {
    await root('CALL', `${SITE}:b:(rename)`, { description: 'loud', loud: 'True' });
    expect((await root('GET', `${SITE}:b:`)).body).toMatchObject({ description: 'LOUD' });
    await root('CALL', `${SITE}:b:(rename)`, { description: 'quiet' });
    expect((await root('GET', `${SITE}:b:`)).body).toMatchObject({ description: 'quiet' });
  });
});

describe('DESCRIBE', () => {
  it.each([
    ['/api/v1/', 'Namespace', { name: 'root', 'api-version': '1.0' }],
    ['/api/v1/Auth/', 'Namespace', { name: 'Auth', 'api-version': '2.0' }],
    ['/api/v1/Site', 'Namespace', { name: 'Site', 'api-version': '0.1' }],
    [SITE, 'Model', { name: 'Site', path: SITE }],
    [`${SITE}(getConfig)`, 'Action', { name: 'getConfig', path: `${SITE}(getConfig)` }],
  ])('%s (%s) is open to anybody', async (path, type, body) => {
    const reply = await ask('DESCRIBE', path);
    expect(reply.body).toMatchObject(body);
    expect(reply.headers).toMatchObject({ verb: 'DESCRIBE', type, 'cache-control': 'max-age=0' });
    expect(reply.names).toContain('Type');
  });
});
