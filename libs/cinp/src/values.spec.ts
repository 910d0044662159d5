import { describe, expect, it } from '@jest/globals';
import type { Field, Parameter } from '#api';
import { boolean, Catalogue, dateTime, integer, map, reference, text, wideInteger } from '#api';
import { MODELS } from '../test/example-models.ts';
import { readArguments, readValue, Unreadable, writeObject, writeValue } from './values.ts';
import { wordsOf } from './version.ts';

const catalogue = new Catalogue(MODELS);
const reading = { catalogue, words: wordsOf('2.0') };
const float: Parameter = { type: { kind: 'Float' } };

const read = (field: Field | Parameter, value: unknown): unknown => {
  try {
    return readValue(field, value, reading);
  } catch (error) {
    if (error instanceof Unreadable) return `! ${error.message}`;
    throw error;
  }
};

describe('reading', () => {
  it.each<[string, Field | Parameter, [unknown, unknown][]]>([
    [
      'text',
      text(4),
      [
        [null, null],
        ['', ''],
        ['abc', 'abc'],
        [12, '12'],
        [true, 'True'],
        [1.5, '1.5'],
        ['abcde', '! Value too long'],
        ['😀😀😀😀', '😀😀😀😀'],
        [{}, '! Unable to convert to a string'],
        [['a'], '! Unable to convert to a string'],
      ],
    ],
    ['text of any length', text(), [['x'.repeat(9999), 'x'.repeat(9999)]]],
    [
      'whole numbers',
      integer(),
      [
        [null, null],
        ['', null],
        [30, 30],
        ['30', 30],
        [' -5 ', -5],
        ['+5', 5],
        [-0, 0],
        ['9007199254740993', '! Unable to convert to an int'],
        [1.5, '! Unable to convert to an int'],
        ['1.0', '! Unable to convert to an int'],
        ['0x1', '! Unable to convert to an int'],
        [true, '! Unable to convert to an int'],
        [[], '! Unable to convert to an int'],
      ],
    ],
    [
      'whole numbers of any size',
      wideInteger(),
      [
        [null, null],
        ['', null],
        [30, '30'],
        [' +5 ', '5'],
        ['-0', '0'],
        ['18446744073709551614', '18446744073709551614'],
        [2 ** 53, '! Unable to convert to an int'],
        [1.5, '! Unable to convert to an int'],
        ['1e3', '! Unable to convert to an int'],
        [true, '! Unable to convert to an int'],
      ],
    ],
    [
      'numbers',
      float,
      [
        [null, null],
        ['', null],
        [1.5, 1.5],
        ['1.5', 1.5],
        ['1e3', 1000],
        ['.5', 0.5],
        ['x', '! Unable to convert to a float'],
        ['NaN', '! Unable to convert to a float'],
        [true, '! Unable to convert to a float'],
      ],
    ],
    [
      'yes and no',
      boolean(),
      [
        [null, null],
        ['', null],
        [true, true],
        ['true', true],
        ['True', true],
        ['t', true],
        [1, true],
        ['1', true],
        [false, false],
        ['FALSE', false],
        ['f', false],
        [0, false],
        ['yes', '! Unable to convert to boolean'],
        [2, '! Unable to convert to boolean'],
        [{}, '! Unable to convert to boolean'],
      ],
    ],
    [
      'moments',
      dateTime(),
      [
        [null, null],
        ['', null],
        ['2026-11-20T12:04:26Z', '2026-11-20T12:04:26.000000+00:00'],
        [1, '! DateTime must be text in a form of ISO 8601'],
        ['soon', '! DateTime must be text in a form of ISO 8601'],
      ],
    ],
    [
      'maps',
      map(),
      [
        [null, {}],
        ['', {}],
        [{ a: { b: 1 } }, { a: { b: 1 } }],
        [[], '! Map must be a dict'],
        ['{}', '! Map must be a dict'],
        [1, '! Map must be a dict'],
      ],
    ],
    [
      'lists',
      text(3, { list: true }),
      [
        [null, []],
        ['', []],
        [[], []],
        [
          ['a', 1],
          ['a', '1'],
        ],
        ['a', '! Must be an Array/List'],
        [{}, '! Must be an Array/List'],
        [['abcd'], '! Value too long'],
      ],
    ],
    [
      'maps that travel as text',
      map({ asText: true }),
      [
        [null, {}],
        ['', {}],
        ["{'a': None}", { a: null }],
        ['{"a": 1}', { a: 1 }],
        [{ a: 1 }, { a: 1 }],
        ["['a']", '! Map must be a dict'],
        ['{', '! Unable to Parse "{"'],
        ["{'a': 9007199254740991}", { a: 9007199254740991 }],
        ["{'a': 9007199254740993}", '! a: a number too large to be exact: send it as text'],
        ["{'a': '\\x00'}", '! text with a NUL character'],
      ],
    ],
    [
      'lists that travel as text',
      text(9, { list: true, asText: true }),
      [
        ["['a', 'b']", ['a', 'b']],
        [['a'], ['a']],
        ['', []],
      ],
    ],
    ['numbers that travel as text', integer({ asText: true }), [['254', 254]]],
  ])('%s', (_, field, cases) => {
    expect(cases.map(([given]) => [given, read(field, given)])).toEqual(cases);
  });

  const toFoundation = '/api/v1/Building/Foundation:web1:';
  it.each<[string, string, unknown, unknown]>([
    ['its own model', 'Building/Foundation', toFoundation, 'web1'],
    [
      'a specialisation where the base is declared',
      'Building/Foundation',
      '/api/v1/Manual/ManualFoundation:web1:',
      'web1',
    ],
    ['the base where a specialisation is declared', 'Manual/ManualFoundation', toFoundation, 'web1'],
    ['a number', 'Utilities/Network', '/api/v1/Utilities/Network:7:', 7],
    ['nothing', 'Site/Site', null, null],
    ['empty text', 'Site/Site', '', null],
  ])('a reference to %s', (_, model, given, key) => {
    expect(read(reference(model), given)).toBe(key);
  });

  it.each<[string, unknown, string]>([
    [
      'Manual/ManualFoundation',
      '/api/v1/Blade/BladeFoundation:b:',
      '! Object "/api/v1/Blade/BladeFoundation:b:" is for a model other than "/api/v1/Manual/ManualFoundation"',
    ],
    [
      'Building/Foundation',
      '/api/v1/Site/Site:a:',
      '! Object "/api/v1/Site/Site:a:" is for a model other than "/api/v1/Building/Foundation"',
    ],
    [
      'Building/Foundation',
      '/api/v1/X/Y:a:',
      '! Object "/api/v1/X/Y:a:" is for a model other than "/api/v1/Building/Foundation"',
    ],
    ['Site/Site', '/api/v1/Site/Site', '! "/api/v1/Site/Site" is not one object'],
    ['Site/Site', '/api/v1/Site/Site:a:b:', '! "/api/v1/Site/Site:a:b:" is not one object'],
    ['Site/Site', '/api/v1/Site/Site:a:(getConfig)', '! "/api/v1/Site/Site:a:(getConfig)" is not one object'],
    ['Site/Site', '/api/v1/Site/Site::', '! Object "/api/v1/Site/Site::" for model "/api/v1/Site/Site" NotFound'],
    ['Site/Site', 'a', '! Unable to Parse "a"'],
    ['Site/Site', 5, '! Unable to Parse "5"'],
    [
      'Utilities/Network',
      '/api/v1/Utilities/Network:x:',
      '! Object "/api/v1/Utilities/Network:x:" for model "/api/v1/Utilities/Network" NotFound',
    ],
  ])('no reference to %s: %s', (model, given, error) => {
    expect(read(reference(model), given)).toBe(error);
  });
});

describe('arguments', () => {
  const group: Parameter = { type: { kind: 'String', choices: ['Site', 'BluePrint'] } };

  it.each<[unknown, unknown, unknown]>([
    [{ group: 'Site' }, { group: 'Site', most: 100 }, {}],
    [{ group: 'Site', most: '5', more: 1 }, { group: 'Site', most: 5 }, {}],
    [{ group: null, most: null }, { group: null, most: null }, {}],
    [{}, { most: 100 }, { group: 'Required Parameter' }],
    [
      { group: 'Other', most: 'x' },
      {},
      {
        group: `Invalid Value "Value 'Other' is not a valid choice."`,
        most: 'Invalid Value "Unable to convert to an int"',
      },
    ],
  ])('%j', (given, values, errors) => {
    const parameters = { group, most: { type: { kind: 'Integer' }, default: 100 } } as const;
    expect(readArguments(parameters, given as Record<string, unknown>, reading)).toEqual({ values, errors });
  });
});

describe('writing', () => {
  it.each<[string, Field | Parameter, [unknown, unknown][]]>([
    [
      'text',
      text(),
      [
        [null, null],
        ['a', 'a'],
        [5, '5'],
        [['a'], "['a']"],
      ],
    ],
    [
      'whole numbers of any size',
      wideInteger(),
      [
        ['30', 30],
        ['9007199254740991', 9007199254740991],
        ['9007199254740992', '9007199254740992'],
        [null, null],
      ],
    ],
    [
      'numbers',
      integer(),
      [
        [undefined, null],
        [5, 5],
      ],
    ],
    [
      'moments',
      dateTime(),
      [
        ['2026-11-20T12:04:26Z', '2026-11-20T12:04:26.000000+00:00'],
        ['later', 'later'],
        [null, null],
      ],
    ],
    [
      'maps',
      map(),
      [
        [
          { b: 1, a: 2 },
          { b: 1, a: 2 },
        ],
        [null, null],
      ],
    ],
    [
      'references',
      reference('Site/Site'),
      [
        ['a', '/api/v1/Site/Site:a:'],
        [null, null],
      ],
    ],
    [
      'lists of references',
      reference('Utilities/Network', { list: true }),
      [
        [
          [1, 2],
          ['/api/v1/Utilities/Network:1:', '/api/v1/Utilities/Network:2:'],
        ],
        [null, []],
      ],
    ],
    [
      'what travels as text',
      boolean({ asText: true }),
      [
        [true, 'True'],
        [null, null],
      ],
    ],
    [
      'lists that travel as text',
      text(9, { list: true, asText: true }),
      [
        [['a'], "['a']"],
        [null, '[]'],
      ],
    ],
  ])('%s', (_, field, cases) => {
    expect(cases.map(([value]) => [value, writeValue(field, value)])).toEqual(cases);
  });

  it('objects: the declared fields in their order, whatever else is known', () => {
    const written = writeObject({ b: integer(), a: text() }, { a: 'x', secret: 'y' });
    expect(Object.entries(written)).toEqual([
      ['b', null],
      ['a', 'x'],
    ]);
  });
});
