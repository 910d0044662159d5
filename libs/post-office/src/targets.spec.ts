import { expect, it } from '@jest/globals';
import type { UnitOfWork } from '#kernel';
import { checkUrl } from './targets.ts';

const flaws = (url: string): readonly string[] => {
  const found: string[] = [];
  const work: Pick<UnitOfWork, 'fault'> = { fault: (field, code, text) => void found.push(`${field} ${code} ${text}`) };
  checkUrl(work as UnitOfWork, 'url', url);
  return found;
};

it.each(['http://h.example/', 'HTTPS://h.example:8443/a?b=c', 'http://[::1]:9/', 'http://h.example/\u00e9'])(
  'a receiver may be at %s',
  (url) => expect(flaws(url)).toEqual([]),
);

it.each([
  ['', 'must be a URL that begins with http:// or https://, not ""'],
  ['ftp://a/', 'must be a URL that begins with http:// or https://, not "ftp://a/"'],
  [' http://h.example/', 'must hold no blanks, tabs and line ends: " http://h.example/"'],
  ['http://h.example/ ', 'must hold no blanks, tabs and line ends: "http://h.example/ "'],
  ['http://h.example/\r\nX: y', 'must hold no blanks, tabs and line ends: "http://h.example/\\r\\nX: y"'],
  ['http://h.exa\tmple/', 'must hold no blanks, tabs and line ends: "http://h.exa\\tmple/"'],
  ['http://h.example:0/', 'must not name port 0: nothing listens there'],
])('and not at %j', (url, text) => expect(flaws(url)).toEqual([`url INVALID_VALUE ${text}`]));

it('and holds no password', () => expect(flaws('http://u:p@h.example/')[0]).toContain('url CREDENTIALS'));
