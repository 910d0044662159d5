import { describe, expect, it } from '@jest/globals';
import { responseText } from './response-text.ts';

const DATE = /Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/;
const written = (verb: string, status: number, headers: Record<string, string>, text?: string) => {
  const answer = responseText(verb, { status, headers, text }, 'Connection: keep-alive');
  expect(answer.text).toMatch(DATE);
  return { ...answer, text: answer.text.replace(DATE, '') };
};

describe('an answer on the wire', () => {
  it('has its fields as they are written, and its length in bytes', () => {
    expect(written('GET', 200, { Verb: 'GET' }, 'plain')).toEqual({
      text: 'HTTP/1.1 200 OK\r\nVerb: GET\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nplain',
      encoding: 'latin1',
    });
    expect(written('GET', 404, {}, 'ü')).toEqual({
      text: 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nü',
      encoding: 'utf8',
    });
  });

  it('sets as many cookies as it has', () => {
    const answer = responseText('GET', { status: 204, headers: {}, cookies: ['a=1', 'b=2'] }, 'Connection: close');
    expect(answer.text).toContain('204 No Content\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n');
    const split = { status: 204, headers: {}, cookies: ['a=1\r\nx: y'] };
    expect(() => responseText('GET', split, '')).toThrow('the field Set-Cookie cannot be sent');
  });

  it('has a head of bytes, whatever the body is written in', () => {
    for (const [body, bytes] of [
      ['plain', 'plain'],
      ['ü', '\u00c3\u00bc'],
    ]) {
      const { text, encoding } = written('GET', 200, { Name: 'ö' }, body);
      const [head, , ...rest] = Buffer.from(text, encoding).toString('latin1').split('\r\n').slice(1);
      expect([head, rest.at(-1)]).toEqual(['Name: ö', bytes]);
    }
  });

  it('has no body for HEAD, and tells of none where there can be none', () => {
    expect(written('HEAD', 200, {}, 'plain').text).toMatch(/\r\nContent-Length: 5\r\n.*\r\n\r\n$/);
    expect(written('DELETE', 204, {}).text).toBe('HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n');
    expect(written('GET', 304, {}).text).not.toContain('Content-Length');
    expect(written('POST', 200, {}).text).toContain('Content-Length: 0');
  });

  it('has bytes behind its head, and their length in it', () => {
    const bytes = Buffer.from('ü');
    const answer = { status: 200, headers: {}, bytes };
    expect(responseText('GET', answer, 'Connection: close')).toEqual({
      text: expect.stringMatching(/\r\nContent-Length: 2\r\n.*\r\n\r\n$/s),
      encoding: 'latin1',
      bytes,
    });
    expect(responseText('HEAD', answer, 'Connection: close').bytes).toBeUndefined();
  });

  it.each(['a\r\nSet-Cookie: b', 'a\nb', 'a\0', '\u0100'])('is none with a field that holds %j', (value) => {
    expect(() => responseText('GET', { status: 200, headers: { Name: value } }, '')).toThrow('the field Name');
  });
});
