import type { Principal } from '#kernel';
import type { HttpRequest } from '#http';
import { describe, expect, it } from '@jest/globals';
import { callerOf, reasonIn, requestId } from './headers.ts';

const principal = (name: string): Principal => ({ name, superuser: false, permissions: new Set(), session: '' });
const request = (headers: Record<string, string>): HttpRequest => ({
  verb: 'GET',
  target: '/',
  source: '::1',
  hasBody: false,
  header: (name) => headers[name],
  body: async () => Buffer.alloc(0),
});
const identify = async (id: string, token: string) => (token === 't0ken' ? principal(id) : undefined);

describe('who asks', () => {
  it.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ authorization: 'Bearer ann:t0ken' }, 'ann'],
    [{ authorization: 'BEARER a:b c:t0ken ' }, 'a:b c'],
    [{ authorization: 'Bearer ann:t0ken', 'auth-id': 'bob', 'auth-token': 't0ken' }, 'ann'],
    [{ 'auth-id': 'bob', 'auth-token': 't0ken' }, 'bob'],
    [{ 'auth-id': 'bob' }, undefined],
    [{ 'auth-id': '', 'auth-token': '' }, undefined],
  ])('%j is %j', async (headers, name) => {
    expect((await callerOf(request(headers), identify)).principal?.name).toBe(name);
  });

  it.each(['Bearer ann:wrong', 'Bearer ann', 'Bearer :t0ken', 'Basic YTpi', ''])(
    '%j is nobody',
    async (authorization) => {
      await expect(callerOf(request({ authorization }), identify)).rejects.toMatchObject({
        problem: 'unauthenticated',
      });
    },
  );
});

describe('a reason', () => {
  const reason = (text: string) => reasonIn(request({ 'contractor-reason': text }));

  it.each([
    ['maintenance', 'maintenance'],
    [Buffer.from('für Jürgen').toString('latin1'), 'für Jürgen'],
    ['f\u00fcr', 'für'],
    ['', undefined],
  ])('%j is %j', (text, read) => {
    expect(reason(text)).toBe(read);
  });

  it('has an end', () => {
    expect(() => reason('x'.repeat(1001))).toThrow('Contractor-Reason must be at most 1000 characters long.');
  });
});

describe('the id of a request', () => {
  const id = (key: string, name?: string) =>
    requestId(
      request({ 'idempotency-key': key }),
      { source: '', ...(name ? { principal: principal(name) } : {}) },
      'fresh',
    );

  it('is made of the key and the principal', () => {
    expect(id('k', 'ann')).toMatch(/^[0-9a-f]{32}$/);
    expect(id('k', 'ann')).toBe(id('k', 'ann'));
    expect(new Set([id('k', 'ann'), id('l', 'ann'), id('k', 'bob'), id('","ann', 'k')]).size).toBe(4);
  });

  it('is fresh where there is no key, or no principal', () => {
    expect(id('k')).toBe('fresh');
    expect(requestId(request({}), { source: '', principal: principal('ann') }, 'fresh')).toBe('fresh');
  });
});
