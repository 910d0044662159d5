import { describe, expect, it } from '@jest/globals';
import type { Field } from '../model/types.ts';
import { inputsOf, readForm } from './form-values.ts';

const FIELDS: Readonly<Record<string, Field>> = {
  name: { type: 'string', create: 'required' },
  zone: { type: 'reference', model: 'Directory/Zone', numeric: true, nullable: true, create: 'optional' },
  description: { type: 'string', nullable: true, create: 'optional', change: true },
  config_values: { type: 'map', default: {}, create: 'optional', change: true },
  names: { type: 'string', list: true, create: 'optional' },
  enabled: { type: 'boolean', default: true, create: 'optional' },
  ratio: { type: 'number', create: 'optional' },
};

describe('a form', () => {
  it('begins with what fields are unless said', () => {
    expect(inputsOf(FIELDS)).toEqual({
      name: '',
      zone: '',
      description: '',
      config_values: '',
      names: '',
      enabled: true,
      ratio: '',
    });
  });

  it('says what is given, in the types of the API', () => {
    const inputs = {
      name: ' a',
      zone: '7',
      config_values: '{"mtu": 9000}',
      names: 'x\n\n y',
      enabled: false,
      ratio: '0.5',
    };
    expect(readForm(FIELDS, inputs)).toEqual({
      values: { name: ' a', zone: 7, config_values: { mtu: 9000 }, names: ['x', 'y'], enabled: false, ratio: 0.5 },
      flaws: [],
    });
  });

  it('says of an object only what is other than it was, and null where something is taken away', () => {
    const were = inputsOf(FIELDS, { name: 'a', zone: 7, description: 'b', config_values: { mtu: 1 }, enabled: true });
    expect(readForm(FIELDS, were, were)).toEqual({ values: {}, flaws: [] });
    expect(readForm(FIELDS, { ...were, zone: '', config_values: '' }, were).values).toEqual({
      zone: null,
      config_values: {},
    });
  });

  it('names what cannot be read', () => {
    const inputs = { name: '', zone: 'x', config_values: '[1]', ratio: 'many' };
    expect(readForm(FIELDS, inputs).flaws).toEqual([
      { field: 'name', text: 'must be given' },
      { field: 'zone', text: '"x" must be a whole number' },
      { field: 'config_values', text: 'must be a JSON map' },
      { field: 'ratio', text: '"many" must be a number' },
    ]);
    expect(readForm(FIELDS, { name: 'a', config_values: '{' }).flaws[0]?.text).toMatch(/^is not JSON: /);
  });
});
