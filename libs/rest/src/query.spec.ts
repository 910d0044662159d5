import { describe, expect, it } from '@jest/globals';
import type { Model } from '#api';
import { Catalogue } from '#api';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { checkQuery, demandFreeNames, listingIn, withPlus } from './query.ts';
import type { Problem } from './problem.ts';

const catalogue = exampleCatalogue();
const site = catalogue.model('Site/Site') as Model;
const listing = (query: string) => listingIn(new URLSearchParams(query), site, catalogue);

describe('a list', () => {
  it.each([
    ['', { skip: 0, count: 50 }],
    ['position=7&count=0', { skip: 7, count: 0 }],
    ['count=1000&at=7', { skip: 0, count: 1000 }],
  ])('?%s shows %j', (query, page) => {
    expect(listing(query)).toEqual(page);
  });

  it('has parameters of a filter, typed', () => {
    const query = 'level=soft&tags=a&tags=b&size=-7&urgent=true&since=2026-03-01T13:00:00+01:00&network=12';
    expect(listing(`filter=level&${query}`).filter?.parameters).toEqual({
      level: 'soft',
      tags: ['a', 'b'],
      size: -7,
      urgent: true,
      since: '2026-03-01T12:00:00.000000+00:00',
      network: 12,
    });
  });

  it('has parameters that are nothing', () => {
    expect(listing('filter=level&level=soft&size=&urgent=&since=&network=').filter?.parameters).toMatchObject({
      size: null,
      urgent: null,
      since: null,
      network: null,
    });
  });
});

it.each([
  ['filter=level&level=a%00b', 'level', 'is text with a NUL character'],
  ['filter=parent&parent=%00', 'parent', 'is text with a NUL character'],
  ['filter=level&level=soft&size=12345678901234567890', 'size', 'is a number too large to be exact: send it as text'],
])('?%s holds what no body may hold', (query, field, text) => {
  expect(() => listing(query)).toThrow(
    expect.objectContaining({ problem: 'malformed', errors: [{ field, code: 'INVALID', text }] }),
  );
});

it('a query holds what is known, once', () => {
  const check = (query: string) => () => checkQuery(new URLSearchParams(query), ['at', 'tags'], ['tags']);
  expect(check('at=1&tags=a&tags=b')).not.toThrow();
  expect(check('at=1&at=1&to=2&to=3')).toThrow(
    expect.objectContaining({
      problem: 'malformed',
      errors: [
        { field: 'at', code: 'TWICE', text: 'may be given once' },
        { field: 'to', code: 'UNKNOWN', text: 'is not taken here' },
      ],
    } satisfies Partial<Problem>),
  );
});

it.each([
  ['2026-03-01T12:00:00 01:00', '2026-03-01T12:00:00+01:00'],
  ['20260301T120000.5 0100', '20260301T120000.5+0100'],
  ['2026-03-01 12:00', '2026-03-01 12:00'],
  ['2026-03-01T12:00:00-01:00', '2026-03-01T12:00:00-01:00'],
])('%s was sent as %s', (text, sent) => {
  expect(withPlus(text)).toBe(sent);
});

it('no filter takes a name that means something already', () => {
  const filters = { wrong: { parameters: { count: { type: { kind: 'Integer' } } }, where: () => null } } as const;
  expect(() => demandFreeNames(new Catalogue([{ path: 'X/Y', fields: {}, filters }]))).toThrow(
    'X/Y: no filter may have a parameter "count"',
  );
  expect(() => demandFreeNames(catalogue)).not.toThrow();
});
