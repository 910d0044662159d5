import { describe, expect, it } from '@jest/globals';
import { Misuse } from './command.ts';
import { explainedText } from './explain-commands.ts';
import { changesText, listText } from './difference-text.ts';
import { OBJECT_KINDS, objectIn } from './object-kinds.ts';

describe('where a value comes from', () => {
  const source = { kind: 'Site', id: 'site1', position: '4', actor: 'root', at: '2026-01-01T00:00:00Z' };
  it('is told with each step', () => {
    const name = {
      name: 'dns',
      value: ['a', 'b'],
      rendered: ['a', 'c'],
      steps: [
        { source, key: 'dns', operator: 'set', value: ['a'], after: ['a'] },
        {
          source: { kind: 'BluePrint', id: 'fb' },
          key: '>dns',
          operator: 'append',
          value: 'b',
          before: ['a'],
          after: ['a', 'b'],
        },
      ],
    };
    expect(explainedText(name)).toBe(
      `dns = ["a","b"]
  rendered: ["a","c"]
  Site site1: dns = ["a"] (root, 2026-01-01T00:00:00Z, position 4)
  BluePrint fb: >dns = "b", which gives ["a","b"]`,
    );
    expect(explainedText({ name: 'x', steps: [] })).toBe('x is not set');
  });
});

describe('the past of an object', () => {
  const change = { at: 'T', actor: 'root', request: 'r', reason: null, command: 'DoIt', event: 'Done', position: 4 };
  it('is what has changed, who did it and why, in the order it comes in', () => {
    const changes = [
      {
        ...change,
        change: 'changed',
        reason: 'so',
        differences: [
          { path: ['updated'], before: 'T1', after: 'T' },
          { path: ['mtu'], before: 1, after: 2 },
          { path: ['config_values', 'db_password'], before: '********', after: '********', secret: 'changed' as const },
          { path: ['script'], lines: [{ op: '+' as const, line: 3, text: 'end' }] },
          { path: ['tags', 'a'], before: 1 },
        ],
      },
      { ...change, change: 'created', command: null, differences: [{ path: ['name'], after: 'a' }] },
      { ...change, change: 'deleted', differences: [{ path: ['name'], before: 'a' }] },
    ];
    expect(changesText(changes)).toBe(
      `T changed by root ("so"): DoIt, position 4, request r
  mtu: 1 -> 2
  config_values.db_password: changed (a secret)
  script:
    + 3: end
  tags.a: 1 -> nothing
T created by root: Done, position 4, request r
  name: "a"
T deleted by root: DoIt, position 4, request r`,
    );
  });

  it('is told of lists by what came, went and changed', () => {
    const object = (id: string) => ({ _links: { self: { href: `/api/rest/Site/Site/${id}` } } });
    const changed = [{ id: 'c', differences: [{ path: ['mtu'], before: 1, after: 2 }] }];
    expect(listText('Site/Site', { added: [object('a%2Fx')], removed: [object('b')], changed })).toEqual([
      'Site/Site:',
      '  + a/x',
      '  - b',
      '  ~ c',
      '    mtu: 1 -> 2',
    ]);
    expect(listText('Site/Site', { added: [], removed: [], changed: [] })).toEqual([]);
  });
});

describe('an object', () => {
  it.each([
    [['site/site1'], ['Site/Site/site1', []]],
    [
      ['site', 'site1', 'mtu'],
      ['Site/Site/site1', ['mtu']],
    ],
    [
      ['structure/12', 'a', 'b'],
      ['Building/Structure/12', ['a', 'b']],
    ],
    [['foundation/a/b'], ['Building/Foundation/a%2Fb', []]],
  ])('is named by %j', (names, [where, rest]) => {
    const [object, others] = objectIn({ names }, OBJECT_KINDS);
    expect([object.path, others]).toEqual([where, rest]);
  });

  it.each([
    [['moon/1'], '"moon" is none of site, structure, '],
    [['site'], 'say which site: site/NAME'],
    [['site/'], 'say which site: site/NAME'],
    [['constructor/1'], '"constructor" is none of'],
  ])('is not named by %j', (names, text) => {
    expect(() => objectIn({ names }, OBJECT_KINDS)).toThrow(Misuse);
    expect(() => objectIn({ names }, OBJECT_KINDS)).toThrow(text);
  });
});
