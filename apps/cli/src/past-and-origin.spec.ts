import { describe, expect, it } from '@jest/globals';
import { Misuse } from './command.ts';
import { explainedText } from './explain-commands.ts';
import { changeBetween, changesText, justBefore } from './history-commands.ts';
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
  it.each([
    ['2026-01-01T00:00:00.000000+00:00', '2025-12-31T23:59:59.999999Z'],
    ['2026-01-01T00:00:00.000001+00:00', '2026-01-01T00:00:00.000000Z'],
    ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123455Z'],
  ])('just before %s is %s', (time, before) => {
    expect(justBefore(time)).toBe(before);
  });

  it('is what has changed, the last one first', () => {
    const [first, second] = [
      { name: 'a', mtu: 1, updated: 'T1', _links: {} },
      { name: 'a', mtu: 2, tags: ['x'], updated: 'T2', _links: { self: 1 } },
    ];
    const changes = [changeBetween(first, second), changeBetween(undefined, first)];
    expect(changes).toEqual([
      { at: 'T2', created: false, fields: { mtu: { before: 1, after: 2 }, tags: { before: undefined, after: ['x'] } } },
      { at: 'T1', created: true, fields: { name: { after: 'a' }, mtu: { after: 1 } } },
    ]);
    expect(changesText(changes)).toBe(
      'T2 changed\n  mtu: 1 -> 2\n  tags: undefined -> ["x"]\nT1 created\n  name: "a"\n  mtu: 1',
    );
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
