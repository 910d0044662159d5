import { describe, expect, it } from '@jest/globals';
import type { Asked } from '../command.ts';
import type { NounOptions } from './noun-option.ts';
import { declared, fieldValues, listEdits, optionsFor, usageOfOptions } from './noun-option.ts';

const OPTIONS: NounOptions = {
  name: { short: 'n', does: 'its name', required: true, only: 'create' },
  note: { value: 'TEXT', does: 'what it is' },
  gateway: { short: 'g', kind: 'integer', field: 'gateway_offset', does: 'an offset' },
  vlan: { kind: 'integer', none: '-1', does: 'a VLAN' },
  primary: { short: 'p', kind: 'flag', field: 'is_primary', does: 'the first one', initial: false },
  shared: { kind: 'yes-no', does: 'of several' },
  rules: { kind: 'json', does: 'what holds' },
  ids: { kind: 'integers', does: 'some numbers' },
  members: { kind: 'structures', does: 'some structures' },
  host: { kind: 'structure', does: 'a structure' },
  password: { kind: 'secret', does: 'a secret' },
  'add-tag': { short: 'a', kind: 'texts', field: 'tags', does: 'one more', edits: 'add', only: 'update' },
  'delete-tag': { kind: 'texts', field: 'tags', does: 'one less', edits: 'remove', only: 'update' },
};

const asked = (options: Asked['options']): Asked => ({ names: [], options });
const lookups = {
  structure: (text: string) => Promise.resolve(text === 'web1' ? 7 : Number(text)),
  block: (text: string) => Promise.resolve(text === 'site1/mgmt' ? 4 : Number(text)),
  secret: (question: string) => Promise.resolve(`typed ${question}`),
};
const valuesOf = (options: Asked['options'], verb: 'create' | 'update' = 'update') =>
  fieldValues(verb, asked(options), optionsFor(verb, OPTIONS), lookups);

describe('options that set fields', () => {
  it.each<[string, Asked['options'], object]>([
    ['text', { note: 'it' }, { note: 'it' }],
    [
      'nothing, which takes away',
      { note: '', gateway: '', host: '' },
      { note: null, gateway_offset: null, host: null },
    ],
    ['a whole number', { gateway: '-5' }, { gateway_offset: -5 }],
    [
      'one that is too large to be exact',
      { gateway: '18446744073709551614' },
      { gateway_offset: '18446744073709551614' },
    ],
    ['what stands for nothing', { vlan: '-1' }, { vlan: null }],
    ['a flag', { primary: true }, { is_primary: true }],
    ['yes or no', { shared: 'no' }, { shared: false }],
    ['JSON', { rules: '{"a":[1,null]}' }, { rules: { a: [1, null] } }],
    ['lists, with commas or again and again', { ids: ['1,2', '3'] }, { ids: [1, 2, 3] }],
    ['an empty list', { ids: [''] }, { ids: [] }],
    ['structures by number or name', { members: ['web1,4'], host: 'web1' }, { members: [7, 4], host: 7 }],
    ['a secret that is typed', { password: '-' }, { password: 'typed password' }],
    ['a secret that is given', { password: 'x' }, { password: 'x' }],
  ])('take %s', async (_, options, values) => expect(await valuesOf(options)).toEqual(values));

  it.each<[Asked['options'], string]>([
    [{ gateway: '1.5' }, '--gateway: "1.5" is no whole number'],
    [{ ids: ['1,x'] }, '--ids: "x" is no whole number'],
    [{ shared: 'maybe' }, '--shared: "maybe" is neither yes nor no'],
    [{ rules: '{' }, '--rules: no JSON: '],
  ])('refuse %j', (options, text) => expect(valuesOf(options)).rejects.toThrow(text));

  it('say what a new object cannot do without, and what it has unless said otherwise', async () => {
    await expect(valuesOf({ note: 'x' }, 'create')).rejects.toThrow('say --name');
    await expect(valuesOf({ name: '' }, 'create')).rejects.toThrow('say --name');
    expect(await valuesOf({ name: 'x' }, 'create')).toEqual({ name: 'x', is_primary: false });
  });

  it('change lists that are there', async () => {
    const edits = await listEdits(
      asked({ 'add-tag': ['a', 'b,c'], 'delete-tag': ['d'] }),
      optionsFor('update', OPTIONS),
      lookups,
    );
    expect(edits.get('tags')?.(['b', 'd', 'e'])).toEqual(['b', 'e', 'a', 'c']);
    expect(await valuesOf({ 'add-tag': ['a'] })).toEqual({});
    expect((await listEdits(asked({}), OPTIONS, lookups)).size).toBe(0);
  });

  it('are declared for commands, and told in usage', () => {
    expect(declared(optionsFor('update', OPTIONS))).toMatchObject({
      note: { type: 'string', value: 'TEXT', does: 'what it is' },
      primary: { type: 'boolean', short: 'p' },
      'add-tag': { type: 'string', multiple: true, short: 'a' },
    });
    expect(usageOfOptions('create', optionsFor('create', OPTIONS))).toMatch(
      /^--name NAME \[--note TEXT\] \[--gateway GATEWAY\] .*\[--primary\] .*\[--ids IDS\]… /,
    );
    expect(usageOfOptions('update', optionsFor('update', OPTIONS))).not.toContain('--name');
  });
});
