import { describe, expect, it } from '@jest/globals';
import { objectPath, pathOf, queryOf, segmentsOf } from './paths.ts';

it.each<[string, string, string]>([
  ['/api/rest/Site/Site?count=1#x', '/api/rest/Site/Site', 'count=1#x'],
  ['//api/rest/Site/Site', '/api/rest/Site/Site', ''],
  ['/api/rest/Site/Site#?x=1', '/api/rest/Site/Site', 'x=1'],
  ['/api/rest/?', '/api/rest/', ''],
])('%s has the path %s', (target, path, query) => {
  expect(pathOf(target)).toBe(path);
  expect(String(queryOf(target))).toBe(String(new URLSearchParams(query)));
});

describe('segments', () => {
  it.each([
    ['/api/rest/Site/Site', ['Site', 'Site']],
    ['/api/rest/Site/Site/a%2Fb%20%C3%BC', ['Site', 'Site', 'a/b ü']],
    ['/api/rest/Site/Site/', ['Site', 'Site', '']],
    ['/api/rest/', ['']],
    ['/api/rest/Site/Site/%', undefined],
    ['/api/rest/Site/Site/%ff', undefined],
    ['/api/rest/Site/Site/site1%00', undefined],
    ['/api/rest/Site/Site/a/%00b/c', undefined],
    ['/api/v1/Site', undefined],
  ])('of %s are %j', (path, segments) => {
    expect(segmentsOf(path)).toEqual(segments);
  });

  it('are found again in the path of an object', () => {
    const id = "a/b?c#d%e:f 'g' ü";
    expect(segmentsOf(objectPath('Site/Site', id))).toEqual(['Site', 'Site', id]);
  });
});
