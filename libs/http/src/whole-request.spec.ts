import { describe, expect, it } from '@jest/globals';
import { request, sized } from '../test/connections.ts';
import { WholeRequestReader } from './whole-request.ts';

const read = (text: string, whole = new WholeRequestReader(1000, '10.0.0.1')) =>
  whole.read(Buffer.from(text, 'latin1'));

describe('whole requests', () => {
  it('are read as the server would read them', async () => {
    const fields = ['X-Empty:', 'Auth-Id:\t root \t', 'connection: Keep-Alive', 'Content-Length: 2'];
    const found = read(request('LIST /api/v1/Site/Site%3A?x=ü', fields, '{}'));
    expect(found).toMatchObject({
      verb: 'LIST',
      target: '/api/v1/Site/Site%3A?x=ü',
      source: '10.0.0.1',
      hasBody: true,
    });
    expect(['host', 'x-empty', 'auth-id', 'nothing'].map((name) => found?.header(name))).toEqual([
      'a',
      '',
      'root',
      undefined,
    ]);
    expect((await found?.body(2))?.toString()).toBe('{}');
    await expect(found?.body(1)).rejects.toMatchObject({ rule: 'TOO_LARGE' });
  });

  it.each([
    ['GET', 'GET'],
    ['describe', 'DESCRIBE'],
    ['DELETE', 'DELETE'],
    ['PATCH', 'PATCH'],
  ])('have their verb: %s', (sent, verb) => {
    expect(read(request(`${sent} /`))).toMatchObject({ verb, hasBody: false });
  });

  it('may come one after another with the same fields, each with a target and a body of its own', async () => {
    const whole = new WholeRequestReader(1000, '');
    const [one, two] = [read(sized('CALL /1', 'ab'), whole), read(sized('CREATE /2', 'cd'), whole)];
    expect([one?.target, two?.target, two?.verb]).toEqual(['/1', '/2', 'CREATE']);
    expect([String(await one?.body(9)), String(await two?.body(9))]).toEqual(['ab', 'cd']);
    expect(read(sized('CALL /3', 'abc'), whole)?.target).toBe('/3');
    expect(read(request('GET /4', ['Auth-Id: x']), whole)?.header('auth-id')).toBe('x');
    expect(read(sized('CALL /5', 'ab').slice(0, -1), whole)).toBeUndefined();
  });

  it.each([
    ['an unfinished head', 'LIST / HTTP/1.1\r\nHost: a\r\n'],
    ['an unfinished body', request('CALL /', ['Content-Length: 9'], '{')],
    ['two requests', request('LIST /1') + request('LIST /2')],
    ['a line end before it', `\r\n${request('LIST /')}`],
    ['an older version', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
    ['no version', 'GET /\r\n\r\n'],
    ['no target', 'GET  HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an unknown method', request('FOO /')],
    ['a method that stands in for a verb', request('LOCK /')],
    ['no host', 'GET / HTTP/1.1\r\nX: a\r\n\r\n'],
    ['a field twice', request('GET /', ['X: 1', 'x: 2'])],
    ['a folded field', request('GET /', ['X: 1', ' more'])],
    ['a bare line feed', request('GET /', ['X: 1\nY: 2'])],
    ['chunks', request('CALL /', ['Transfer-Encoding: chunked'], '0\r\n\r\n')],
    ['a wrong length', request('CALL /', ['Content-Length: +1'], 'a')],
    ['an end of the connection', request('GET /', ['Connection: close'])],
    ['an upgrade', request('GET /', ['Connection: upgrade', 'Upgrade: websocket'])],
    ['an expectation', request('CALL /', ['Expect: 100-continue'])],
    ['a head that is too long', request('GET /', [`X: ${'x'.repeat(1000)}`])],
  ])('are not those with %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
