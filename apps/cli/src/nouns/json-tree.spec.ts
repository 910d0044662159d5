import { describe, expect, it } from '@jest/globals';
import { holdsMap, patchOf, treeOfJson } from './json-tree.ts';
import { tomlMembers } from './toml-members.ts';

const patched = async (toml: string, before: Readonly<Record<string, unknown>> = {}) =>
  patchOf(new Map(await tomlMembers('x.toml', toml)), before);

describe('a merge patch that sets values as a whole', () => {
  it.each<[string, string, object, string]>([
    ['keeps whole floats', 'a = 1.0\nb = [2.0, 1e3, 3]', {}, '{"a":1.0,"b":[2.0,1000.0,3]}'],
    ['keeps the order of keys', '[t]\n2 = 1\n1 = 2', {}, '{"t":{"2":1,"1":2}}'],
    [
      'takes away what is no more in a map',
      '[t]\na = 1',
      { t: { b: 2, c: { d: 3 } } },
      '{"t":{"a":1,"b":null,"c":null}}',
    ],
    ['also within maps', '[t.u]\na = 1', { t: { u: { a: 0, b: 2 } } }, '{"t":{"u":{"a":1,"b":null}}}'],
    ['does not look into what was no map', '[t]\na = 1', { t: [1] }, '{"t":{"a":1}}'],
    ['leaves others alone', 'a = "x"', { b: { c: 1 } }, '{"a":"x"}'],
  ])('%s', (_, toml, before, patch) => expect(patched(toml, before as Record<string, unknown>)).resolves.toBe(patch));

  it('knows whether it holds maps', async () => {
    expect(holdsMap(new Map(await tomlMembers('x', 'a = [{b = 1}]\nc = 1')))).toBe(false);
    expect(holdsMap(new Map(await tomlMembers('x', 'a = {b = 1}')))).toBe(true);
  });

  it('keeps JSON as it was written, but for maps', () => {
    expect(treeOfJson('1.0', 1)).toBe('1.0');
    expect(treeOfJson('{"a":{"b":[1]}}', { a: { b: [1] } })).toEqual(new Map([['a', new Map([['b', '[1]']])]]));
  });

  it('says where a file is at fault', () =>
    expect(tomlMembers('x.toml', 'a = 1\nb = \n')).rejects.toThrow(/^x\.toml:\d: /));
});
