import { describe, expect, it } from '@jest/globals';
import { nextOf, telling } from './history.ts';

describe('the history of an object', () => {
  it('goes on where the server says', () => {
    expect(
      nextOf({ items: [], _links: { next: { href: '/api/rest/Site/Site/a/history?count=3&from=0&to=139' } } }),
    ).toBe('139');
    expect(nextOf({ items: [], _links: {} })).toBeUndefined();
  });

  it('leaves out the times that every change moves, and no key that is called like them', () => {
    const paths = [['updated'], ['config_values', 'updated'], ['state']];
    expect(telling(paths.map((path) => ({ path, after: 1 }))).map(({ path }) => path)).toEqual(paths.slice(1));
    expect(
      telling([
        { path: ['owner'], before: null, after: '' },
        { path: ['key'], secret: 'changed' },
      ]),
    ).toEqual([{ path: ['key'], secret: 'changed' }]);
  });
});
