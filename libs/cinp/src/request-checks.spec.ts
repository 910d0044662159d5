import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ExampleObjects } from '../test/example-objects.ts';
import { exampleObjects, SITE, NETWORK } from '../test/example-objects.ts';
import type { Sent } from '../test/example-server.ts';

jest.setTimeout(240_000);

let server: ExampleObjects;
const ask: ExampleObjects['ask'] = (...sent) => server.ask(...sent);
const root: ExampleObjects['root'] = (...sent) => server.root(...sent);

beforeAll(async () => {
  server = await exampleObjects();
});
afterAll(() => server.stop());

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
      'no session where one is to begin, whatever is sent',
      'CALL',
      '/api/v1/Auth/User(login)',
      { ...NOBODY, body: { username: 'root', password: 'secret' } },
      200,
      'token-of-root',
    ],
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
