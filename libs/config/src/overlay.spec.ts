import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json, JsonMap } from '#kernel';
import { floatOf } from '#kernel';
import type { Layer, Pairs } from './layer.ts';
import type { Step } from './overlay.ts';
import { overlay } from './overlay.ts';

const layer = (values: Pairs): Layer => ({ source: { kind: 'Site', id: 'site1' }, values });
const laid = (start: JsonMap, layers: readonly Pairs[], classes: readonly string[] = []): Json =>
  Object.fromEntries(overlay(layers.map(layer), classes, { start: Object.entries(start) }).values);

describe('values laid over others', () => {
  it.each<[string, JsonMap, readonly Pairs[], JsonMap]>([
    ['are set', { aa: 1 }, [[['aa', 2]]], { aa: 2 }],
    ['take the first part of a text away', { aa: 'abcabc' }, [[['-aa', 'b']]], { aa: 'acabc' }],
    ['leave a text that does not hold them', { aa: 'abc' }, [[['-aa', 'x']]], { aa: 'abc' }],
    [
      'go before and behind a text',
      { aa: 'b' },
      [
        [
          ['<aa', 'a'],
          ['>aa', 'c'],
        ],
      ],
      { aa: 'abc' },
    ],
    [
      'become text there',
      { aa: 'x' },
      [
        [
          ['>aa', null],
          ['>aa', true],
          ['>aa', [1.5, 'a']],
        ],
      ],
      { aa: "xNoneTrue[1.5, 'a']" },
    ],
    ['become text there, floats with their point', { aa: 'v' }, [[['>aa', floatOf(3)]]], { aa: 'v3.0' }],
    ['take numbers away, of either kind', { aa: [floatOf(1), 2] }, [[['-aa', [1, floatOf(2)]]]], { aa: [] }],
    ['replace and stay floats', { aa: 1 }, [[['aa', floatOf(1)]]], { aa: floatOf(1) }],
    ['leave a float that is there', { aa: floatOf(1) }, [[['>aa', 1]]], { aa: floatOf(1) }],
    ['take items away', { aa: [1, 2, 1] }, [[['-aa', [1, 9]]]], { aa: [2, 1] }],
    [
      'go before and behind a list',
      { aa: [1] },
      [
        [
          ['<aa', [0]],
          ['>aa', 2],
        ],
      ],
      { aa: [0, 1, 2] },
    ],
    ['go into a list as one item', { aa: [1] }, [[['>aa', { k: 1 }]]], { aa: [1, { k: 1 }] }],
    ['do not take apart lists in lists', { aa: [[1]] }, [[['-aa', [1]]]], { aa: [[1]] }],
    ['take keys away', { aa: { k: 1, l: 2 } }, [[['-aa', ['k', 'z']]]], { aa: { l: 2 } }],
    ['take nothing away from a map but keys', { aa: { k: 1 } }, [[['-aa', { k: 1 }]]], { aa: { k: 1 } }],
    [
      'go into a map, one level deep',
      { aa: { k: { x: 1 }, l: 1 } },
      [[['<aa', { k: { y: 2 } }]]],
      { aa: { k: { y: 2 }, l: 1 } },
    ],
    [
      'leave a number as it is',
      { aa: 5 },
      [
        [
          ['>aa', 6],
          ['<aa', 7],
          ['-aa', 5],
        ],
      ],
      { aa: 5 },
    ],
    ['leave null as it is', { aa: null }, [[['>aa', 'x']]], { aa: null }],
    [
      'stand alone where there is nothing',
      {},
      [
        [
          ['<aa', [1]],
          ['>bb', 'x'],
          ['-cc', 1],
          ['~dd', 1],
        ],
      ],
      { aa: [1], bb: 'x' },
    ],
    ['drop a name', { aa: 1, bb: 2 }, [[['~aa', null]]], { bb: 2 }],
    ['bring it back later', { aa: 1 }, [[['~aa', 0]], [['aa', 3]]], { aa: 3 }],
    [
      'are dropped last within a layer',
      {},
      [
        [
          ['~aa', 0],
          ['aa', 1],
        ],
      ],
      {},
    ],
    [
      'are taken away first within a layer',
      { aa: 'x' },
      [
        [
          ['>aa', 'z'],
          ['aa', 'y'],
          ['-aa', 'x'],
        ],
      ],
      { aa: 'yz' },
    ],
  ])('%s', (_, start, layers, result) => expect(laid(start, layers)).toEqual(result));

  it.each<[string, Pairs, readonly string[], JsonMap]>([
    [
      'for a class of the target',
      [
        ['aa', 'n'],
        ['aa:VM', 'v'],
      ],
      ['VM'],
      { aa: 'v' },
    ],
    [
      'not for another',
      [
        ['aa', 'n'],
        ['aa:Metal', 'm'],
      ],
      ['VM'],
      { aa: 'n' },
    ],
    ['not where there are no classes', [['aa:VM', 'v']], [], {}],
    [
      'in the order they are written in',
      [
        ['aa:VM', 'v'],
        ['aa', 'n'],
      ],
      ['VM'],
      { aa: 'n' },
    ],
    [
      'whole numbers too',
      [
        ['10:VM', 'v'],
        ['10', 'n'],
      ],
      ['VM'],
      { '10': 'n' },
    ],
    [
      'with an operator',
      [
        ['aa', 'n'],
        ['>aa:VM', '+v'],
        ['>aa:Metal', '+m'],
      ],
      ['VM'],
      { aa: 'n+v' },
    ],
  ])('apply %s', (_, values, classes, result) => expect(laid({}, [values], classes)).toEqual(result));

  it.each(['a b', '_aa', 'aa:', 'aa:b-c', 'aa:b:c', '<>aa', '.x', '', 'aa\n', ':VM'])('cannot have the key %j', (key) =>
    expect(
      overlay([
        layer([
          [key, 1],
          ['bb', 2],
        ]),
      ]),
    ).toMatchObject({
      values: new Map([['bb', 2]]),
      faults: [{ key, error: 'ValueError', message: `invalid config value name "${key}"` }],
    }),
  );

  it('that cannot be combined leave the old ones alone', () =>
    expect(
      overlay([
        layer([['aa', { k: 1 }]]),
        layer([
          ['>aa', 's'],
          ['bb', 2],
        ]),
      ]),
    ).toMatchObject({
      values: new Map<string, Json>([
        ['aa', { k: 1 }],
        ['bb', 2],
      ]),
      faults: [{ key: '>aa', error: 'ValueError', message: 'can only append/prepend dict with a dict' }],
    }));

  it('are followed by what is known of the object', () => {
    const site: Layer = { ...layer([['aa', 1]]), attributes: [['_site', 'site1']] };
    expect([...overlay([site, { ...site, attributes: [['_site', 'site2']] }]).values]).toEqual([
      ['aa', 1],
      ['_site', 'site2'],
    ]);
  });

  it('tell what they did', () => {
    const steps: Step[] = [];
    const below = layer([['aa', 'b']]);
    const above = layer([
      ['aa:VM', 'x'],
      ['<aa', 'a'],
      ['~aa', 0],
    ]);
    overlay([below, above], [], { note: (step) => steps.push(step) });
    expect(steps).toEqual([
      { layer: below, key: 'aa', name: 'aa', operator: 'set', value: 'b', before: undefined, after: 'b' },
      { layer: above, key: '<aa', name: 'aa', operator: 'prepend', value: 'a', before: 'b', after: 'ab' },
      { layer: above, key: '~aa', name: 'aa', operator: 'drop', value: 0, before: 'ab', after: undefined },
    ]);
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,3}$/);
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const plain = fc.array(fc.tuple(name, json), { maxLength: 8 });
const sign = fc.constantFrom('', '-', '<', '>', '~');
const any = fc.array(
  fc.tuple(
    fc.tuple(sign, name, fc.constantFrom('', ':VM', ':Metal')).map((parts) => parts.join('')),
    json,
  ),
  { maxLength: 8 },
);

describe('for whatever values', () => {
  it('without operators the last one wins', () =>
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 4 }), (layers) => {
        expect(new Map(overlay(layers.map(layer)).values)).toEqual(new Map(layers.flat()));
      }),
    ));

  it('the layers change nothing they are given, and always come to something', () =>
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (layers) => {
        const before = JSON.stringify(layers);
        const { values, faults } = overlay(layers.map(layer), ['VM']);
        expect(JSON.stringify(layers)).toBe(before);
        expect(faults.every(({ message }) => message === 'can only append/prepend dict with a dict')).toBe(true);
        expect([...values.values()]).not.toContain(undefined);
      }),
    ));

  it('layers laid one by one come to the same as together', () =>
    fc.assert(
      fc.property(any, any, (below, above) => {
        const start = overlay([layer(below)], ['VM']).values;
        expect([...overlay([layer(above)], ['VM'], { start }).values]).toEqual([
          ...overlay([layer(below), layer(above)], ['VM']).values,
        ]);
      }),
    ));

  it('what is set and dropped again leaves nothing', () =>
    fc.assert(
      fc.property(any, (values) => {
        const names = [...overlay([layer(values)], ['VM']).values.keys()];
        expect(overlay([layer(values), layer(names.map((key) => [`~${key}`, null]))], ['VM']).values.size).toBe(0);
      }),
    ));
});
