import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkCase, configGroups } from './check-case.ts';
import type { ConfigCases } from './config-case.ts';
import { decidedRules } from './decided-rules.ts';

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../test/cases/${name}`, import.meta.url), 'utf8'));

const cases = load('core.json') as { readonly [G in keyof ConfigCases]: readonly ConfigCases[G][] };
const decided = load('core-decided.json') as Record<string, { rule: string; reason: string }>;

describe.each(configGroups)('the recorded cases about %s', (group) => {
  it.each(cases[group].map((row) => [row.id, row] as const))('%s', (id, row) => {
    const { differences, by } = checkCase(group, row);
    expect(differences).toEqual([]);
    expect(by).toEqual(decided[id]?.rule);
  });
});

describe('the decided cases', () => {
  it('go by a rule, and have a reason', () => {
    const rules = new Set(decidedRules.map(({ name }) => name));
    expect(Object.values(decided).filter(({ rule, reason }) => !rules.has(rule) || reason.length < 10)).toEqual([]);
  });

  it('belong to recorded ones', () => {
    const known = new Set<string>(configGroups.flatMap((group) => cases[group].map(({ id }) => id)));
    expect(Object.keys(decided).filter((id) => !known.has(id))).toEqual([]);
  });

  it.each([
    [
      'config_url',
      { id: '', path: '/config/config/f/Rack1', match: { type: 'config', target: 'f/rack1', foundation: 'f/rack1' } },
    ],
    [
      'config_url',
      { id: '', path: '/config/config/s/1\n', match: { type: 'config', target: 's/1', structure: 's/1' } },
    ],
    ['merge', { id: '', values: { a: '{{ a }}{{ a }}' }, error: 'endless' }],
    ['render', { id: '', template: '{{ "{{ a }}" }}', values: { a: '{{ a }}' }, error: 'endless' }],
    [
      'overlay',
      {
        id: '',
        start: { aa: { k: 1 } },
        layers: [[['>aa', 's']]],
        classes: [],
        error: 'ValueError',
        message: 'can only append/prepend dict with a dict',
      },
    ],
  ] as const)('are explained by rules that hold for others too: %s %j', (group, row) => {
    const { differences, by } = checkCase(group, row as never);
    expect(differences).toEqual([]);
    expect(by).toBeDefined();
  });

  it('do not excuse what is simply wrong', () => {
    const wrong = { id: '', start: { aa: 1 }, layers: [], classes: [], result: { aa: 2 } };
    expect(checkCase('overlay', wrong).differences).toHaveLength(2);
    const fine = { id: '', values: { a: 1 }, error: 'TypeError', message: 'something else' };
    expect(checkCase('merge', fine).differences).toHaveLength(2);
  });
});
