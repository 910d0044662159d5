import { describe, expect, it } from '@jest/globals';
import type { View } from '#read-store';
import { MAX_LABEL_VALUE, MAX_LABELS, MAX_OWNER } from './labels.ts';
import type { Selection } from './selection.ts';
import { whereOf } from './selection.ts';

/** A site and a blueprint with others below them. */
const view = {
  keys: async (model: { name: string }, { where }: { where: Record<string, unknown> }) => {
    const below: Readonly<Record<string, Record<string, string[]>>> = {
      sites: { campus: ['hall', 'cellar'], 'hall,cellar': ['rack1'] },
      blueprints: { base: ['web'], web: ['proxy', 'base'] },
    };
    const { parent } = where as { parent: string | { any: string[] } };
    const keys = below[model.name]?.[typeof parent === 'string' ? parent : parent.any.join()] ?? [];
    return { keys, total: keys.length };
  },
} as unknown as View;

const NONE: Selection = {
  label: [],
  blueprint: null,
  site: null,
  exact: false,
  state: null,
  owner: null,
  complex: null,
};

describe('a selection', () => {
  it.each<[Partial<Selection>, object]>([
    [{}, {}],
    [{ label: ['rack=r1'] }, { label: { all: ['rack=r1'] } }],
    [{ label: ['rack', 'note=a=b, c'] }, { label: { all: ['rack', 'note=a=b, c'] } }],
    [{ site: 'campus' }, { site: { any: ['campus', 'hall', 'cellar', 'rack1'] } }],
    [{ site: 'campus', exact: true }, { site: 'campus' }],
    [{ blueprint: 'base' }, { blueprint: { any: ['base', 'web', 'proxy'] } }],
    [{ blueprint: 'base', exact: true }, { blueprint: 'base' }],
    [
      { state: 'built', owner: 'alice' },
      { state: 'built', owner: 'alice' },
    ],
  ])('by %j is %j', async (given, where) =>
    expect(await whereOf('Structure', { ...NONE, ...given }, view)).toEqual(where),
  );

  it('of foundations knows one state more', async () =>
    expect(await whereOf('Foundation', { ...NONE, state: 'located' }, view)).toEqual({ state: 'located' }));

  it.each<[Partial<Selection>, string, string, string]>([
    [{ label: ['a b=c'] }, 'label', 'PATTERN', '"a b=c" selects by no label: the key "a b" must be'],
    [{ label: ['!rack'] }, 'label', 'PATTERN', '"!rack" selects by no label'],
    [{ label: [`rack=${'x'.repeat(MAX_LABEL_VALUE + 1)}`] }, 'label', 'TOO_LONG', 'the value of "rack"'],
    [{ label: Array.from({ length: MAX_LABELS + 1 }, () => 'rack') }, 'label', 'TOO_MANY', `at most ${MAX_LABELS}`],
    [{ state: 'located' }, 'state', 'CHOICE', 'Invalid Value "located": must be one of planned, built'],
    [{ owner: 'x'.repeat(MAX_OWNER + 1) }, 'owner', 'TOO_LONG', `at most ${MAX_OWNER} characters`],
  ])('by %j is refused, naming field, value and rule', (given, field, code, text) =>
    expect(whereOf('Structure', { ...NONE, ...given }, view)).rejects.toMatchObject({
      faults: [{ field, code, text: expect.stringContaining(text) }],
    }),
  );
});
