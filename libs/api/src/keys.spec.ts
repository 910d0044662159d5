import { describe, expect, it } from '@jest/globals';
import type { ReadModel } from '#read-store';
import { Catalogue } from './catalogue.ts';
import { keyKind, toKey } from './keys.ts';

const rows = (key: ReadModel['key']): ReadModel => ({
  name: 'x',
  version: 1,
  key,
  history: false,
  indexes: {},
  on: {},
});
const catalogue = new Catalogue([
  { path: 'Site/Site', fields: {}, rows: rows('text') },
  { path: 'Net/Network', fields: {}, rows: rows('integer') },
  { path: 'Net/Address', fields: {} },
  { path: 'Net/Dynamic', fields: {}, base: 'Net/Address', rows: rows('integer') },
]);

it.each<[string, string, string | number | undefined]>([
  ['Site/Site', '7', '7'],
  ['Site/Site', '', undefined],
  ['Net/Network', '7', 7],
  ['Net/Network', '0', 0],
  ['Net/Network', '-1', undefined],
  ['Net/Network', '07', undefined],
  ['Net/Network', '9007199254740993', undefined],
  ['Net/Network', '1.5', undefined],
  ['Net/Address', '7', 7],
])('the key of %s:%s: is %j', (model, id, key) => {
  expect(toKey(catalogue, model, id)).toBe(key);
});

describe('the kind of ids', () => {
  it('is that of the family where a model has no rows of its own', () => {
    expect(keyKind(catalogue, 'Net/Address')).toBe('integer');
  });

  it('is text where nothing is known of the model', () => {
    expect(keyKind(catalogue, 'Else/Where')).toBe('text');
  });
});
