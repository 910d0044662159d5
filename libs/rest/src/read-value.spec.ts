import { describe, expect, it } from '@jest/globals';
import type { Parameter } from '#api';
import { boolean, dateTime, integer, map, reference, text, wideInteger } from '#api';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { readArguments, readValue, Unreadable } from './read-value.ts';

const catalogue = exampleCatalogue();
const float: Parameter = { type: { kind: 'Float' } };
const site = reference('Site/Site');
const network = reference('Net/Network');

describe('a value', () => {
  it.each<[string, Parameter, unknown, unknown]>([
    ['text', text(3), 'äöü', 'äöü'],
    ['text of characters that take two', text(1), '😀', '😀'],
    ['empty text', text(3), '', ''],
    ['a whole number', integer(), 7, 7],
    ['a number that is whole', integer(), 7.0, 7],
    ['a whole number of any size', wideInteger(), 7, '7'],
    ['a whole number of any size as text', wideInteger(), '18446744073709551614', '18446744073709551614'],
    ['minus nothing', integer(), -0, 0],
    ['a number', float, 0.5, 0.5],
    ['a flag', boolean(), false, false],
    ['a time', dateTime(), '2026-03-01T12:00Z', '2026-03-01T12:00:00.000000+00:00'],
    ['a map', map(), { a: [1] }, { a: [1] }],
    ['a reference by name', site, 'a b', 'a b'],
    ['a reference by number', network, 7, 7],
    ['a list', text(3, { list: true }), ['a', null], ['a', null]],
    ['no text', text(), null, null],
    ['no number', integer(), null, null],
    ['no map', map(), null, {}],
    ['no list', text(3, { list: true }), null, []],
    ['no reference', site, null, null],
  ])('%s', (_, parameter, given, read) => {
    expect(readValue(parameter, given, catalogue)).toEqual(read);
  });

  it.each<[string, Parameter, unknown, string]>([
    ['text', text(), 7, 'TYPE'],
    ['text', text(3), 'abcd', 'TOO_LONG'],
    ['a whole number', integer(), '7', 'TYPE'],
    ['a whole number', integer(), 1.5, 'TYPE'],
    ['a whole number', integer(), 2 ** 53, 'TYPE'],
    ['a whole number', integer(), true, 'TYPE'],
    ['a whole number of any size', wideInteger(), 2 ** 53, 'TYPE'],
    ['a whole number of any size', wideInteger(), '1e3', 'TYPE'],
    ['a number', float, '1.5', 'TYPE'],
    ['a flag', boolean(), 'true', 'TYPE'],
    ['a flag', boolean(), 1, 'TYPE'],
    ['a time', dateTime(), '12 o’clock', 'TYPE'],
    ['a time', dateTime(), 1_772_366_400, 'TYPE'],
    ['a map', map(), [], 'TYPE'],
    ['a map', map(), '{}', 'TYPE'],
    ['a reference by name', site, 7, 'TYPE'],
    ['a reference by name', site, '', 'TYPE'],
    ['a reference by number', network, '7', 'TYPE'],
    ['a reference by number', network, -1, 'TYPE'],
    ['a list', text(3, { list: true }), 'a', 'TYPE'],
    ['a list of text', text(3, { list: true }), ['a', 7], 'TYPE'],
  ])('%s is not %j', (_, parameter, given, code) => {
    const read = () => readValue(parameter, given, catalogue);
    expect(read).toThrow(Unreadable);
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});

it('arguments take their defaults, and every fault is named', () => {
  const parameters = {
    name: { type: { kind: 'String', choices: ['x', 'y'] } },
    names: { type: { kind: 'String', choices: ['x', 'y'] }, list: true, default: [] },
    size: { type: { kind: 'Integer' }, default: 3 },
  } as const;
  expect(readArguments(parameters, { name: 'x' }, catalogue)).toEqual({
    values: { name: 'x', names: [], size: 3 },
    faults: [],
  });
  const codes = readArguments(parameters, { names: ['x', 'z'], size: '3', other: 1 }, catalogue).faults;
  expect(codes.map(({ field, code }) => [field, code])).toEqual([
    ['other', 'UNKNOWN'],
    ['name', 'REQUIRED'],
    ['names', 'CHOICE'],
    ['size', 'TYPE'],
  ]);
  expect(readArguments(parameters, { name: null }, catalogue).values).toMatchObject({ name: null });
});
