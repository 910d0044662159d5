import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json } from '#kernel';
import type { Layer } from './layer.ts';
import { mergedConfiguration } from './merged-configuration.ts';
import { settledValues } from './settled-values.ts';

const layer = (values: Layer['values'], attributes: Layer['attributes'] = []): Layer => ({
  source: { kind: 'Site', id: 'site1' },
  values: values ?? [],
  attributes,
});

describe('values that need no rendering', () => {
  const layers = [
    layer([
      ['plain', 'text'],
      ['list', [1, { deep: 'x' }]],
      ['greet', 'hello {{ plain }}'],
      ['deep', { of: ['{{ plain }}'] }],
      ['ended', 'line\n'],
      ['db_password', 'x'],
      ['broken name', 1],
    ]),
    layer(
      [
        ['>list', 2],
        ['~gone', null],
      ],
      [['_site', 'site1']],
    ),
  ];
  const settled = (...names: string[]) => settledValues(layers, [], new Set(names));

  it('are told as a rendered configuration has them', () =>
    expect(settled('plain', 'list', '_site', 'db_password', 'gone', 'none')).toEqual({
      plain: 'text',
      list: [1, { deep: 'x' }, 2],
      _site: 'site1',
      db_password: '********',
    }));

  it.each(['greet', 'deep', 'ended', '__faults'])('are not told where one of them may: %s', (name) =>
    expect(settled('plain', name)).toBeUndefined(),
  );

  it('are masked as the others of the configuration say', () => {
    const declared = (names: Json) =>
      settledValues(
        [
          layer([
            ['pin', 1],
            ['secret_names', names],
          ]),
        ],
        [],
        new Set(['pin']),
      );
    expect(declared(['pin'])).toEqual({ pin: '********' });
    expect(declared(['{{ which }}'])).toBeUndefined();
  });

  const names = ['aa', 'bb', 'secret_names', '_at'];
  const text = fc.constantFrom('x', 'y', 'aa', '{{ aa }}', '{{ bb }}{{ nope.x }}', 'z\r\n', '{% if', 'pin');
  const value = fc.oneof(text, fc.array(text, { maxLength: 2 }), fc.dictionary(fc.constantFrom('aa', 'pin'), text));
  const values = fc.array(
    fc.tuple(
      fc
        .tuple(fc.constantFrom('', '<', '>', '-', '~'), fc.constantFrom(...names), fc.constantFrom('', ':VM'))
        .map((parts) => parts.join('')),
      value,
    ),
    { maxLength: 6 },
  );

  it('are those of the rendered configuration, whatever the layers', () => {
    const outcomes = { told: 0, not: 0 };
    return fc
      .assert(
        fc.asyncProperty(
          fc.array(values, { maxLength: 3 }),
          fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }),
          async (all, wanted) => {
            const made = all.map((one) => layer(one as Layer['values'], [['_at', 'here']]));
            const told = settledValues(made, ['VM'], new Set(wanted));
            outcomes[told ? 'told' : 'not'] += 1;
            if (!told) return;
            const { configuration } = await mergedConfiguration(made, ['VM']);
            const whole = Object.entries(configuration).filter(([key]) => wanted.includes(key));
            expect(Object.entries(told)).toEqual(whole);
          },
        ),
      )
      .then(() => expect(Math.min(outcomes.told, outcomes.not)).toBeGreaterThan(10));
  });
});
