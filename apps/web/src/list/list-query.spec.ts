import { describe, expect, it } from '@jest/globals';
import { readListQuery, writeListQuery } from './list-query.ts';

const URL = 'site=site1&q=web+1&is.state=built&is.state=planned&sort=-created';

describe('a list in the URL', () => {
  it('is read', () => {
    expect(readListQuery(new URLSearchParams(URL))).toEqual({
      text: 'web 1',
      values: { state: ['built', 'planned'] },
      sort: { id: 'created', desc: true },
    });
    expect(readListQuery(new URLSearchParams(''))).toEqual({ text: '', values: {}, sort: undefined });
  });

  it('is written as it was read, and leaves the rest alone', () => {
    const query = new URLSearchParams(URL);
    expect(writeListQuery(query, readListQuery(query)).toString()).toBe(URL);
    expect(writeListQuery(query, { text: '', values: {}, sort: undefined }).toString()).toBe('site=site1');
  });

  it('is one of several', () => {
    const query = writeListQuery(
      new URLSearchParams('q=a'),
      { text: 'b', values: { x: ['1'] }, sort: undefined },
      's.',
    );
    expect(query.toString()).toBe('q=a&s.q=b&s.is.x=1');
    expect(readListQuery(query, 's.')).toEqual({ text: 'b', values: { x: ['1'] }, sort: undefined });
  });
});
