import { expect, it } from '@jest/globals';
import type { Parameter } from '#api';
import { dateTime, integer, map, reference, text, wideInteger } from '#api';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { linkOf, writeObject, writeValue } from './write-value.ts';

const catalogue = exampleCatalogue();

it.each<[string, Parameter, unknown, unknown]>([
  ['text', text(), 'x', 'x'],
  ['nothing', text(), undefined, null],
  ['what is text elsewhere', integer({ asText: true }), 254, 254],
  ['a whole number of any size', wideInteger(), '254', 254],
  ['one that is not exact as a number', wideInteger({ asText: true }), '18446744073709551614', '18446744073709551614'],
  ['no whole number', wideInteger(), null, null],
  ['a list that is text elsewhere', text(undefined, { list: true, asText: true }), ['VM'], ['VM']],
  ['no list', text(undefined, { list: true }), null, []],
  ['a map', map(), { a: 1 }, { a: 1 }],
  ['no map', map(), null, {}],
  ['a time', dateTime(), '2026-03-01T13:00:00+01:00', '2026-03-01T12:00:00.000000+00:00'],
  ['a reference', reference('Site/Site'), 'a', 'a'],
])('%s is written', (_, parameter, value, written) => {
  expect(writeValue(parameter, value)).toEqual(written);
});

it.each<[string, Parameter, unknown, unknown]>([
  ['a reference', reference('Site/Site'), 'a/b', { href: '/api/rest/Site/Site/a%2Fb' }],
  [
    'references',
    reference('Net/Network', { list: true }),
    [1, 2],
    [1, 2].map((id) => ({ href: `/api/rest/Net/Network/${id}` })),
  ],
  ['no reference', reference('Site/Site'), null, undefined],
  ['a reference to what is not shown', reference('Else/Where'), 'a', undefined],
  ['a reference to what has no objects', reference('Auth/User'), 'a', undefined],
  ['something else', text(), 'a', undefined],
])('%s leads where it leads', (_, parameter, value, link) => {
  expect(linkOf(parameter, value, catalogue)).toEqual(link);
});

it('an object has the declared fields in their order, whatever else is known of it', () => {
  const fields = { b: integer(), a: text(), up: reference('Site/Site') };
  const written = writeObject({ path: 'X/Y', fields }, 'k', { a: 'x', up: 's', secret: 'y' }, catalogue);
  expect(Object.entries(written)).toEqual([
    ['b', null],
    ['a', 'x'],
    ['up', 's'],
    [
      '_links',
      {
        self: { href: '/api/rest/X/Y/k' },
        collection: { href: '/api/rest/X/Y' },
        up: { href: '/api/rest/Site/Site/s' },
      },
    ],
  ]);
});
