import { describe, expect, it } from '@jest/globals';
import type { FoundMachine } from './machine-changes.ts';
import { machineChanges } from './machine-changes.ts';

const A = '52:54:00:00:00:0a';
const B = '52:54:00:00:00:0b';
const C = '52:54:00:00:00:0c';
const found = (changes: Partial<FoundMachine> = {}): FoundMachine => ({
  name: 'm1',
  power: 'on',
  macs: [A],
  ...changes,
});
const changes = (is: FoundMachine | null, macs: readonly string[] = [A], power = 'on') =>
  machineChanges('u1', { known: { name: 'm1', power }, macs }, is).map(({ part, was, is: now }) => [part, was, now]);

describe('a machine', () => {
  it.each([
    ['is as it is known', found(), []],
    ['is gone', null, [['machine', 'u1', null]]],
    ['was switched off', found({ power: 'off' }), [['power', 'on', 'off']]],
    ['is in between', found({ power: 'unknown "in shutdown"' }), []],
    ['is called otherwise', found({ name: 'm2' }), [['name', 'm1', 'm2']]],
    ['has a name that its platform does not tell', found({ name: '' }), []],
    ['has one interface more', found({ macs: [B, A] }), []],
    ['is on a platform that lists no MACs', found({ macs: null }), []],
    [
      'has another card, and was switched off',
      found({ macs: [B], power: 'off' }),
      [
        ['power', 'on', 'off'],
        [`macs[${A}]`, A, null],
        [`macs[${B}]`, null, B],
      ],
    ],
    ['has no interfaces any more', found({ macs: [] }), [[`macs[${A}]`, A, null]]],
  ])('that %s', (_, is, expected) => {
    expect(changes(is)).toEqual(expected);
  });

  it('of which no MACs are known has those it has', () => {
    expect(changes(found({ macs: [B, C] }), [])).toEqual([]);
  });

  it('that was in between when it was first seen is not held to that', () => {
    expect(changes(found({ power: 'off' }), [A], 'paused')).toEqual([]);
  });

  it('of which nothing is known can be gone, and nothing else', () => {
    const first = (is: FoundMachine | null) => machineChanges('u1', { known: undefined, macs: [] }, is);
    expect([first(found({ name: 'other', power: 'off' })), first(null)]).toEqual([
      [],
      [{ part: 'machine', was: 'u1', is: null }],
    ]);
  });
});
