import { describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { IntegralFloat } from '#kernel';
import type { Field } from './field.ts';
import { boolean, integer, map, reference, text } from './field.ts';
import { whyNot } from './why-not.ts';

describe('a value that people wrote', () => {
  it.each<[string, Field, Json, string | undefined]>([
    ['a text', text(3), 'abc', undefined],
    ['a text of characters beyond 16 bits', text(3), '😀😀😀', undefined],
    ['a text that is too long', text(3), 'abcd', 'is longer than 3 characters'],
    ['a number', text(3), 7, 'must be a text'],
    ['a whole number', integer(), 7, undefined],
    ['a fraction', integer(), 7.5, 'must be a whole number'],
    ['a text of a number', integer(), '7', 'must be a whole number'],
    ['a truth value', boolean(), false, undefined],
    ['a number for one', boolean(), 0, 'must be true or false'],
    ['a map', map(), { a: 1 }, undefined],
    ['a list', map(), [], 'must be a table'],
    ['a number such as 1.0', map(), new IntegralFloat(1), 'must be a table'],
    ['a name', reference('Site/Site'), 'shop', undefined],
    ['a number for a name', reference('Site/Site'), 7, 'must be a name'],
    ['nothing', text(3), null, undefined],
    ['a list of texts', text(3, { list: true }), ['a', 'b'], undefined],
    ['a text for a list', text(3, { list: true }), 'a', 'must be a list'],
    ['a list with nothing in it', text(3, { list: true }), [null], 'may hold no null'],
    ['a list with one that is none', text(3, { list: true }), ['a', 7], 'must be a text'],
    ['what only the server sets', text(3, { mode: 'RO' }), 'a', 'cannot be set'],
  ])('%s', (_, field, value, reason) => expect(whyNot(field, value)).toBe(reason));
});
